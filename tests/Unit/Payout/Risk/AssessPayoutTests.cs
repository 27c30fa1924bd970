
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Risk;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// Limits delay, approval holds, and every finding says what it was based on. The figures are the defaults: $10,000, $5,000,
/// $1,000, 3, $25,000, $100,000, 300 s, 5, 80 %, $2,000.
/// </summary>
public sealed class AssessPayoutTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(5_000_00, "")]
    [InlineData(5_000_01, "approval-amount")]
    [InlineData(10_000_00, "approval-amount")]
    [InlineData(10_000_01, "single-payout-max,approval-amount")]
    public void Amounts_above_what_needs_approval_are_held(long amountMinor, string flags) =>
        Assert.Equal(flags, Flags(Assess(Payout(amountMinor))));

    [Fact]
    public void Exactly_the_limit_passes_and_one_cent_more_does_not()
    {
        Assert.IsType<AssessPayout.Pass>(Assess(Payout(5_000_00)));
        var hold = Assert.IsType<AssessPayout.Hold>(Assess(Payout(5_000_01)));
        Assert.Equal(
            new RiskFinding("approval-amount", RiskFinding.Hold, 5_000_01, 5_000_00, "usd-minor"), Assert.Single(hold.Findings));
        Assert.Equal("approval-amount (500001 usd-minor, limit 500000)", hold.Findings[0].Words);
    }

    [Theory]
    [InlineData(29, 1_000_00, "")]
    [InlineData(29, 1_000_01, "new-account-amount,new-account")]
    [InlineData(30, 1_000_01, "")]
    public void An_account_is_new_for_thirty_days(int days, long amountMinor, string flags) =>
        Assert.Equal(flags, Flags(Assess(Payout(amountMinor), Known(days))));

    [Fact]
    public void An_account_of_which_nothing_is_known_is_new() =>
        Assert.Equal("new-account-amount,new-account", Flags(Assess(Payout(1_500_00), s_regular with { AccountSince = null })));

    [Fact]
    public void A_fourth_payout_within_24_hours_waits_until_the_first_is_24_hours_old()
    {
        var delay = Assert.IsType<AssessPayout.Delay>(Assess(Payout(100), Sent((-23, 100), (-10, 100), (-1, 100))));

        Assert.Equal(s_now.AddHours(1), delay.Until);
        Assert.Equal(new RiskFinding("payouts-per-day", RiskFinding.Delay, 4, 3, "payouts", s_now.AddHours(1)),
            Assert.Single(delay.Findings));
    }

    [Fact]
    public void What_was_sent_exactly_24_hours_ago_counts_no_more() =>
        Assert.IsType<AssessPayout.Pass>(Assess(Payout(100), Sent((-24, 100), (-10, 100), (-1, 100))));

    [Fact]
    public void The_amount_of_any_24_hours_is_limited_and_waits_for_as_much_as_needs_to_leave_the_window()
    {
        var sent = Sent((-20, 10_000_00), (-10, 14_000_00));

        Assert.IsType<AssessPayout.Pass>(Assess(Payout(1_000_00), sent));
        var delay = Assert.IsType<AssessPayout.Delay>(Assess(Payout(1_000_01), sent));
        Assert.Equal(s_now.AddHours(4), delay.Until);
        Assert.Equal((25_000_01L, 25_000_00L), (delay.Findings[0].Actual, delay.Findings[0].Limit));
    }

    [Fact]
    public void The_amount_of_a_calendar_month_is_limited_and_waits_for_the_next()
    {
        var sent = Sent((-24 * 10, 60_000_00), (-24 * 5, 39_000_00));

        Assert.IsType<AssessPayout.Pass>(Assess(Payout(1_000_00), sent));
        var delay = Assert.IsType<AssessPayout.Delay>(Assess(Payout(1_000_01), sent));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), delay.Until);
        Assert.Equal("amount-per-month", Flags(delay));
    }

    [Fact]
    public void Last_month_s_money_counts_for_the_day_and_not_for_the_month()
    {
        var first = new DateTimeOffset(2026, 12, 1, 1, 0, 0, TimeSpan.Zero);
        var history = s_regular with { Sent = [new SentPayout("p", "usd", 99_999_99, first.AddHours(-2))] };

        Assert.Equal("amount-per-day", Flags(AssessPayout.Decide(Payout(100), false, history, RiskPolicy.Default, first)));
    }

    [Theory]
    [InlineData(299, "time-between-payouts")]
    [InlineData(300, "")]
    public void Between_two_payouts_of_a_player_there_are_five_minutes(int secondsAgo, string flags)
    {
        var history = s_regular with { Sent = [new SentPayout("p", "usd", 100, s_now.AddSeconds(-secondsAgo))] };

        Assert.Equal(flags, Flags(Assess(Payout(100), history)));
    }

    [Fact]
    public void Five_payouts_won_within_24_hours_are_looked_at()
    {
        Assert.IsType<AssessPayout.Pass>(Assess(Payout(100), s_regular with { WonInDay = 4 }));
        Assert.Equal(
            "frequent-payouts", Flags(Assert.IsType<AssessPayout.Hold>(Assess(Payout(100), s_regular with { WonInDay = 5 }))));
    }

    [Theory]
    [InlineData(80, "")]
    [InlineData(81, "share-of-winnings")]
    public void A_payout_of_more_than_four_fifths_of_everything_won_is_looked_at(long amountMinor, string flags) =>
        Assert.Equal(flags, Flags(Assess(Payout(amountMinor), s_regular with { WonMinor = 100 })));

    [Theory]
    [InlineData(80, "")]
    [InlineData(81, "share-of-winnings")]
    public void Of_what_a_challenge_pays_the_stake_that_comes_back_is_not_won(long wonMinor, string flags) =>
        Assert.Equal(flags, Flags(Assess(Payout(wonMinor + 1_000), s_regular with { WonMinor = 100, StakeMinor = 1_000 })));

    [Theory]
    [InlineData(2_000_00, "")]
    [InlineData(2_000_01, "large-first-payout")]
    public void A_first_payout_is_all_that_was_won_and_is_looked_at_only_if_it_is_large(long amountMinor, string flags) =>
        Assert.Equal(flags, Flags(Assess(Payout(amountMinor), s_regular with { HasSentBefore = false, WonMinor = amountMinor })));

    [Fact]
    public void Everything_that_does_not_pass_is_listed_in_the_fixed_order()
    {
        var history = new PlayerHistory(
            s_now.AddDays(-1), Sent((-3, 24_000_00), (-2, 80_000_00), (0, 100)).Sent, true, 6, 10_001_00);

        Assert.Equal(
            "single-payout-max,approval-amount,new-account-amount,new-account,payouts-per-day,amount-per-day,amount-per-month,time-between-payouts,frequent-payouts,share-of-winnings",
            Flags(Assert.IsType<AssessPayout.Hold>(Assess(Payout(10_001_00), history))));
    }

    [Fact]
    public void What_was_approved_is_held_no_more_and_still_keeps_to_the_limits()
    {
        var approved = AssessPayout.Decide(Payout(6_000_00), true, Sent((-23, 24_000_00)), RiskPolicy.Default, s_now);

        var delay = Assert.IsType<AssessPayout.Delay>(approved);
        Assert.Equal([("approval-amount", RiskFinding.Waived), ("amount-per-day", RiskFinding.Delay)],
            delay.Findings.Select(f => (f.Flag, f.Effect)));
        Assert.IsType<AssessPayout.Pass>(AssessPayout.Decide(Payout(6_000_00), true, s_regular, RiskPolicy.Default, s_now));
    }

    [Fact]
    public void An_approved_payout_that_exceeds_a_window_by_itself_goes_when_the_window_is_empty()
    {
        var large = Payout(200_000_00);

        Assert.Equal(
            "single-payout-max,approval-amount,amount-per-day,amount-per-month",
            Flags(Assert.IsType<AssessPayout.Hold>(Assess(large))));
        var waits = AssessPayout.Decide(large, true, Sent((-10, 100), (-20, 100)), RiskPolicy.Default, s_now);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), Assert.IsType<AssessPayout.Delay>(waits).Until);
        Assert.IsType<AssessPayout.Pass>(AssessPayout.Decide(large, true, s_regular, RiskPolicy.Default, s_now));
    }

    /// <summary>Of $25,000 a day and $100,000 a month.</summary>
    [Theory]
    [InlineData(24_000_00, 10, 1_000_00, "")]
    [InlineData(24_000_00, 10, 1_000_01, "older-payout-first")]
    [InlineData(24_000_00, 24, 1_000_01, "")]
    [InlineData(24_000_00, -0.5, 1_000_01, "older-payout-first")]
    [InlineData(30_000_00, 20, 1, "older-payout-first")]
    [InlineData(30_000_00, 25, 1, "")]
    public void What_would_take_the_room_of_an_older_payout_waits_behind_it(
        long olderMinor, double hours, long amountMinor, string flags) =>
        Assert.Equal(flags,
            Flags(Assess(Payout(amountMinor), s_regular with { Older = new WaitingPayout(olderMinor, s_now.AddHours(hours)) })));

    [Fact]
    public void Behind_an_older_payout_means_a_minute_after_it_and_its_own_limits_count_as_well()
    {
        var history = Sent((-23, 2_000_00)) with { Older = new WaitingPayout(24_000_00, s_now.AddHours(1)) };

        Assert.IsType<AssessPayout.Pass>(Assess(Payout(1_000_00), history));
        var delay = Assert.IsType<AssessPayout.Delay>(Assess(Payout(1_000_01), history));
        Assert.Equal(s_now.AddMinutes(61), delay.Until);
        Assert.Equal(new RiskFinding("older-payout-first", RiskFinding.Delay, 25_000_01, 25_000_00, "usd-minor", delay.Until),
            Assert.Single(delay.Findings));
    }

    [Fact]
    public void An_older_payout_that_the_month_keeps_has_its_room_in_the_next()
    {
        var (late, next) = (new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        var history = s_regular with { Sent = [new SentPayout("p", "usd", 98_000_00, next.AddDays(-10))],
            Older = new WaitingPayout(3_000_00, next) };

        Assert.IsType<AssessPayout.Pass>(AssessPayout.Decide(Payout(100), false, history, RiskPolicy.Default, late));
        history = s_regular with { Sent = [new SentPayout("p", "usd", 98_000_00, next)],
            Older = new WaitingPayout(3_000_00, next) };
        Assert.Equal(
            "older-payout-first", Flags(AssessPayout.Decide(Payout(100), false, history, RiskPolicy.Default, next.AddDays(3))));
    }

    [Fact]
    public void Recent_refunds_and_disputes_are_looked_at_with_their_figures()
    {
        var hold = Assert.IsType<AssessPayout.Hold>(Assess(Payout(100), s_regular with { Refunds = 2, Disputes = 1 }));

        Assert.Equal(
            [new RiskFinding("recent-refunds", RiskFinding.Hold, 2, 1, "refunds"),
                new RiskFinding("recent-disputes", RiskFinding.Hold, 1, 1, "disputes")], hold.Findings);
        Assert.IsType<AssessPayout.Pass>(AssessPayout.Decide(Payout(100), false, s_regular with { Refunds = 2, Disputes = 2 },
            RiskPolicy.Default with { ReviewFromRefunds = 3, ReviewFromDisputes = 3 }, s_now));
    }

    [Fact]
    public void A_currency_without_limits_is_held()
    {
        var hold = Assert.IsType<AssessPayout.Hold>(Assess(Payout(1) with { Currency = "eur" }));

        Assert.Equal("no-limits-for-currency", Flags(hold));
    }

    [Fact]
    public void Money_of_another_currency_counts_as_a_payout_and_not_as_an_amount()
    {
        var history = s_regular with { Sent = [new SentPayout("p", "eur", 99_000_00, s_now.AddHours(-1))] };

        Assert.IsType<AssessPayout.Pass>(Assess(Payout(5_000_00), history));
        Assert.Equal("payouts-per-day",
            Flags(Assess(Payout(100), history with { Sent = [.. Sent((-5, 1), (-4, 1)).Sent, .. history.Sent] })));
    }

    private static readonly PlayerHistory s_regular = new(
        s_now.AddDays(-400), [], HasSentBefore: true, WonInDay: 1, WonMinor: 1_000_000_00);

    private static PlayerHistory Known(int days) => s_regular with { AccountSince = s_now.AddDays(-days) };

    private static PlayerHistory Sent(params (int Hours, long AmountMinor)[] sent) =>
        s_regular with { Sent =
            [.. sent.Select((s, i) => new SentPayout($"p{i}", "usd", s.AmountMinor, s_now.AddHours(s.Hours)))] };

    private static AssessPayout Assess(PayoutRecord payout, PlayerHistory? history = null) =>
        AssessPayout.Decide(payout, approved: false, history ?? s_regular, RiskPolicy.Default, s_now);

    private static string Flags(AssessPayout assessment) => string.Join(',', assessment.Findings.Select(f => f.Flag));

    private static PayoutRecord Payout(long amountMinor) =>
        new("po", "contest", 1, "ann", amountMinor, "usd", PayoutState.Pending, null, 1, 1, null);
}
