namespace ContestPipeline.Unit.Plumbing;

/// <summary>Time passes, and timers come round, only when it is stepped; the date is the real one.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly Lock turn = new();
    private readonly List<Alarm> alarms = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state), period.Ticks) { Next = ticks + dueTime.Ticks };
        lock (turn) alarms.Add(alarm);
        return alarm;
    }

    public void Step(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (true)
        {
            Alarm? next;
            lock (turn) next = alarms.Where(a => a.Next <= until).MinBy(a => a.Next);
            if (next is null) break;
            Interlocked.Exchange(ref ticks, next.Next);
            next.Next += next.Period;
            next.Ring();
        }

        Interlocked.Exchange(ref ticks, until);
    }

    /// <summary>A timer that rings in the thread that steps the clock.</summary>
    private sealed class Alarm(SteppedClock clock, Action ring, long period) : ITimer
    {
        public Action Ring => ring;

        public long Period => period;

        public long Next { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (clock.turn) clock.alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
