using System.Diagnostics;
using System.Globalization;

namespace ContestPipeline.Proofs;

/// <summary>
/// Says how far a long run is: one line that is written over on a terminal, one line every ten seconds elsewhere.
/// </summary>
internal sealed class Progress(long total, Stopwatch clock)
{
    private readonly Lock gate = new();
    private readonly double everySeconds = Console.IsOutputRedirected ? 10 : 0.5;
    private long done;
    private double saidAt;

    public void Add(int more)
    {
        lock (gate)
        {
            done += more;
            var seconds = clock.Elapsed.TotalSeconds;
            if (seconds - saidAt < everySeconds) return;
            saidAt = seconds;
            var line = string.Create(CultureInfo.InvariantCulture,
                $"  {done:N0} of {total:N0}, {done / seconds:N0}/s, {(total - done) * seconds / done:0} s to go");
            if (Console.IsOutputRedirected) Console.WriteLine(line);
            else Console.Write(done < total ? $"\r{line,-70}" : $"\r{"",-70}\r");
        }
    }
}
