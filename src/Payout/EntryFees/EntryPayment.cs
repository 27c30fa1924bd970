namespace ContestPipeline.Payout.EntryFees;

/// <summary>The money of one entry: what is to be collected, what was, what went back.</summary>
/// <param name="State">One of <see cref="PaymentState"/>.</param>
/// <param name="EntryState">One of <see cref="EntryStanding"/>: what Scoring has made of the entry.</param>
/// <param name="GiveBackReason">Why nothing is to be collected any more and everything goes back; null while the entry
/// stands.</param>
/// <param name="IntentNo">How many intents were asked for: above 1 only when a key grew too old without an answer.</param>
/// <param name="StripeStatus">The intent's status when it was last read.</param>
/// <param name="StripeFeeMinor">As the charge's balance transaction says; null until it was read.</param>
/// <param name="RefundAskedMinor">Refunds that are under way or made.</param>
/// <param name="RefundedByHouseMinor">What of the refunds the house bears, because the contest keeps the fee.</param>
/// <param name="RefundStuck">A refund was refused or failed: a person decides what follows.</param>
/// <param name="DeclineMark">Which failed try the player was told of last.</param>
/// <param name="Hints">How often an event said that something changed.</param>
public sealed record EntryPayment(
    string ContestId, string EntryId, string PlayerId, int PlayerEntryNo, long AmountMinor, string Currency,
    DateTimeOffset PayBefore, string State, string EntryState, string? GiveBackReason, int IntentNo, string? IntentId,
    string? StripeStatus, string? ChargeId, long? StripeFeeMinor, int CancelNo, bool CancelOpen, int RefundNo,
    long RefundAskedMinor, long RefundedMinor, long RefundedByHouseMinor, bool RefundStuck, string? DeclineMark, int ChangeNo,
    long Hints)
{
    public bool IsPaid => State is PaymentState.Paid or PaymentState.PartlyRefunded or PaymentState.Refunded;

    public bool IsOpen => State is PaymentState.Requested or PaymentState.RequiresPayment or PaymentState.Declined;

    /// <summary>The state as the money says it, for a payment that was made.</summary>
    public string PaidState =>
        RefundedMinor == 0
            ? PaymentState.Paid : RefundedMinor < AmountMinor ? PaymentState.PartlyRefunded : PaymentState.Refunded;
}

/// <summary>
/// States of an entry's payment: <see cref="Contracts.EntryPaymentStates"/>, and one before Stripe knows of it.
/// </summary>
public static class PaymentState
{
    public const string Requested = "requested";
    public const string RequiresPayment = Contracts.EntryPaymentStates.RequiresPayment;
    public const string Declined = Contracts.EntryPaymentStates.Declined;
    public const string Paid = Contracts.EntryPaymentStates.Paid;
    public const string Cancelled = Contracts.EntryPaymentStates.Cancelled;
    public const string PartlyRefunded = Contracts.EntryPaymentStates.PartlyRefunded;
    public const string Refunded = Contracts.EntryPaymentStates.Refunded;
}

/// <summary>What Scoring has made of an entry with a fee.</summary>
public static class EntryStanding
{
    public const string Awaiting = "awaiting";

    /// <summary>It takes part: its fee belongs to the contest.</summary>
    public const string Accepted = "accepted";

    public const string Refused = "refused";
    public const string Withdrawn = "withdrawn";
    public const string Cancelled = "cancelled";
}
