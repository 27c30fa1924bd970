using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Unit.Payout.Deposits;

/// <summary>What becomes of a wish to pay in, and of what Stripe shows of it.</summary>
public sealed class DepositDecisionTests
{
    private static readonly DateTimeOffset s_at = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DepositRequest s_request = new("first", 40_000, "usd");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(49)]
    [InlineData(100_001)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_amount_out_of_bounds_is_refused_as_malformed(long amountMinor) =>
        Assert.True(Assert.IsType<DepositDecision.Refuse>(
            DepositDecision.Decide(s_request with { AmountMinor = amountMinor }, null, 0, new DepositRules())).Malformed);

    [Theory]
    [InlineData("", "usd")]
    [InlineData("first", "USD")]
    [InlineData("first", "btc")]
    [InlineData("fir\nst", "usd")]
    public void A_key_or_a_currency_that_is_none_is_refused_as_malformed(string requestId, string currency) =>
        Assert.True(Assert.IsType<DepositDecision.Refuse>(DepositDecision.Decide(
            s_request with { RequestId = requestId, Currency = currency }, null, 0, new DepositRules())).Malformed);

    [Theory]
    [InlineData(0, true)]
    [InlineData(60_000, true)]
    [InlineData(60_001, false)]
    [InlineData(100_000, false)]
    [InlineData(250_000, false)]
    public void What_is_counted_and_what_is_asked_for_stay_within_the_limit_together(long countedMinor, bool isAsked)
    {
        var decision = DepositDecision.Decide(s_request, null, countedMinor, new DepositRules());

        Assert.Equal(isAsked, decision is DepositDecision.Ask);
        if (decision is DepositDecision.Refuse refuse)
            Assert.Contains($"{Math.Max(0, 100_000 - countedMinor)} are left, not 40000", refuse.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_known_key_is_its_deposit_whatever_is_counted_and_with_another_body_it_is_refused()
    {
        var known = Deposit();

        Assert.Same(known, Assert.IsType<DepositDecision.Known>(
            DepositDecision.Decide(s_request, known, 100_000, new DepositRules())).Deposit);
        Assert.False(Assert.IsType<DepositDecision.Refuse>(
            DepositDecision.Decide(s_request with { AmountMinor = 40_001 }, known, 0, new DepositRules())).Malformed);
        Assert.IsType<DepositDecision.Refuse>(
            DepositDecision.Decide(s_request with { Currency = "eur" }, known, 0, new DepositRules()));
    }

    [Theory]
    [InlineData(0, 100_00, 40_000, 0)]
    [InlineData(200, 100_00, 10_000, 0)]
    [InlineData(200, 100_00, 10_001, 200)]
    [InlineData(200, 100_00, 10_049, 200)]
    [InlineData(200, 100_00, 10_050, 201)]
    public void The_fee_is_a_share_of_the_whole_above_a_threshold_and_rounded_down(
        int bps, long aboveMinor, long amountMinor, long feeMinor) =>
        Assert.Equal(feeMinor, new DepositRules(bps, aboveMinor).FeeMinor(amountMinor));

    [Fact]
    public void A_slash_in_a_player_or_a_key_does_not_make_two_deposits_one() =>
        Assert.Equal(4, new[] { Id("a/b", "c"), Id("a", "b/c"), Id("a%2Fb", "c"), Id("a", "b%2Fc") }.Distinct().Count());

    [Fact]
    public void A_payment_is_credited_once_with_its_fee_and_only_from_a_reading_that_shows_the_charge()
    {
        var facts = Facts("succeeded") with { BalanceTransactionId = "txn_1", FeeMinor = 90, SettledIn = "usd" };

        Assert.Equal(
            [new DepositStep.Paid("ch_1", s_at), new DepositStep.Fee(90, "txn_1")],
            DecideDeposit.FromReading(Deposit(), facts));
        Assert.Empty(DecideDeposit.FromReading(Deposit(), facts with { ChargedAt = null, FeeMinor = null }));
        Assert.Empty(DecideDeposit.FromReading(
            Deposit() with { State = DepositState.Paid, ChargeId = "ch_1", StripeFeeMinor = 90 }, facts));
        Assert.Equal([new DepositStep.Paid("ch_1", s_at), new DepositStep.Converted("eur")],
            DecideDeposit.FromReading(Deposit(), facts with { SettledIn = "eur" }));
    }

    [Fact]
    public void Whatever_is_not_the_payment_that_was_asked_for_credits_nothing()
    {
        var facts = Facts("succeeded");
        PaymentFacts[] wrong =
        [
            facts with { IntentId = "pi_2" }, facts with { DepositId = null }, facts with { DepositId = "deposit/p/second" },
            facts with { AmountMinor = 39_999 }, facts with { Currency = "eur" }, facts with { ReceivedMinor = 1 },
            facts with { ChargeId = null },
        ];

        Assert.All(wrong, f => Assert.IsType<DepositStep.Differs>(
            Assert.Single(DecideDeposit.FromReading(Deposit(), f))));
        Assert.IsType<DepositStep.Differs>(Assert.Single(DecideDeposit.FromReading(
            Deposit() with { State = DepositState.Cancelled }, facts)));
    }

    [Fact]
    public void A_declined_deposit_and_one_that_nobody_pays_for_a_day_are_cancelled_unless_money_is_on_its_way()
    {
        var deposit = Deposit() with { StripeStatus = "requires_payment_method" };
        var late = s_at + DepositRules.Window;

        Assert.False(DecideDeposit.IsToCancel(deposit, late.AddTicks(-1)));
        Assert.True(DecideDeposit.IsToCancel(deposit, late));
        Assert.True(DecideDeposit.IsToCancel(deposit with { Declined = true }, s_at));
        Assert.False(DecideDeposit.IsToCancel(deposit with { StripeStatus = "processing" }, late));
        Assert.False(DecideDeposit.IsToCancel(deposit with { CancelOpen = true }, late));
        Assert.False(DecideDeposit.IsToCancel(deposit with { IntentId = null }, late));
        Assert.False(DecideDeposit.IsToCancel(deposit with { State = DepositState.Cancelled }, late));
        Assert.IsType<DepositStep.Declined>(Assert.Single(DecideDeposit.FromReading(
            deposit, Facts("requires_payment_method") with { ErrorMark = "ch_0", ReceivedMinor = 0, ChargeId = null })));
    }

    private static string Id(string player, string request) => ContestPipeline.Payout.Deposits.Deposit.IdOf(player, request);

    private static Deposit Deposit() => new(
        "deposit/p/first", "p", "first", 40_000, 0, "usd", DepositState.RequiresPayment, null, 1, "pi_1", null, null, null, null,
        0, false, false, s_at);

    private static PaymentFacts Facts(string status) => new(
        "pi_1", status, 40_000, 40_000, "usd", null, null, "ch_1", null, null, null, null, null)
    {
        DepositId = "deposit/p/first", ChargedAt = s_at,
    };
}
