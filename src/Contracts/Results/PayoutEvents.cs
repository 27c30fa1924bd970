namespace ContestPipeline.Contracts;

/// <summary>A payout reached a new state.</summary>
/// <remarks>Key: contest id. Producer: Payout.</remarks>
/// <param name="ChangeNo">Grows with each change of the payout, by 1 unless books went back: the highest stands.</param>
/// <param name="State">One of <see cref="PayoutStates"/>.</param>
/// <param name="Reason">Why it waits, failed or is held; null otherwise.</param>
/// <param name="TransferId">Stripe's id once paid.</param>
[Wire("payout.changed.v1", Topics.PayoutEvents)]
public sealed record PayoutChangedV1(
    string PayoutId, int ChangeNo, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency,
    [OneOf(typeof(PayoutStates))] string State, string? Reason, string? TransferId, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"payout-changed/{PayoutId}/{ChangeNo}";
    public string PartitionKey => ContestId;
}

/// <summary>States of a payout, in the words that are stored and published.</summary>
public static class PayoutStates
{
    public const string Pending = "pending";
    public const string Held = "held";
    public const string AwaitingAccount = "awaiting_account";
    public const string AwaitingFunds = "awaiting_funds";
    public const string Submitting = "submitting";
    public const string Paid = "paid";
    public const string Failed = "failed";
    public const string Rejected = "rejected";

    /// <summary>Paid, and taken back in full or in part; the reason says which.</summary>
    public const string Reversed = "reversed";

    public static IReadOnlyList<string> All { get; } = [Pending, Held, AwaitingAccount, AwaitingFunds, Submitting, Paid, Failed,
        Rejected, Reversed];

    public static bool IsTerminal(string state) => state is Paid or Failed or Rejected or Reversed;
}

/// <summary>Every payout of a contest revision is terminal.</summary>
/// <remarks>Key: contest id. Producer: Payout. Consumer: Scoring (SETTLED → PAID).</remarks>
[Wire("contest.paid.v1", Topics.PayoutEvents)]
public sealed record ContestPaidV1(
    string ContestId, int Revision, int PaidCount, long PaidMinor, int OtherCount, long OtherMinor, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"contest-paid/{ContestId}/{Revision}";
    public string PartitionKey => ContestId;
}
