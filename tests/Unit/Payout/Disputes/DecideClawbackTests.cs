
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// What a lost dispute or a correction leads to: it takes that prize, in whatever state its payout is, and not a cent more.
/// What a refund leads to is in EntryPaymentTests.
/// </summary>
public sealed class DecideClawbackTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DisputedPrize s_prize = new("du", "c", 1, "e", "p", "usd", LeftMinor: 9_700, VoidNo: 0);

    private static readonly PayoutState[] s_states =
    [
        PayoutState.Pending, PayoutState.Held, PayoutState.AwaitingAccount, PayoutState.AwaitingFunds, PayoutState.Submitting,
        PayoutState.Paid, PayoutState.Reversed, PayoutState.Failed, PayoutState.Rejected,
    ];
    private static readonly AttemptOutcome?[] s_outcomes =
        [null, AttemptOutcome.Open, AttemptOutcome.Paid, AttemptOutcome.Refused, AttemptOutcome.Absent, AttemptOutcome.Mismatch];

    [Theory]
    [InlineData(PayoutState.Pending)]
    [InlineData(PayoutState.Held)]
    [InlineData(PayoutState.AwaitingAccount)]
    [InlineData(PayoutState.AwaitingFunds)]
    [InlineData(PayoutState.Failed)]
    public void An_unpaid_prize_is_voided_and_the_rest_of_the_payout_stays_the_player_s(PayoutState state)
    {
        Assert.Equal(new ClawbackStep.Replace(9_700, 0), Decide(Payout(state, 9_700)));
        Assert.Equal(new ClawbackStep.Replace(9_700, 300), Decide(Payout(state, 10_000), AttemptOutcome.Refused));
        Assert.Equal(new ClawbackStep.Replace(5_000, 0), Decide(Payout(state, 5_000)));
    }

    [Fact]
    public void While_Stripe_has_not_answered_nothing_is_decided() =>
        Assert.IsType<ClawbackStep.Wait>(
            Decide(Payout(PayoutState.Submitting, 9_700), AttemptOutcome.Refused, AttemptOutcome.Open));

    [Fact]
    public void What_does_not_fit_is_a_person_s_matter() =>
        Assert.IsType<ClawbackStep.Tell>(Decide(Payout(PayoutState.Held, 9_700), AttemptOutcome.Mismatch));

    [Theory]
    [InlineData(PayoutState.Paid, 10_000, 0, 9_700)]
    [InlineData(PayoutState.Reversed, 10_000, 9_000, 1_000)]
    [InlineData(PayoutState.Paid, 4_000, 0, 4_000)]
    public void A_paid_prize_is_taken_back_as_far_as_it_was_not_before(
        PayoutState state, long amountMinor, long reversedMinor, long backMinor) =>
        Assert.Equal(
            new ClawbackStep.TakeBack("po", backMinor),
            DecideClawback.Decide(s_prize, Payout(state, amountMinor), [Attempt(AttemptOutcome.Paid)], reversedMinor));

    [Fact]
    public void What_was_rejected_reversed_in_full_or_voided_before_has_nothing_left()
    {
        Assert.IsType<ClawbackStep.Nothing>(Decide(Payout(PayoutState.Rejected, 9_700)));
        Assert.IsType<ClawbackStep.Nothing>(
            DecideClawback.Decide(s_prize, Payout(PayoutState.Reversed, 9_700), [Attempt(AttemptOutcome.Paid)], 9_700));
        Assert.IsType<ClawbackStep.Nothing>(
            DecideClawback.Decide(s_prize with { LeftMinor = 0 }, Payout(PayoutState.Pending, 300), [], 0));
    }

    [Fact]
    public void A_correction_is_decided_as_a_lost_dispute_over_as_much()
    {
        var part = new ReductionPart("c", 2, "e", 1, "p", "usd", 9_900);
        var due = new DuePart(part, EffectiveMinor: 9_700, FeeMinor: 3, VoidNo: 0);
        PayoutRecord[] payouts =
        [
            .. from state in s_states from amountMinor in new[] { 300L, 9_700, 10_000 } select Payout(state, amountMinor),
        ];
        var same = from payout in payouts
                   from outcome in s_outcomes
                   from reversedMinor in new[] { 0L, 200 }
                   let attempts = outcome is { } of ? new[] { Attempt(of) } : []
                   select (Dispute: DecideClawback.Decide(s_prize, payout, attempts, reversedMinor),
                       Correction: DecideClawback.Decide(due, payout, attempts, reversedMinor));

        Assert.All(same, s => Assert.Equal(s.Dispute, s.Correction));
        Assert.Equal(5, same.Select(s => s.Correction.GetType()).Distinct().Count());
    }

    [Fact]
    public void A_refund_takes_back_only_what_is_unpaid_and_whole_and_leaves_the_rest_to_people()
    {
        var refunded = new RefundedPrize("c", 1, "e", "p", "usd", 9_700, 2_500, 2_500, 0, 0);

        Assert.Equal(
            new ClawbackStep.Replace(9_700, 300),
            DecideClawback.Decide(refunded, Payout(PayoutState.Pending, 10_000), [], 0));
        Assert.Equal(
            new ClawbackStep.Tell("the payout is smaller than the prize that is to be taken back"),
            DecideClawback.Decide(refunded, Payout(PayoutState.Pending, 9_699), [], 0));
        Assert.Equal(
            new ClawbackStep.Tell("the prize was paid before the entry was refunded"),
            DecideClawback.Decide(refunded, Payout(PayoutState.Paid, 10_000), [Attempt(AttemptOutcome.Paid)], 0));
        Assert.IsType<ClawbackStep.Wait>(
            DecideClawback.Decide(refunded, Payout(PayoutState.Submitting, 10_000), [Attempt(AttemptOutcome.Absent)], 0));
        Assert.Equal(
            new ClawbackStep.Replace(9_700, 300),
            DecideClawback.Decide(s_prize, Payout(PayoutState.Submitting, 10_000), [Attempt(AttemptOutcome.Absent)], 0));
    }

    private static ClawbackStep Decide(PayoutRecord payout, params AttemptOutcome[] outcomes) =>
        DecideClawback.Decide(s_prize, payout, [.. outcomes.Select(Attempt)], 0);

    private static PayoutRecord Payout(PayoutState state, long amountMinor) =>
        new("po", "c", 1, "p", amountMinor, "usd", state, null, 4, 7, null);

    private static PayoutAttempt Attempt(AttemptOutcome outcome) => new(
        "po", 1, "payout/po/a1", "hash", "acct_1", s_now, outcome, 0, null, outcome == AttemptOutcome.Open ? null : s_now);
}
