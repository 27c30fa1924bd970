
using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// No money moves at Stripe that is neither booked nor told: every type of movement is in the table, and what is not is told.
/// </summary>
public sealed class MovementTypesTests
{
    /// <summary>
    /// The types of <c>balance_transaction</c> in the description of Stripe's API 2026-10-28, and those that older accounts still
    /// list.
    /// </summary>
    private static readonly string[] s_types =
    [
        "adjustment", "advance", "advance_funding", "anticipation_repayment", "application_fee", "application_fee_refund",
        "charge", "climate_order_purchase", "climate_order_refund", "connect_collection_transfer", "contribution",
        "fee_credit_funding", "inbound_transfer", "inbound_transfer_reversal", "issuing_authorization_hold",
        "issuing_authorization_release", "issuing_dispute", "issuing_dispute_provisional_credit",
        "issuing_dispute_provisional_credit_reversal", "issuing_transaction", "obligation_outbound",
        "obligation_reversal_inbound", "payment", "payment_failure_refund", "payment_network_reserve_hold",
        "payment_network_reserve_release", "payment_refund", "payment_reversal", "payment_unreconciled", "payout",
        "payout_cancel", "payout_failure", "payout_minimum_balance_hold", "payout_minimum_balance_release", "refund",
        "refund_failure", "reserve_hold", "reserve_release", "reserve_transaction", "reserved_funds",
        "stripe_balance_payment_debit", "stripe_balance_payment_debit_reversal", "stripe_fee", "stripe_fx_fee", "tax_fee",
        "tax_fund", "topup", "topup_reversal", "transfer", "transfer_cancel", "transfer_failure", "transfer_refund", "validation",
        "balance_transfer_inbound", "balance_transfer_outbound", "outbound_transfer", "outbound_transfer_reversal",
    ];

    private static readonly DateTimeOffset s_now = new(2026, 11, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReconcileWindow s_window = new(s_now.AddDays(-2), s_now, s_now.AddMinutes(-15));

    [Fact]
    public void Every_type_that_Stripe_documents_is_in_the_table_and_no_other_is() =>
        Assert.Equal(s_types.Order(StringComparer.Ordinal), MovementTypes.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_type_that_nobody_knows_and_an_adjustment_that_is_of_no_dispute_are_told()
    {
        Assert.Equal(MovementUse.Told, MovementTypes.Of("a_type_of_next_year", "charge").Use);
        Assert.Equal(MovementUse.Told, MovementTypes.Of("adjustment", "other_adjustment").Use);
        Assert.Equal(MovementUse.Told, MovementTypes.Of("connect_collection_transfer", null).Use);
        Assert.Equal(MovementUse.Compared, MovementTypes.Of("adjustment", "dispute").Use);
    }

    [Fact]
    public void What_is_on_its_way_waits_for_funds_or_is_about_to_be_booked_explains_a_total_and_nothing_else_does()
    {
        var young = new MoneyFact("txn_1", "tr_1", MoneyParts.Gross, -500, "usd", s_now.AddMinutes(-1));
        var old = young with { Id = "txn_2", Subject = "tr_2", At = s_now.AddHours(-1) };
        var topup = new OutsideMovement("txn_3", "topup", MovementTypes.Of("topup", null), 10_000, "usd", s_now.AddHours(-2));
        var waiting = new MoneyFact("line", "re_1", MoneyParts.Gross, -70, "usd", s_now.AddDays(-30));

        Assert.Equal(0, Total(ledger: 100_000, stripe: 99_500, [young], []).DifferenceMinor);
        Assert.Equal(-500, Total(ledger: 100_000, stripe: 99_500, [old], []).DifferenceMinor);
        Assert.Equal(0, Total(ledger: 100_000, stripe: 110_000, [], [topup]).DifferenceMinor);
        Assert.Equal(0, Total(ledger: 100_000, stripe: 100_070, [], [], waiting).DifferenceMinor);
        Assert.Equal(1, Total(ledger: 100_000, stripe: 110_001, [], [topup]).DifferenceMinor);
    }

    [Fact]
    public void What_moves_in_the_second_in_which_the_balance_is_read_may_be_in_it_or_not()
    {
        MoneyFact[] movements = [Now("tr_1", -500), Now("tr_2", -300)];

        Assert.Equal(0, Total(ledger: 100_000, stripe: 100_000, movements, []).DifferenceMinor);
        Assert.Equal(0, Total(ledger: 100_000, stripe: 99_200, movements, []).DifferenceMinor);
        Assert.Equal(100, Total(ledger: 100_000, stripe: 99_300, movements, []).DifferenceMinor);

        static MoneyFact Now(string subject, long minor) => new($"txn_{subject}", subject, MoneyParts.Gross, minor, "usd", s_now);
    }

    [Fact]
    public void What_moves_after_the_balance_was_read_is_not_part_of_the_opening() =>
        Assert.Equal(10_000, Opening(s_now.AddSeconds(2)));

    [Fact]
    public void What_moves_as_the_balance_is_read_is_taken_to_be_in_it_unless_both_sides_are_equal_without_it()
    {
        Assert.Equal(10_000, Opening(s_now, stripe: 109_500));
        Assert.Equal(0, Opening(s_now, stripe: 99_500));
        Assert.Equal(0, Opening(s_now, stripe: 100_000));
    }

    [Fact]
    public void What_our_books_had_before_the_balance_was_read_is_in_it() =>
        Assert.Equal(10_000, Opening(s_now, isBooked: true, ledger: 99_500, stripe: 109_500));

    /// <summary>Found by simulated seed 121: restored books booked it afterwards, and it stood there twice.</summary>
    [Fact]
    public void What_is_given_back_of_ours_is_not_part_of_the_opening_however_old_it_is() =>
        Assert.Equal(10_000, Opening(s_now.AddDays(-3), stripe: 109_500, kind: GatherFacts.Refund));

    [Fact]
    public void What_others_were_paid_before_the_window_is_part_of_the_opening() =>
        Assert.Equal(9_500, Opening(s_now.AddDays(-3), stripe: 109_500, kind: GatherFacts.Transfer));

    /// <summary>The balance was 110,000 when it was read, of which the ledger knew 100,000; then 500 moved.</summary>
    /// <param name="kind">Of the object without a mark of ours that moved it; null: no list has it.</param>
    private static long Opening(
        DateTimeOffset movedAt, bool isBooked = false, long ledger = 100_000, long stripe = 110_000, string? kind = null)
    {
        ObjectFact[] made = kind is null ? [] : [new ObjectFact(kind, "re_1", null, 500, "usd", null, movedAt)];
        var moved = new MoneyFact("txn_1", "re_1", MoneyParts.Gross, -500, "usd", movedAt);
        return CompareTotals.Opening(
            new TotalFacts([new StripeHolds("usd", ledger)], [new StripeHolds("usd", stripe)], s_now, s_now, [], []),
            new LedgerFacts(isBooked ? [moved with { Id = "line" }] : [], []), new StripeFacts([moved], made, []), s_window)
            .Single().AmountMinor;
    }

    private static StripeTotal Total(long ledger, long stripe, MoneyFact[] movements, OutsideMovement[] outside,
        params MoneyFact[] waiting) => Assert.Single(CompareTotals.Of(
        new TotalFacts([new StripeHolds("usd", ledger)], [new StripeHolds("usd", stripe)], s_now, s_now, waiting, []),
        new LedgerFacts([], []), new StripeFacts(movements, [], outside), s_window));
}
