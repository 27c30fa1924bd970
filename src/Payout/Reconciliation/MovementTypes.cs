using System.Collections.Frozen;
using ContestPipeline.Payout.Ledger;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>What is made of a movement of Stripe's balance.</summary>
public enum MovementUse
{
    /// <summary>The pipeline brings it about: it must have its ledger line, and is compared with it.</summary>
    Compared,

    /// <summary>Nothing here brings it about and it is everyday: reconciliation books it.</summary>
    Booked,

    /// <summary>
    /// Nothing here brings it about and a person must know of it: a critical difference, and booked, so that the next one is seen
    /// as well.
    /// </summary>
    Told,
}

/// <summary>What is made of one type of movement.</summary>
/// <param name="Account">The ledger account that is the other side of Stripe's balance; that of the cause, where the pipeline
/// posts it itself.</param>
public sealed record MovementRule(MovementUse Use, string Account);

/// <summary>
/// Every type of balance transaction that Stripe documents, and what is made of it: one table, so that no money moves unseen. A
/// type that is not in it is told.
/// </summary>
/// <remarks>
/// https://docs.stripe.com/reports/balance-transaction-types; a test compares the table with the list of the API's description.
/// </remarks>
public static class MovementTypes
{
    private const string Adjustment = "adjustment";
    private const string Payments = "payments";

    private static readonly MovementRule s_unexplained = new(MovementUse.Told, LedgerAccounts.StripeUnexplained);
    private static readonly MovementRule s_dispute = new(MovementUse.Compared, LedgerAccounts.DisputeHolds);

    /// <summary>Of adjustments those that disputes bring about.</summary>
    private static readonly FrozenSet<string> s_ofDisputes = FrozenSet.Create(
        StringComparer.Ordinal, "dispute", "dispute_reversal");

    /// <summary>By Stripe's word. An adjustment stands here as what it is unless it is of a dispute.</summary>
    public static FrozenDictionary<string, MovementRule> All { get; } = Rules().ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="type">Stripe's <c>type</c>.</param>
    /// <param name="category">Stripe's <c>reporting_category</c>.</param>
    public static MovementRule Of(string type, string? category) =>
        type == Adjustment && category is not null && s_ofDisputes.Contains(category)
            ? s_dispute : All.GetValueOrDefault(type, s_unexplained);

    /// <summary>
    /// Stripe keeps balances apart; only one of them is what transfers are made from, and what the ledger's account stands for.
    /// </summary>
    public static bool IsOfPayments(string? balanceType) => balanceType is null or Payments;

    private static IEnumerable<KeyValuePair<string, MovementRule>> Rules() =>
    [
        .. Each(MovementUse.Compared, LedgerAccounts.EntryFees, "charge", "payment", "refund", "payment_refund", "refund_failure",
            "payment_failure_refund"),
        .. Each(MovementUse.Compared, "player_payable", "transfer", "transfer_refund", "transfer_cancel", "transfer_failure"),
        .. Each(MovementUse.Booked, LedgerAccounts.HouseFunds, "topup", "topup_reversal"),
        .. Each(MovementUse.Booked, LedgerAccounts.StripeFees, "stripe_fee", "stripe_fx_fee", "tax_fee"),
        .. Each(MovementUse.Told, LedgerAccounts.PlatformBank, "payout", "payout_cancel", "payout_failure"),
        .. Each(
            MovementUse.Told, LedgerAccounts.StripeReserves, "reserve_transaction", "reserved_funds", "reserve_hold",
            "reserve_release", "payment_network_reserve_hold", "payment_network_reserve_release", "payout_minimum_balance_hold",
            "payout_minimum_balance_release"),
        .. Each(
            MovementUse.Told, LedgerAccounts.StripeUnexplained, Adjustment, "advance", "advance_funding",
            "anticipation_repayment", "application_fee", "application_fee_refund", "climate_order_purchase",
            "climate_order_refund", "connect_collection_transfer", "contribution", "fee_credit_funding", "inbound_transfer",
            "inbound_transfer_reversal", "issuing_authorization_hold", "issuing_authorization_release", "issuing_dispute",
            "issuing_dispute_provisional_credit", "issuing_dispute_provisional_credit_reversal", "issuing_transaction",
            "obligation_outbound", "obligation_reversal_inbound", "payment_reversal", "payment_unreconciled",
            "stripe_balance_payment_debit", "stripe_balance_payment_debit_reversal", "tax_fund", "validation",
            "balance_transfer_inbound", "balance_transfer_outbound", "outbound_transfer", "outbound_transfer_reversal"),
    ];

    private static IEnumerable<KeyValuePair<string, MovementRule>> Each(MovementUse use, string account, params string[] types) =>
        types.Select(type => KeyValuePair.Create(type, new MovementRule(use, account)));
}
