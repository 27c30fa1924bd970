using ContestPipeline.Contracts;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Sending;

namespace ContestPipeline.Unit.Payout;

/// <summary>What a halt may be, who may lift it, what it does to a payout, and what is a burst.</summary>
public sealed class HaltDecisionTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Halt s_halt = new(3, HaltScope.Player, "p7", "case 131", "ann", s_now, null, null, null, 2);

    [Theory]
    [InlineData("payouts", "why", null, null)]
    [InlineData("contest", "why", "c5", null)]
    [InlineData("player", "why", "p7", null)]
    [InlineData("payouts", "why", "c5", "id has no meaning")]
    [InlineData("contest", "why", null, "id must name the contest")]
    [InlineData("player", "why", " ", "id must name the player")]
    [InlineData("world", "why", null, "scope must be one of payouts, contest, player")]
    [InlineData("payouts", "  ", null, "reason must say why")]
    [InlineData("payouts", "a\nb", null, "control characters")]
    [InlineData("player", "why", "a\tb", "control characters")]
    public void A_halt_names_what_it_stops_and_why(string scope, string reason, string? id, string? fault)
    {
        var said = new HaltWish(scope, reason, id).Fault();

        if (fault is null) Assert.Null(said);
        else Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_and_an_id_have_an_end()
    {
        Assert.Contains("500 characters", new HaltWish("payouts", new string('x', 501)).Fault(), StringComparison.Ordinal);
        Assert.Contains("200 characters", new HaltWish("player", "why", new string('x', 201)).Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_halt_is_lifted_once_and_not_by_the_player_whose_payouts_it_stops()
    {
        Assert.IsType<LiftDecision.Lift>(LiftDecision.Decide(s_halt, isOwn: false));
        Assert.IsType<LiftDecision.NotYours>(LiftDecision.Decide(s_halt, isOwn: true));
        Assert.IsType<LiftDecision.NotThere>(LiftDecision.Decide(null, isOwn: false));
        Assert.IsType<LiftDecision.Refuse>(
            LiftDecision.Decide(s_halt with { LiftedAt = s_now, LiftedBy = "bob", LiftReason = "safe" }, isOwn: false));
    }

    [Fact]
    public void No_reviewer_lets_a_payout_go_that_a_halt_holds_and_each_may_still_reject_it()
    {
        var payout = new PayoutRecord("po", "c5", 1, "p7", 100, "usd", PayoutState.Held, "halted", 3, 1, null);
        var halt = new PayoutHold("po", HoldCause.Manual, "halt/3", "halted by ann: case 131", s_now, null, null);
        var cancelled = halt with { Reference = "contest-cancelled" };
        var approval = halt with { Cause = HoldCause.Approval, Reference = "assessment/1" };

        Assert.IsType<ReviewPayout.Refuse>(Decide([halt], ReviewWish.Release));
        Assert.Equal([approval], Assert.IsType<ReviewPayout.Release>(Decide([halt, approval], ReviewWish.Release)).Ends);
        Assert.Equal([cancelled], Assert.IsType<ReviewPayout.Release>(Decide([cancelled], ReviewWish.Release)).Ends);
        Assert.Equal([halt], Assert.IsType<ReviewPayout.Reject>(Decide([halt], ReviewWish.Reject)).Ends);

        ReviewPayout Decide(IReadOnlyList<PayoutHold> open, string decision) =>
            ReviewPayout.Decide(payout, open, [], new ReviewWish(decision, "bob", "note"), policy: null);
    }

    [Fact]
    public void What_was_asked_of_Stripe_before_a_halt_is_looked_up_and_not_sent_again()
    {
        var payout = new PayoutRecord("po", "c5", 1, "p7", 100, "usd", PayoutState.Submitting, null, 2, 1, null);
        var account = new PayoutAccount("acct_1", "p7", "active", Stale: false, s_now, 1);
        var open = new PayoutAttempt("po", 1, "payout/po/a1", payout.ParameterHash("acct_1"), "acct_1", s_now,
            AttemptOutcome.Open, 1, "timeout", null);

        Assert.IsType<PayoutStep.Send>(Next(isHalted: false));
        Assert.True(Assert.IsType<PayoutStep.LookUp>(Next(isHalted: true)).SendWhenAbsent);

        PayoutStep Next(bool isHalted) => NextPayoutStep.Decide(
            payout, [open], account, s_now.AddMinutes(10), PayoutPolicy.Default, s_now, isHalted: isHalted);
    }

    [Theory]
    [InlineData(4, 10, 2, "refunds")]
    [InlineData(5, 9, 2, "failures")]
    [InlineData(0, 0, 3, "disputes")]
    [InlineData(4, 9, 2, "")]
    [InlineData(5, 10, 3, "failures,refunds,disputes")]
    public void So_many_within_the_window_are_a_burst(long failures, long refunds, long disputes, string expected)
    {
        var found = BurstsJob.Of(
            new MoneyTrouble(failures, refunds, disputes), new BurstOptions(TimeSpan.FromMinutes(10), 5, 10, 3));

        Assert.Equal(expected, string.Join(',', found.Where(b => b.IsOne).Select(b => b.What)));
    }
}
