using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Explaining;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What explain says of the ledger's lines: they are added up, and a cent that is altered is called wrong.</summary>
public sealed class BooksTests
{
    private static readonly PayoutRow s_payout = new("po", "c", 1, "ann", 12_125, "usd", "paid", null, "tr_1");
    private static readonly AwardedEntry[] s_awarded = [new("e0", 12_500, 0, 12_500, 375, 12_125)];
    private static readonly LedgerLineRow[] s_lines =
    [
        Line("prize_pool:c", "player_payable:ann", 12_500, "award", "award/c/1/e0"),
        Line("player_payable:ann", "platform_fees", 375, "platform-fee", "fee/c/1/ann"),
        Line("player_payable:ann", "stripe_balance", 12_125, "payout", "tr_1"),
    ];

    [Fact]
    public void Lines_that_add_up_to_the_prize_its_fee_and_its_payout_are_right() =>
        Assert.Empty(LedgerOfPayout.Faults(s_payout, s_awarded, s_lines));

    [Theory]
    [InlineData(0, "the award of e0 is 12500 usd minor units, the ledger's lines add up to 12501")]
    [InlineData(1, "the fee is 375 usd minor units, the ledger's lines add up to 376")]
    [InlineData(2, "the payout by tr_1 is 12125 usd minor units, the ledger's lines add up to 12126")]
    public void A_line_that_was_altered_by_a_cent_is_called_wrong(int altered, string fault)
    {
        var lines = s_lines.Select((l, i) => i == altered ? l with { AmountMinor = l.AmountMinor + 1 } : l).ToArray();

        Assert.Equal(fault, Assert.Single(LedgerOfPayout.Faults(s_payout, s_awarded, lines)));
    }

    [Fact]
    public void A_line_that_lacks_and_one_for_an_entry_that_wins_nothing_are_called_wrong()
    {
        Assert.EndsWith(
            "add up to 0", Assert.Single(LedgerOfPayout.Faults(s_payout, s_awarded, s_lines[1..])), StringComparison.Ordinal);
        Assert.EndsWith(
            "which wins nothing",
            Assert.Single(LedgerOfPayout.Faults(s_payout, s_awarded,
                [.. s_lines, Line("prize_pool:c", "player_payable:ann", 1, "award", "award/c/1/e9")])), StringComparison.Ordinal);
    }

    private static LedgerLineRow Line(string debit, string credit, long minor, string code, string reference) =>
        new(Guid.Empty, debit, credit, minor, "usd", code, reference, DateTimeOffset.UnixEpoch);
}
