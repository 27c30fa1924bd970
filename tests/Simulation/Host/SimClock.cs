using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// Time that stands still unless somebody waits for it: a wait (a pause between attempts, a turn at an endpoint) is over at once,
/// and the clock has moved on by as much. Timeouts never strike by themselves; the simulation lets requests time out where it
/// wants.
/// </summary>
/// <param name="apart">Chance of how far the clocks of processes are from this one.</param>
/// <param name="jumps">Chance of their being set back and forth; their monotonic time goes on as ever.</param>
internal sealed class SimClock(DateTimeOffset start, SeededRandom? apart, SeededRandom? jumps) : TimeProvider
{
    private const int ApartPercent = 40;
    private static readonly TimeSpan[] s_apart = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90)];
    private const int JumpsPercent = 8;
    private const int JumpPercent = 3;

    /// <summary>
    /// Two of them are less than an hour apart: a key is repeated for 23 hours, and Stripe remembers it for 24.
    /// </summary>
    private static readonly TimeSpan s_jumpMax = TimeSpan.FromMinutes(25);
    private readonly Lock gate = new();
    private long ticks = start.UtcTicks;

    /// <summary>No process's clock is further off.</summary>
    internal TimeSpan Apart { get; } = jumps?.Chance(JumpsPercent) == true
        ? s_jumpMax : apart?.Chance(ApartPercent) == true ? apart.Pick(s_apart) : TimeSpan.Zero;

    /// <summary>Somebody sets them, again and again.</summary>
    internal bool Jumps => Apart == s_jumpMax;

    /// <returns>True: a clock is set now.</returns>
    internal bool IsSet() => Jumps && jumps!.Chance(JumpPercent);

    internal T Which<T>(IReadOnlyList<T> ofThem) => jumps!.Pick(ofThem);

    /// <returns>How far the clock of one more process is ahead of this one, which may be behind.</returns>
    internal TimeSpan Off() =>
        Apart == TimeSpan.Zero ? Apart : Apart * ((jumps is not null && Jumps ? jumps : apart!).Next(2_001) - 1_000) / 1_000;

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
