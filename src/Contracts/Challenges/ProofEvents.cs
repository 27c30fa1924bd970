namespace ContestPipeline.Contracts;

/// <summary>A proof was handed in.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumers: Settlement, front ends.</remarks>
/// <param name="Version">1, and one more each time it is handed in again.</param>
[Wire("contest.proof-submitted.v1", Topics.ContestEvents)]
public sealed record ProofSubmittedV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, int ProofNo, int Version, string Text,
    IReadOnlyList<ProofFileV1> Files, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"proof/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{ProofNo}/{Version}";
    public string PartitionKey => ContestId;
}

/// <summary>A participant judged a proof.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumers: Settlement, front ends.</remarks>
/// <param name="EntryId">Whose proof it is.</param>
/// <param name="Version">Of the vote: 1, and one more each time the voter changed it.</param>
[Wire("contest.vote-cast.v1", Topics.ContestEvents)]
public sealed record VoteCastV1(
    string CommandId, string ContestId, string EntryId, int ProofNo, string VoterId, int Version, bool Approve, string? Note,
    DateTimeOffset At) : IMessage
{
    public string IdempotencyKey =>
        $"vote/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{ProofNo}/{KeyPart.Of(VoterId)}/{Version}";
    public string PartitionKey => ContestId;
}

/// <summary>A proof is decided, or decided otherwise by the referee.</summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumers: Settlement and Payout (the referee's), front ends.</remarks>
/// <param name="DecisionNo">1, 2, 3 … within the proof; the last one holds.</param>
/// <param name="Outcome">One of <see cref="ProofOutcomes"/>.</param>
/// <param name="By">One of <see cref="ProofDeciders"/>.</param>
/// <param name="Approvals">Votes for it; null where the referee decided.</param>
/// <param name="Rejections">Votes against it; likewise.</param>
/// <param name="RefereeId">Who decided; null: nobody, the votes did or the lack of them.</param>
/// <param name="Reason">The referee's.</param>
[Wire("contest.proof-decided.v1", Topics.ContestEvents)]
public sealed record ProofDecidedV1(
    string ContestId, string EntryId, int ProofNo, [Between(1)] int DecisionNo, [OneOf(typeof(ProofOutcomes))] string Outcome,
    [OneOf(typeof(ProofDeciders))] string By, [Between(0)] int? Approvals, [Between(0)] int? Rejections, string? RefereeId,
    string? Reason, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"proof-decided/{KeyPart.Of(ContestId)}/{KeyPart.Of(EntryId)}/{ProofNo}/{DecisionNo}";
    public string PartitionKey => ContestId;
}

/// <summary>What a proof is worth.</summary>
public static class ProofOutcomes
{
    public const string Passed = "passed";
    public const string Failed = "failed";

    public static IReadOnlyList<string> All { get; } = [Passed, Failed];
}

/// <summary>What decided a proof.</summary>
public static class ProofDeciders
{
    public const string Votes = "votes";
    public const string Referee = "referee";

    /// <summary>Too few voted until the end of the verification.</summary>
    public const string Undecided = "undecided";

    public static IReadOnlyList<string> All { get; } = [Votes, Referee, Undecided];
}
