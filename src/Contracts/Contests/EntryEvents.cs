namespace ContestPipeline.Contracts;

/// <summary>An entry takes part.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumer: Settlement.</remarks>
/// <param name="AthleteIds">What the entry scores by: its line-up in slot order; in an activity contest the player
/// himself.</param>
/// <param name="AcceptanceNo">Rises in the order in which the contest's entries were asked for, without a fee 1, 2, 3 …; breaks
/// ties for odd cents.</param>
[Wire("contest.entry-accepted.v1", Topics.ContestEvents)]
public sealed record EntryAcceptedV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, IReadOnlyList<string> AthleteIds, long AcceptanceNo,
    DateTimeOffset AcceptedAt) : IMessage
{
    public string IdempotencyKey => $"entry-accepted/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// An entry's line-up changed (late swap). The whole new line-up, with a version that rises by one; the accepted line-up is
/// version 1.
/// </summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumers: Settlement, front ends.</remarks>
/// <param name="Reason">Why swaps were taken back: an athlete's game had begun before his swap, and the feed told of it only
/// later; null: the player asked for the change.</param>
[Wire("contest.entry-changed.v1", Topics.ContestEvents)]
public sealed record EntryChangedV1(
    string CommandId, string ContestId, string EntryId, int Version, IReadOnlyList<string> AthleteIds, DateTimeOffset At,
    string? Reason = null) : IMessage
{
    public string IdempotencyKey => $"entry-changed/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{Version}";
    public string PartitionKey => ContestId;
}

/// <summary>An entry was taken back before lock.</summary>
/// <param name="Reserved">True: its fee had not been paid and it never took part, so that only Payout has to know.</param>
[Wire("contest.entry-withdrawn.v1", Topics.ContestEvents)]
public sealed record EntryWithdrawnV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, DateTimeOffset At, bool Reserved = false) : IMessage
{
    public string IdempotencyKey => $"entry-withdrawn/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{CommandId}";
    public string PartitionKey => ContestId;
}
