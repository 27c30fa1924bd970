
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// What a lost dispute leads to: the prize of the disputed entry, in whatever state its payout is, and not a cent more.
/// </summary>
public sealed class ForfeitPrizeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DisputedPrize s_prize = new("du", "c", 1, "e", "p", "usd", LeftMinor: 9_700, VoidNo: 0);

    [Theory]
    [InlineData(PayoutState.Pending)]
    [InlineData(PayoutState.Held)]
    [InlineData(PayoutState.AwaitingAccount)]
    [InlineData(PayoutState.AwaitingFunds)]
    [InlineData(PayoutState.Failed)]
    public void An_unpaid_prize_is_voided_and_the_rest_of_the_payout_stays_the_player_s(string state)
    {
        Assert.Equal(new ForfeitStep.Replace(9_700, 0), Decide(Payout(state, 9_700)));
        Assert.Equal(new ForfeitStep.Replace(9_700, 300), Decide(Payout(state, 10_000), AttemptOutcome.Refused));
        Assert.Equal(new ForfeitStep.Replace(5_000, 0), Decide(Payout(state, 5_000)));
    }

    [Fact]
    public void While_Stripe_has_not_answered_nothing_is_decided() =>
        Assert.IsType<ForfeitStep.Wait>(
            Decide(Payout(PayoutState.Submitting, 9_700), AttemptOutcome.Refused, AttemptOutcome.Open));

    [Fact]
    public void What_does_not_fit_is_a_person_s_matter() =>
        Assert.IsType<ForfeitStep.Tell>(Decide(Payout(PayoutState.Held, 9_700), AttemptOutcome.Mismatch));

    [Theory]
    [InlineData(PayoutState.Paid, 10_000, 0, 9_700)]
    [InlineData(PayoutState.Reversed, 10_000, 9_000, 1_000)]
    [InlineData(PayoutState.Paid, 4_000, 0, 4_000)]
    public void A_paid_prize_is_taken_back_as_far_as_it_was_not_before(
        string state, long amountMinor, long reversedMinor, long backMinor) =>
        Assert.Equal(
            new ForfeitStep.TakeBack("po", backMinor),
            ForfeitPrize.Decide(s_prize, Payout(state, amountMinor), [Attempt(AttemptOutcome.Paid)], reversedMinor));

    [Fact]
    public void What_was_rejected_reversed_in_full_or_voided_before_has_nothing_left()
    {
        Assert.IsType<ForfeitStep.Nothing>(Decide(Payout(PayoutState.Rejected, 9_700)));
        Assert.IsType<ForfeitStep.Nothing>(
            ForfeitPrize.Decide(s_prize, Payout(PayoutState.Reversed, 9_700), [Attempt(AttemptOutcome.Paid)], 9_700));
        Assert.IsType<ForfeitStep.Nothing>(
            ForfeitPrize.Decide(s_prize with { LeftMinor = 0 }, Payout(PayoutState.Pending, 300), [], 0));
    }

    private static ForfeitStep Decide(PayoutRecord payout, params string[] outcomes) =>
        ForfeitPrize.Decide(s_prize, payout, [.. outcomes.Select(Attempt)], 0);

    private static PayoutRecord Payout(string state, long amountMinor) =>
        new("po", "c", 1, "p", amountMinor, "usd", state, null, 4, 7, null);

    private static PayoutAttempt Attempt(string outcome) => new(
        "po", 1, "payout/po/a1", "hash", "acct_1", s_now, outcome, 0, null, outcome == AttemptOutcome.Open ? null : s_now);
}
