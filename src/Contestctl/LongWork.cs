using System.Globalization;

namespace ContestPipeline.Contestctl;

/// <summary>
/// Shows on stderr how far something has come, once it has taken two seconds: a bar where a person looks on, a line now and then where stderr goes to a file.
/// Work that reports nothing shows for how long it has been going on.
/// </summary>
internal sealed class LongWork : IProgress<(long Done, long Total)>, IDisposable
{
    private const int BarWidth = 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_nextLine = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private readonly Lock turn = new();
    private readonly TimeProvider clock;
    private readonly TextWriter writer;
    private readonly bool isTerminal;
    private readonly long started;
    private readonly ITimer ticker;
    private (string What, long Done, long Total) now;
    private long? shownAt;
    private bool isOver;

    public LongWork(string what, TimeProvider clock, TextWriter writer, bool isTerminal)
    {
        (this.clock, this.writer, this.isTerminal) = (clock, writer, isTerminal);
        now = (what, 0, 0);
        started = clock.GetTimestamp();
        ticker = clock.CreateTimer(_ => Show(), null, s_patience, s_tick);
    }

    public static LongWork Begin(string what, TimeProvider clock) => new(what, clock, Console.Error, !Console.IsErrorRedirected);

    /// <summary>Shows while it runs; what it shows is gone before the result is written.</summary>
    public static async Task<T> While<T>(string what, TimeProvider clock, Func<LongWork, Task<T>> work)
    {
        using var shown = Begin(what, clock);
        return await work(shown);
    }

    /// <param name="value">A total of 0 or less: nobody knows.</param>
    public void Report((long Done, long Total) value) => Step(now.What, value.Done, value.Total);

    /// <summary>Something else is being done now, or more of the same.</summary>
    /// <param name="total">0 or less: nobody knows.</param>
    public void Step(string what, long done = 0, long total = 0)
    {
        lock (turn) now = (what, done, total);
        Show();
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        ticker.Dispose();
        lock (turn)
        {
            isOver = true;
            if (isTerminal && shownAt is not null) writer.Write("\r\u001b[K");
            shownAt = null;
        }
    }

    private void Show()
    {
        lock (turn)
        {
            if (isOver || clock.GetElapsedTime(started) < s_patience) return;
            if (shownAt is { } at && clock.GetElapsedTime(at) < (isTerminal ? s_redraw : s_nextLine)) return;
            shownAt = clock.GetTimestamp();
            if (isTerminal) writer.Write($"\r{Words()}\u001b[K");
            else writer.WriteLine(Words());
        }
    }

    private string Words()
    {
        var (what, done, total) = now;
        if (total > 0) return string.Create(CultureInfo.InvariantCulture, $"{what} {Bar(done, total)} {100 * Math.Min(done, total) / total}% {done:N0} of {total:N0}");
        return done > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{what} {done:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{what}, {clock.GetElapsedTime(started).TotalSeconds:F0} s");
    }

    private static string Bar(long done, long total)
    {
        var filled = (int)(BarWidth * Math.Min(done, total) / total);
        return $"[{new string('#', filled)}{new string('-', BarWidth - filled)}]";
    }
}
