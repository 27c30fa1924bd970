using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;

namespace ContestPipeline.Unit.Payout.Withdrawals;

/// <summary>Which money of a wallet goes to a bank, and which does not yet.</summary>
public sealed class DecideWithdrawalTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly WithdrawalRequest s_request = new("first", 500, "usd");

    [Fact]
    public void Winnings_go_at_once_and_deposits_once_they_go_back_to_the_card_no_more_the_oldest_lot_first()
    {
        DatedLot[] lots =
        [
            Lot("young", LotSources.Deposit, 90, 1_000), Lot("old", LotSources.Deposit, 91, 300),
            Lot("won", LotSources.Winnings, 0, 400),
        ];

        Assert.Equal([new LotPart("old", 300), new LotPart("won", 200)], Taken(500, lots));
        Assert.Equal([new LotPart("old", 300), new LotPart("won", 400)], Taken(700, lots));
        var refused = Assert.IsType<WithdrawalDecision.Refuse>(
            WithdrawalDecision.Decide(s_request with { AmountMinor = 701 }, null, lots, s_now));
        Assert.False(refused.Malformed);
        Assert.StartsWith("at most 700 can be withdrawn, not 701", refused.Why, StringComparison.Ordinal);
        Assert.StartsWith("at most 0 can be withdrawn", Assert.IsType<WithdrawalDecision.Refuse>(
            WithdrawalDecision.Decide(s_request, null, [lots[0]], s_now)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deposit_is_as_old_as_its_charge_and_not_as_its_credit()
    {
        var late = Lot("late", LotSources.Deposit, 91, 500) with { CreditedAt = s_now.AddDays(-2) };

        Assert.Equal([new LotPart("late", 500)], Taken(500, late));
        Assert.IsType<WithdrawalDecision.Refuse>(WithdrawalDecision.Decide(
            s_request, null, [late with { PaidAt = s_now - DepositRules.Refundable }], s_now));
    }

    [Theory]
    [InlineData("first", 0, "usd")]
    [InlineData("first", -500, "usd")]
    [InlineData("first", long.MinValue, "usd")]
    [InlineData("", 500, "usd")]
    [InlineData("first", 500, "xyz")]
    public void What_is_no_request_is_refused_as_malformed(string requestId, long amountMinor, string currency) =>
        Assert.True(Assert.IsType<WithdrawalDecision.Refuse>(WithdrawalDecision.Decide(
            new WithdrawalRequest(requestId, amountMinor, currency), null, [Lot("won", LotSources.Winnings, 1, 500)], s_now))
            .Malformed);

    [Fact]
    public void A_known_key_is_its_withdrawal_also_when_the_wallet_is_empty_and_with_another_body_it_is_refused()
    {
        var known = new Withdrawal("withdrawal/p/first", "p", "first", "payout", 500, "usd", s_now);

        Assert.Same(known, Assert.IsType<WithdrawalDecision.Known>(
            WithdrawalDecision.Decide(s_request, known, [], s_now)).Withdrawal);
        Assert.IsType<WithdrawalDecision.Refuse>(
            WithdrawalDecision.Decide(s_request with { AmountMinor = 501 }, known, [], s_now));
        Assert.IsType<WithdrawalDecision.Refuse>(
            WithdrawalDecision.Decide(s_request with { Currency = "eur" }, known, [], s_now));
    }

    private static IReadOnlyList<LotPart> Taken(long amountMinor, params DatedLot[] lots) =>
        Assert.IsType<WithdrawalDecision.Take>(WithdrawalDecision.Decide(
            s_request with { AmountMinor = amountMinor }, null, lots, s_now)).Parts;

    private static DatedLot Lot(string id, string source, int days, long leftMinor) =>
        new(id, "p", "usd", source, s_now.AddDays(-days), leftMinor, s_now.AddDays(-days));
}
