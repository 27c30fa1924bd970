using System.Diagnostics;
using System.Threading.Channels;

namespace ContestPipeline.Integration.Stripe;

/// <summary>A process of our own: its lines can be waited for, and it is killed at the end.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan LineWait = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private int streamsEnded;

    public ChildProcess(string program, IEnumerable<string> arguments, string? folder = null,
        IReadOnlyDictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (folder is not null) start.WorkingDirectory = folder;
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Received(line.Data);
        process.ErrorDataReceived += (_, line) => Received(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <returns>What follows the beginning, in the first line that has it.</returns>
    public async Task<string> LineAfter(string beginning)
    {
        using var wait = new CancellationTokenSource(LineWait);
        var seen = new List<string>();
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(wait.Token))
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal)) return line[beginning.Length..].Trim();
                seen.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            // The message below says what came instead.
        }

        throw new InvalidOperationException($"no line began with '{beginning}': {string.Join(" | ", seen)}");
    }

    /// <returns>The lines before the one that is the end.</returns>
    public async Task<List<string>> LinesUntil(string end)
    {
        using var wait = new CancellationTokenSource(LineWait);
        var seen = new List<string>();
        await foreach (var line in lines.Reader.ReadAllAsync(wait.Token))
        {
            if (line == end) return seen;
            seen.Add(line);
        }

        throw new InvalidOperationException($"the process ended before '{end}': {string.Join(" | ", seen)}");
    }

    public async Task<int> ExitCode()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>SIGKILL: no chance to finish anything.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    /// <summary>
    /// Null is the end of one of the two streams; after both nothing can come any more, whenever the process itself has ended.
    /// </summary>
    private void Received(string? line)
    {
        if (line is not null) lines.Writer.TryWrite(line);
        else if (Interlocked.Increment(ref streamsEnded) == 2) lines.Writer.TryComplete();
    }
}
