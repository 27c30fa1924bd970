namespace ContestPipeline.Contracts;

/// <summary>
/// Scoring asks that its newest final ranking of a contest be never settled, or the whole contest. Settlement answers with
/// <see cref="RecallAnsweredV1"/>, each request once.
/// </summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumer: Settlement. It comes behind the ranking that it speaks of.</remarks>
/// <param name="RequestId">Unique within the contest: that of the command; of a recall that no command asked for one with spaces,
/// as no command has it.</param>
/// <param name="Purpose">One of <see cref="RecallPurposes"/>.</param>
/// <param name="Revision">The newest that was handed over and is not known to be settled.</param>
/// <param name="Attempt">1, 2, 3 … within the revision; see <see cref="ContestFinalizedV1"/>.</param>
[Wire("contest.recall-requested.v1", Topics.ContestEvents)]
public sealed record RecallRequestedV1(
    string ContestId, string RequestId, [OneOf(typeof(RecallPurposes))] string Purpose, int Revision, int Attempt,
    string Reason, string By, DateTimeOffset At)
        : IMessage
{
    public string IdempotencyKey => $"recall-requested/{KeyPart.Of(ContestId)}/{KeyPart.Of(RequestId)}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// Settlement's answer to <see cref="RecallRequestedV1"/>, kept in its database: the same request gets the same answer.
/// </summary>
/// <remarks>Key: contest id. Producer: Settlement. Consumer: Scoring.</remarks>
/// <param name="Attempt">The newest attempt that is never settled; at least that of the request.</param>
/// <param name="SettledAt">When the revision was settled, UTC: nothing is recalled then. Null: it is not settled and never will
/// be; for <c>cancel</c>, no revision of the contest.</param>
[Wire("contest.recall-answered.v1", Topics.Results)]
public sealed record RecallAnsweredV1(
    string ContestId, string RequestId, [OneOf(typeof(RecallPurposes))] string Purpose, int Revision, int Attempt,
    DateTimeOffset? SettledAt, string Reason, string By, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"recall-answered/{KeyPart.Of(ContestId)}/{KeyPart.Of(RequestId)}";
    public string PartitionKey => ContestId;
}

/// <summary>What a recall makes room for.</summary>
public static class RecallPurposes
{
    /// <summary>The contest is cancelled.</summary>
    public const string Cancel = "cancel";

    /// <summary>The ranking is made anew, from what Scoring has now.</summary>
    public const string Retry = "retry";

    /// <summary>As <see cref="Retry"/>, because the feed has corrected a game meanwhile.</summary>
    public const string Correction = "correction";

    public static IReadOnlyList<string> All { get; } = [Cancel, Retry, Correction];
}
