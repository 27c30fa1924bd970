using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// Time that stands still unless somebody waits for it: a wait (a pause between attempts, a turn at an endpoint) is over at once, and the clock has moved on
/// by as much. Timeouts never strike by themselves; the simulation lets requests time out where it wants.
/// </summary>
/// <param name="apart">Chance of how far the clocks of processes are from this one.</param>
internal sealed class SimClock(DateTimeOffset start, SeededRandom? apart) : TimeProvider
{
    private const int ApartPercent = 40;
    private static readonly TimeSpan[] s_apart = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90)];
    private readonly Lock gate = new();
    private long ticks = start.UtcTicks;

    /// <summary>No process's clock is further off.</summary>
    internal TimeSpan Apart { get; } = apart?.Chance(ApartPercent) == true ? apart.Pick(s_apart) : TimeSpan.Zero;

    /// <returns>How far the clock of one more process is ahead of this one, which may be behind.</returns>
    internal TimeSpan Off() => Apart == TimeSpan.Zero ? Apart : Apart * (apart!.Next(2_001) - 1_000) / 1_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    internal void Forward(TimeSpan by)
    {
        lock (gate) ticks += by.Ticks;
    }

    internal void ForwardTo(DateTimeOffset moment)
    {
        lock (gate) ticks = Math.Max(ticks, moment.UtcTicks);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || state is CancellationTokenSource) return new SpentTimer();
        Forward(dueTime);
        ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
        return new SpentTimer();
    }

    /// <summary>Struck already, or never will.</summary>
    private sealed class SpentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
