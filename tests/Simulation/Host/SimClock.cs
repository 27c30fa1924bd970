namespace ContestPipeline.Simulation;

/// <summary>
/// Time that stands still unless somebody waits for it: a wait (a pause between attempts, a turn at an endpoint) is over at once, and the clock has moved on
/// by as much. Timeouts never strike by themselves; the simulation lets requests time out where it wants.
/// </summary>
internal sealed class SimClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private long ticks = start.UtcTicks;

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
