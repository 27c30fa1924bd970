
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Options;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// Depleted at nothing, critical below $1,000 or half the reserve, warning below $5,000 or four fifths of it, healthy from
/// $10,000 and all of it.
/// </summary>
public sealed class ClassifyBalanceTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1, 0, BalanceStatus.Depleted)]
    [InlineData(0, 0, BalanceStatus.Depleted)]
    [InlineData(1, 0, BalanceStatus.Critical)]
    [InlineData(999_99, 0, BalanceStatus.Critical)]
    [InlineData(1_000_00, 0, BalanceStatus.Warning)]
    [InlineData(4_999_99, 0, BalanceStatus.Warning)]
    [InlineData(5_000_00, 0, BalanceStatus.Warning)] // neither below a threshold nor healthy: not judged kinder than the rules
    [InlineData(9_999_99, 0, BalanceStatus.Warning)]
    [InlineData(10_000_00, 0, BalanceStatus.Healthy)]
    [InlineData(59_999_99, 100_000_00, BalanceStatus.Critical)]
    [InlineData(60_000_00, 100_000_00, BalanceStatus.Warning)]
    [InlineData(95_999_99, 100_000_00, BalanceStatus.Warning)]
    [InlineData(119_999_99, 100_000_00, BalanceStatus.Warning)]
    [InlineData(120_000_00, 100_000_00, BalanceStatus.Healthy)]
    public void The_status_follows_the_fixed_thresholds(long availableMinor, long obligationsMinor, string status) =>
        Assert.Equal(status, Decide(availableMinor, obligationsMinor).Status);

    [Fact]
    public void The_reserve_is_120_per_cent_of_what_is_owed_rounded_up()
    {
        Assert.Equal(120, Decide(0, 100).ReserveMinor);
        Assert.Equal(2, Decide(0, 1).ReserveMinor);
    }

    [Theory]
    [InlineData(BalanceStatus.Healthy, "nothing to do")]
    [InlineData(BalanceStatus.Warning, "plan to add 1000000 minor units of usd")]
    [InlineData(BalanceStatus.Critical, "add 1150000 minor units of usd to the platform's Stripe balance within 24 hours")]
    [InlineData(BalanceStatus.Depleted, "add 1200000 minor units of usd to the platform's Stripe balance at once")]
    public void What_to_do_names_what_is_missing_to_be_healthy(string status, string action)
    {
        var report = status switch
        {
            BalanceStatus.Healthy => Decide(12_000_00, 10_000_00),
            BalanceStatus.Warning => Decide(110_000_00, 100_000_00),
            BalanceStatus.Critical => Decide(500_00, 10_000_00),
            _ => Decide(0, 10_000_00),
        };

        Assert.Equal(status, report.Status);
        Assert.StartsWith(action, report.RecommendedAction);
    }

    [Theory]
    [InlineData(0, "stable", 0L, null)]
    [InlineData(7_000_00, "stable", 1_000_00L, null)]
    [InlineData(7_000_07, "increasing", 1_000_01L, null)]
    [InlineData(-7_000_00, "stable", -1_000_00L, 20L)]
    [InlineData(-7_000_07, "decreasing", -1_000_01L, 19L)]
    [InlineData(-14_000_00, "decreasing", -2_000_00L, 10L)]
    public void Over_seven_days_more_than_a_thousand_a_day_is_a_trend(
        long changeMinor, string direction, long perDay, long? coverage)
    {
        var report = Decide(
            20_000_00, 0, new BalancePoint(s_now.AddDays(-7), 20_000_00 - changeMinor), new BalancePoint(s_now.AddDays(-3), 1));

        Assert.Equal((direction, perDay, coverage), (report.Direction, report.ChangeMinorPerDay, report.DaysOfCoverage));
    }

    [Fact]
    public void Less_than_a_day_of_history_and_more_than_seven_days_ago_say_nothing()
    {
        var report = Decide(20_000_00, 0, new BalancePoint(s_now.AddHours(-23), 1), new BalancePoint(s_now.AddDays(-8), 1));

        Assert.Equal(("unknown", null, null), (report.Direction, report.ChangeMinorPerDay, report.DaysOfCoverage));
    }

    [Theory]
    [InlineData(null, 5, 59, true)]
    [InlineData("2026-11-19T06:00:00Z", 5, 59, false)]
    [InlineData("2026-11-19T06:00:00Z", 6, 0, true)]
    [InlineData("2026-11-20T06:00:00Z", 6, 1, false)]
    [InlineData("2026-11-20T05:59:00Z", 23, 0, true)]
    [InlineData("2026-11-19T05:00:00Z", 5, 0, true)]
    public void The_daily_look_is_made_once_a_day_and_made_up_for_when_it_was_missed(
        string? last, int hour, int minute, bool due) =>
        Assert.Equal(due, BalanceWatch.IsDue(
            last is null ? null : DateTimeOffset.Parse(last, System.Globalization.CultureInfo.InvariantCulture),
            new DateTimeOffset(2026, 11, 20, hour, minute, 0, TimeSpan.Zero), TimeSpan.FromHours(6)));

    private static BalanceReport Decide(long availableMinor, long obligationsMinor, params BalancePoint[] history) =>
        ClassifyBalance.Decide(
            new BalanceFigures("usd", availableMinor, 0, obligationsMinor), history, BalanceThresholds.Default, s_now);
}
