using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>The time of a process when somebody sets the machine's clock.</summary>
public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly Wall wall = new();
    private readonly SteadyClock clock;

    public SteadyClockTests() => clock = new SteadyClock(wall);

    [Fact]
    public void It_shows_the_time_of_the_wall_clock()
    {
        wall.Pass(TimeSpan.FromMinutes(10));

        Assert.Equal((s_start.AddMinutes(10), TimeSpan.Zero, null), (clock.GetUtcNow(), clock.Behind, clock.LastJump));
    }

    [Fact]
    public void A_wall_clock_that_is_set_back_half_an_hour_is_not_followed_and_is_told()
    {
        wall.Pass(TimeSpan.FromMinutes(1));
        wall.Set(TimeSpan.FromMinutes(-30));
        wall.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(s_start.AddSeconds(70), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(30), clock.Behind);
        Assert.Equal(TimeSpan.FromMinutes(-30), clock.LastJump?.By);
    }

    [Fact]
    public void What_was_to_be_sent_is_sent_as_soon_as_before_when_the_clock_is_set_back_half_an_hour()
    {
        var pace = new StripeRateLimiter(20, clock);
        for (var n = 0; n < 100; n++) pace.Reserve(clock.GetUtcNow(), clock.GetUtcNow(), DateTimeOffset.MaxValue);
        wall.Set(TimeSpan.FromMinutes(-30));
        wall.Pass(TimeSpan.FromSeconds(10));

        var slot = pace.Reserve(clock.GetUtcNow(), clock.GetUtcNow(), DateTimeOffset.MaxValue);

        Assert.Equal(clock.GetUtcNow(), slot);
    }

    [Fact]
    public void A_wall_clock_that_was_set_right_again_is_followed_and_nobody_is_behind()
    {
        wall.Set(TimeSpan.FromMinutes(-30));
        clock.GetUtcNow();
        wall.Set(TimeSpan.FromMinutes(30));
        wall.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal((s_start.AddSeconds(1), TimeSpan.Zero), (clock.GetUtcNow(), clock.Behind));
    }

    [Fact]
    public void A_machine_that_slept_sees_that_its_leases_are_over()
    {
        wall.Set(TimeSpan.FromHours(2));

        Assert.Equal(s_start.AddHours(2), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(2), clock.LastJump?.By);
    }

    [Fact]
    public void A_clock_that_is_adjusted_by_little_has_not_jumped_and_never_goes_back()
    {
        var before = clock.GetUtcNow();
        wall.Set(TimeSpan.FromSeconds(-2));

        Assert.Equal((before, null), (clock.GetUtcNow(), clock.LastJump));
    }

    /// <summary>A machine whose clock can be set, beside the time that passes.</summary>
    private sealed class Wall : TimeProvider
    {
        private DateTimeOffset now = s_start;
        private long passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => passed;

        public void Pass(TimeSpan time) => (now, passed) = (now + time, passed + time.Ticks);

        public void Set(TimeSpan by) => now += by;
    }
}
