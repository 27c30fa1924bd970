using System.Globalization;

namespace ContestPipeline.Contestctl;

/// <summary>
/// Says how far something has come, once it has taken two seconds: a bar where it is known how much there is, a count where it is
/// not. Work that reports nothing shows for how long it has been going on.
/// </summary>
internal sealed class LongWork : IProgress<(long Done, long Total)>, IDisposable
{
    private const int BarWidth = 30;
    private const string Spinner = @"|/-\";
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(250);
    private readonly TimeProvider clock;
    private readonly ProgressLine line;
    private readonly long started;
    private readonly ITimer ticker;
    private State now;

    public LongWork(string what, TimeProvider clock, ProgressLine line)
    {
        (this.clock, this.line) = (clock, line);
        now = new State(what, 0, 0);
        started = clock.GetTimestamp();
        line.Add(this);
        var tick = line.IsTerminal ? s_turn : s_tick;
        ticker = clock.CreateTimer(_ => line.Show(this, clock), null, tick, tick);
    }

    public TimeSpan Elapsed => clock.GetElapsedTime(started);

    public static LongWork Begin(string what, TimeProvider clock) => new(what, clock, ProgressLine.Current);

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
        now = new State(what, done, total);
        line.Show(this, clock);
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        ticker.Dispose();
        line.Remove(this);
    }

    /// <param name="withSpinner">Where nothing else moves; for a line that is rewritten.</param>
    public string Words(bool withSpinner)
    {
        var (what, done, total) = now;
        if (total > 0)
            return string.Create(CultureInfo.InvariantCulture,
                $"{what} {Bar(done, total)} {100 * Math.Min(done, total) / total}% {done:N0} of {total:N0}");
        if (done > 0) return string.Create(CultureInfo.InvariantCulture, $"{what} {done:N0}");
        var turning = withSpinner ? $"{Spinner[(int)(Elapsed / s_turn) % Spinner.Length]} " : "";
        return string.Create(CultureInfo.InvariantCulture, $"{turning}{what}, {Elapsed.TotalSeconds:F0} s");
    }

    private static string Bar(long done, long total)
    {
        var filled = (int)(BarWidth * Math.Min(done, total) / total);
        return $"[{new string('#', filled)}{new string('-', BarWidth - filled)}]";
    }

    /// <summary>What is being done and how far it is; one reference, so that whoever draws sees all of it.</summary>
    private sealed record State(string What, long Done, long Total);
}
