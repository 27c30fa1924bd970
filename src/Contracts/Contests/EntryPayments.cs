namespace ContestPipeline.Contracts;

/// <summary>An entry of a contest with a fee was judged valid and takes part as soon as its fee is paid.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumer: Payout, which collects. Sent once per entry.</remarks>
/// <param name="PlayerEntryNo">1, 2, 3 … within contest and player: part of the payment's idempotency key.</param>
/// <param name="AmountMinor">The fee in minor units, above 0.</param>
/// <param name="PayBefore">When the contest locks, UTC: what is paid later goes back.</param>
/// <param name="Funding">One of <see cref="StakeFunding"/>; null: by card.</param>
[Wire("contest.entry-payment-required.v1", Topics.ContestEvents)]
public sealed record EntryPaymentRequiredV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, int PlayerEntryNo, long AmountMinor, string Currency,
    DateTimeOffset PayBefore, DateTimeOffset At, [OneOf(typeof(StakeFunding))] string? Funding = null) : IMessage
{
    public string IdempotencyKey => $"entry-payment-required/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}";
    public string PartitionKey => ContestId;
}

/// <summary>A reserved entry will never take part: its fee, if it was or is ever paid, goes back once.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumer: Payout.</remarks>
/// <param name="ReasonCode"><c>contest-locked</c>, <c>contest-full</c>, <c>player-limit</c>, <c>contest-over</c>,
/// <c>payment-failed</c>.</param>
/// <param name="Message">For the player: what was expected, what came.</param>
[Wire("contest.entry-refused.v1", Topics.ContestEvents)]
public sealed record EntryRefusedV1(
    string ContestId, string EntryId, string PlayerId, string ReasonCode, string Message, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"entry-refused/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}";
    public string PartitionKey => ContestId;
}

/// <summary>How the payment of an entry stands.</summary>
/// <remarks>
/// Key: contest id. Producer: Payout. Consumers: Scoring (paid, failed, cancelled, refunded), front ends (requires_payment).
/// </remarks>
/// <param name="ChangeNo">Grows with each change of the payment, by 1 unless books went back: the highest stands.</param>
/// <param name="State">One of <see cref="EntryPaymentStates"/>.</param>
/// <param name="AmountMinor">The fee; for <c>refunded</c> what went back by now, in minor units.</param>
/// <param name="PaymentIntentId">Stripe's id; null before Stripe has one.</param>
/// <param name="ClientSecretReference">Where the front end fetches the client secret: a path of the player API, never the secret
/// itself.</param>
/// <param name="Reason">Why it failed, was cancelled or went back; for people.</param>
/// <param name="PaidAt">With <c>paid</c>: when Stripe made the charge, UTC, to the second. By it, and not by when this was heard
/// of, a payment is before or after the lock. Null: not known.</param>
[Wire("entry.payment-changed.v1", Topics.PaymentEvents)]
public sealed record EntryPaymentChangedV1(
    string ContestId, string EntryId, string PlayerId, int ChangeNo, [OneOf(typeof(EntryPaymentStates))] string State,
    long AmountMinor, string Currency, string? PaymentIntentId, string? ClientSecretReference, string? Reason,
    DateTimeOffset At, DateTimeOffset? PaidAt = null) : IMessage
{
    public string IdempotencyKey => $"entry-payment/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{ChangeNo}";
    public string PartitionKey => ContestId;
}

/// <summary>What the payment of an entry can be.</summary>
public static class EntryPaymentStates
{
    /// <summary>Stripe waits for the player.</summary>
    public const string RequiresPayment = "requires_payment";

    public const string Paid = "paid";

    /// <summary>The last try was declined; the player may try again until the contest locks.</summary>
    public const string Declined = "declined";

    /// <summary>Given up at lock or because the entry was refused: nothing was taken.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Part of the fee went back to the player.</summary>
    public const string PartlyRefunded = "partly_refunded";

    /// <summary>The whole fee went back to the player.</summary>
    public const string Refunded = "refunded";

    public static IReadOnlyList<string> All { get; } = [RequiresPayment, Paid, Declined, Cancelled, PartlyRefunded, Refunded];
}
