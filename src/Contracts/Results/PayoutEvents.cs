namespace ContestPipeline.Contracts;

/// <summary>A payout reached a new state.</summary>
/// <remarks>Key: contest id. Producer: Payout.</remarks>
/// <param name="ChangeNo">1, 2, 3 … within the payout: its append-only history.</param>
/// <param name="State">pending, held, awaiting_account, awaiting_funds, submitting, paid, failed, rejected, reversed (after paid;
/// the reason says full or how much).</param>
/// <param name="Reason">Why it waits, failed or is held; null otherwise.</param>
/// <param name="TransferId">Stripe's id once paid.</param>
[Wire("payout.changed.v1", Topics.PayoutEvents)]
public sealed record PayoutChangedV1(
    string PayoutId, int ChangeNo, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency,
    string State, string? Reason, string? TransferId, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"payout-changed/{PayoutId}/{ChangeNo}";
    public string PartitionKey => ContestId;
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
