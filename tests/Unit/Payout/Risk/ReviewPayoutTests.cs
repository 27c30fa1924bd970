
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Payout;

/// <summary>Who may end which hold, and how many persons it takes.</summary>
public sealed class ReviewPayoutTests
{
    private static readonly DateTimeOffset s_then = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly PayoutHold s_approval = Hold(HoldCause.Approval);

    [Fact]
    public void An_approver_releases_what_waits_for_approval() =>
        Assert.Equal([s_approval], Assert.IsType<ReviewPayout.Release>(Decide([s_approval])).Ends);

    [Fact]
    public void The_winner_decides_nothing_about_their_own_payout()
    {
        Assert.IsType<ReviewPayout.NotYours>(Decide([s_approval], reviewer: "ann"));
        Assert.IsType<ReviewPayout.NotYours>(Decide([s_approval], ReviewWish.Reject, reviewer: "ann"));
    }

    /// <summary>Staff and players have ids of two kinds: the token says which player its bearer is.</summary>
    [Fact]
    public void An_approver_who_is_the_winner_under_another_id_or_spelling_decides_nothing_about_it()
    {
        Assert.IsType<ReviewPayout.NotYours>(Decide([s_approval], reviewer: " ANN"));
        Assert.IsType<ReviewPayout.NotYours>(ReviewPayout.Decide(
            s_payout, [s_approval], [], Wish("ann.smith@example.org") with { PlayerIds = ["other", "ann"] }, null));
        Assert.IsType<ReviewPayout.Release>(
            ReviewPayout.Decide(s_payout, [s_approval], [], Wish("ann.smith@example.org") with { PlayerIds = ["other"] }, null));
    }

    [Fact]
    public void The_second_approver_is_not_the_first_in_another_spelling()
    {
        var first = new Review(1, "Bob@Example.org", ReviewWish.Release, "", s_then.AddMinutes(1));

        Assert.IsType<ReviewPayout.NotYours>(ReviewPayout.Decide(s_payout, [s_approval], [first], Wish("bob@example.org"), null));
    }

    [Fact]
    public void A_rejection_needs_a_reason_and_ends_every_hold()
    {
        Assert.IsType<ReviewPayout.Refuse>(Decide([s_approval], ReviewWish.Reject, note: ""));
        Assert.Equal(
            2, Assert.IsType<ReviewPayout.Reject>(Decide([s_approval, Hold(HoldCause.Dispute)], ReviewWish.Reject)).Ends.Count);
    }

    [Fact]
    public void A_release_leaves_a_dispute_s_hold_and_cannot_end_it_alone()
    {
        Assert.Equal([s_approval], Assert.IsType<ReviewPayout.Release>(Decide([s_approval, Hold(HoldCause.Dispute)])).Ends);
        Assert.Contains("dispute", Assert.IsType<ReviewPayout.Refuse>(Decide([Hold(HoldCause.Dispute)])).Why);
    }

    [Theory]
    [InlineData(ReviewWish.Release)]
    [InlineData(ReviewWish.Reject)]
    public void Where_money_may_have_moved_no_review_helps(string decision) =>
        Assert.Contains(
            "may have moved", Assert.IsType<ReviewPayout.Refuse>(Decide([s_approval, Hold(HoldCause.Mismatch)], decision)).Why);

    [Fact]
    public void What_the_lost_books_may_have_paid_is_not_rejected_before_Stripe_has_said_and_is_released()
    {
        var reject = new ReviewWish(ReviewWish.Reject, "bob", "why");

        Assert.Contains("may have been paid", Assert.IsType<ReviewPayout.Refuse>(
            ReviewPayout.Decide(s_payout, [s_approval], [], reject, null, mayHaveGone: true)).Why);
        Assert.IsType<ReviewPayout.Reject>(ReviewPayout.Decide(s_payout, [s_approval], [], reject, null));
        Assert.IsType<ReviewPayout.Release>(
            ReviewPayout.Decide(s_payout, [s_approval], [], Wish(), null, mayHaveGone: true));
    }

    [Theory]
    [InlineData(PayoutState.Pending)]
    [InlineData(PayoutState.Submitting)]
    [InlineData(PayoutState.Paid)]
    [InlineData(PayoutState.Rejected)]
    public void What_is_not_held_is_not_decided_about(PayoutState state) =>
        Assert.Contains(state.Word(),
            Assert.IsType<ReviewPayout.Refuse>(
                ReviewPayout.Decide(s_payout with { State = state }, [s_approval], [], Wish(), null)).Why);

    [Fact]
    public void Above_the_policy_s_amount_a_second_and_other_person_is_needed()
    {
        var policy = RiskPolicy.Default with
        {
            Currencies =
                new Dictionary<string,
                    CurrencyLimits> { ["usd"] =
                        RiskPolicy.Default.Currencies["usd"] with { SecondApproverAboveMinor = 5_999_99 } },
        };
        var first = new Review(1, "bob", ReviewWish.Release, "", s_then.AddMinutes(1));

        Assert.IsType<ReviewPayout.AwaitSecond>(ReviewPayout.Decide(s_payout, [s_approval], [], Wish(), policy));
        Assert.IsType<ReviewPayout.NotYours>(ReviewPayout.Decide(s_payout, [s_approval], [first], Wish(), policy));
        Assert.IsType<ReviewPayout.Release>(ReviewPayout.Decide(s_payout, [s_approval], [first], Wish(reviewer: "carl"), policy));
        Assert.IsType<ReviewPayout.Release>(
            ReviewPayout.Decide(s_payout with { AmountMinor = 5_999_99 }, [s_approval], [], Wish(), policy));
    }

    [Fact]
    public void What_was_decided_about_an_earlier_hold_does_not_count_for_a_later_one()
    {
        var before = new Review(1, "bob", ReviewWish.Release, "", s_then.AddMinutes(-1));

        Assert.IsType<ReviewPayout.Release>(ReviewPayout.Decide(s_payout, [s_approval], [before], Wish(), null));
    }

    private static readonly PayoutRecord s_payout = new(
        "po", "contest", 1, "ann", 6_000_00, "usd", PayoutState.Held, null, 1, 1, null);

    private static ReviewPayout Decide(
        PayoutHold[] open, string decision = ReviewWish.Release, string reviewer = "bob", string note = "why") =>
        ReviewPayout.Decide(s_payout, open, [], new ReviewWish(decision, reviewer, note), null);

    private static ReviewWish Wish(string reviewer = "bob") => new(ReviewWish.Release, reviewer, "");

    private static PayoutHold Hold(string cause) => new("po", cause, "1", cause, s_then, null, null);
}
