namespace ContestPipeline.Plumbing;

/// <summary>
/// The wall clock was set, or the process stood still: by the time that passed within the process it should show something else.
/// </summary>
/// <param name="By">Positive: ahead; negative: set back.</param>
/// <param name="At">When it was seen, UTC.</param>
public sealed record ClockJump(TimeSpan By, DateTimeOffset At);

/// <summary>
/// The time of a process: that of the wall clock, but never earlier than what was shown before and the time that has passed
/// since. A wall clock that is set back half an hour would else stop whatever waits for a moment - turns at Stripe, leases, what
/// is due - for as long. One that goes ahead is followed: a machine that was put to sleep has to see that its leases are over.
/// </summary>
/// <param name="wall">The machine's clocks: what time it is, and how much has passed.</param>
public sealed class SteadyClock(TimeProvider wall) : TimeProvider
{
    /// <summary>Smaller differences are those of a clock that is being adjusted.</summary>
    public static readonly TimeSpan JumpAbove = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private DateTimeOffset shown = wall.GetUtcNow();
    private long shownAt = wall.GetTimestamp();
    private ClockJump? lastJump;
    private TimeSpan behind;

    public override TimeZoneInfo LocalTimeZone => wall.LocalTimeZone;

    public override long TimestampFrequency => wall.TimestampFrequency;

    /// <summary>How far the wall clock is behind what is shown here.</summary>
    public TimeSpan Behind
    {
        get
        {
            GetUtcNow();
            lock (gate) return behind;
        }
    }

    /// <summary>The last one; null: there was none.</summary>
    public ClockJump? LastJump
    {
        get
        {
            GetUtcNow();
            lock (gate) return lastJump;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            var timestamp = wall.GetTimestamp();
            var steady = shown + wall.GetElapsedTime(shownAt, timestamp);
            var now = wall.GetUtcNow();
            var before = behind;
            behind = steady > now ? steady - now : TimeSpan.Zero;
            shown = steady > now ? steady : now;
            shownAt = timestamp;
            if (now - steady > JumpAbove) lastJump = new ClockJump(now - steady, shown);
            else if (behind - before > JumpAbove) lastJump = new ClockJump(before - behind, shown);
            return shown;
        }
    }

    public override long GetTimestamp() => wall.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        wall.CreateTimer(callback, state, dueTime, period);
}
