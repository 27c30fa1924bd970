using System.Globalization;

namespace ContestPipeline.Contestctl;

/// <summary>
/// Shows on stderr how far something has come, once it has taken two seconds: a bar where a person looks on, a line now and then where stderr goes to a file.
/// </summary>
internal sealed class LongWork(string what, TimeProvider clock, TextWriter writer, bool isTerminal) : IProgress<(long Done, long Total)>, IDisposable
{
    private const int BarWidth = 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_nextLine = TimeSpan.FromSeconds(10);
    private readonly long started = clock.GetTimestamp();
    private long? shownAt;

    public static LongWork Begin(string what, TimeProvider clock) => new(what, clock, Console.Error, !Console.IsErrorRedirected);

    /// <param name="value">A total of 0 or less: nobody knows.</param>
    public void Report((long Done, long Total) value)
    {
        var (done, total) = value;
        if (clock.GetElapsedTime(started) < s_patience) return;
        if (shownAt is { } at && clock.GetElapsedTime(at) < (isTerminal ? s_redraw : s_nextLine)) return;
        shownAt = clock.GetTimestamp();
        var words = total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{what} {Bar(done, total)} {100 * Math.Min(done, total) / total}% {done:N0} of {total:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{what} {done:N0}");
        if (isTerminal) writer.Write($"\r{words}\u001b[K");
        else writer.WriteLine(words);
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (isTerminal && shownAt is not null) writer.Write("\r\u001b[K");
    }

    private static string Bar(long done, long total)
    {
        var filled = (int)(BarWidth * Math.Min(done, total) / total);
        return $"[{new string('#', filled)}{new string('-', BarWidth - filled)}]";
    }
}
