namespace ContestPipeline.Contracts;

/// <summary>A contest exists and takes entries. The definition never changes again.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumers: Settlement, front ends.</remarks>
[Wire("contest.published.v1", Topics.ContestEvents)]
public sealed record ContestPublishedV1(
    string CommandId, string ContestId, ContestDefinitionV1 Definition, string DefinitionHash, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"contest-published/{ContestId}/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>A contest will not be settled; every collected fee goes back.</summary>
/// <remarks>Key: contest id. <paramref name="CommandId"/> is null when a rule cancelled it (too few entries).</remarks>
[Wire("contest.cancelled.v1", Topics.ContestEvents)]
public sealed record ContestCancelledV1(string ContestId, string? CommandId, string Reason, string By, DateTimeOffset At)
    : IMessage
{
    public string IdempotencyKey => $"contest-cancelled/{ContestId}";
    public string PartitionKey => ContestId;
}

/// <summary>A command was refused; nothing changed.</summary>
/// <remarks>Key: contest id.</remarks>
/// <param name="ReasonCode">Machine-readable (<c>contest-locked</c>, <c>salary-cap</c>, <c>command-id-reused</c>).</param>
/// <param name="Message">For people: what was expected, what came, what to do.</param>
/// <param name="BodyHash">SHA-256 of the refused command, so that another body under the same command id gets an answer of its
/// own.</param>
[Wire("contest.command-rejected.v1", Topics.ContestEvents)]
public sealed record CommandRejectedV1(
    string CommandId, string ContestId, string CommandType, string ReasonCode, string Message, string? Field, string BodyHash,
    DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"command-rejected/{CommandId}/{BodyHash}";
    public string PartitionKey => ContestId;
}
