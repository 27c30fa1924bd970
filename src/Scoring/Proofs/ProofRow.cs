using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>A proof as it stands.</summary>
/// <param name="Content">What was handed in, as JSON.</param>
/// <param name="Approvals">Votes for it.</param>
/// <param name="Rejections">Votes against it.</param>
/// <param name="DecisionNo">How often it was decided.</param>
/// <param name="Outcome">One of <see cref="ProofOutcomes"/>; null: not decided.</param>
/// <param name="DecidedBy">One of <see cref="ProofDeciders"/>; null likewise.</param>
/// <param name="RefereeId">Who the referee was; null: none decided it, or so long ago that no name was kept.</param>
/// <param name="RefereeReason">The referee's; null likewise.</param>
public sealed record ProofRow(
    string ContestId, string EntryId, int ProofNo, int Version, string PlayerId, string Content, string ContentHash,
    DateTimeOffset SubmittedAt, int Approvals, int Rejections, int DecisionNo, string? Outcome, string? DecidedBy,
    DateTimeOffset? DecidedAt, string? RefereeId = null, string? RefereeReason = null)
{
    /// <returns>The same proof with one more decision, which no person took.</returns>
    public ProofRow Decided(string outcome, string by, DateTimeOffset at) => this with
    {
        DecisionNo = DecisionNo + 1, Outcome = outcome, DecidedBy = by, DecidedAt = at, RefereeId = null, RefereeReason = null,
    };

    /// <returns>The same proof with the referee's decision.</returns>
    public ProofRow Ruled(DecideProofV1 ruling, DateTimeOffset at) => Decided(ruling.Outcome, ProofDeciders.Referee, at) with
    {
        RefereeId = ruling.IssuedBy, RefereeReason = ruling.Reason,
    };

    /// <summary>What is told of a decision that nobody took: the votes did, or the lack of them.</summary>
    public ProofDecidedV1 ToMessage() => new(
        ContestId, EntryId, ProofNo, DecisionNo, Outcome!, DecidedBy!, Approvals, Rejections, null, null, DecidedAt!.Value);
}

/// <summary>A vote as it stands.</summary>
/// <param name="Version">1, and one more each time it was changed.</param>
public sealed record VoteRow(
    string ContestId, string EntryId, int ProofNo, string VoterId, int Version, bool Approve, DateTimeOffset At);

/// <summary>What a command about a proof is judged by.</summary>
/// <param name="Proof">The one that it names; null: it was never handed in.</param>
/// <param name="Vote">The voter's on it; null: none.</param>
/// <param name="IsFinal">The final ranking is handed to Settlement and not recalled.</param>
public sealed record ProofView(ProofRow? Proof, VoteRow? Vote, bool IsFinal);

/// <summary>How far the proofs of a challenge are decided.</summary>
/// <param name="Open">Proofs without a decision.</param>
/// <param name="LastDecidedAt">When the votes decided the last one, UTC; null: none is decided.</param>
public sealed record ProofFacts(int Open, DateTimeOffset? LastDecidedAt);
