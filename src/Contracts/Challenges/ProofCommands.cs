namespace ContestPipeline.Contracts;

/// <summary>
/// Hands in a proof, or hands it in again before anybody voted on it. Answer: <see cref="ProofSubmittedV1"/> or
/// <see cref="CommandRejectedV1"/>.
/// </summary>
/// <param name="EntryId">The player's entry of the challenge.</param>
/// <param name="ProofNo">1 to the number of proofs allowed.</param>
/// <param name="Text">In the player's words; empty where the challenge asks for none.</param>
/// <param name="Files">In the player's order.</param>
/// <param name="Receipts">Of the files, in their order, as the file store gave them (<see cref="ProofReceipt"/>); null: there is
/// no store.</param>
[Wire("contest.submit-proof.v1", Topics.ContestCommands)]
public sealed record SubmitProofV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, int ProofNo, string Text,
    [AtMost(ProofRulesV1.FilesLimit)] IReadOnlyList<ProofFileV1> Files,
    [AtMost(ProofRulesV1.FilesLimit)] IReadOnlyList<string>? Receipts = null) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>A file of a proof: which one it is, never what is in it.</summary>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
/// <param name="MediaType">Lower case, without parameters.</param>
/// <param name="Bytes">Its size.</param>
public sealed record ProofFileV1(
    string Sha256, string MediaType, [Between(1, ProofRulesV1.FileBytesLimit)] long Bytes);

/// <summary>
/// Judges another participant's proof; until it is decided the vote may be changed. Answer: <see cref="VoteCastV1"/>, beside it
/// <see cref="ProofDecidedV1"/> where that decides the proof, or <see cref="CommandRejectedV1"/>.
/// </summary>
/// <param name="EntryId">Whose proof it is.</param>
/// <param name="ProofVersion">Which version of it was looked at; another one meanwhile: refused.</param>
/// <param name="VoterId">A participant, and not the one whose proof it is.</param>
[Wire("contest.vote.v1", Topics.ContestCommands)]
public sealed record VoteV1(
    string CommandId, string ContestId, string EntryId, [Between(1, VerifiedTermsV1.ProofsMax)] int ProofNo,
    [Between(1)] int ProofVersion, string VoterId, bool Approve, string? Note = null) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// The creator of a challenge takes it back before it begins, and every stake goes back. Answer:
/// <see cref="ContestCancelledV1"/> or <see cref="CommandRejectedV1"/>.
/// </summary>
/// <param name="CreatorId">The player whom the definition names.</param>
[Wire("contest.cancel-challenge.v1", Topics.ContestCommands)]
public sealed record CancelChallengeV1(string CommandId, string ContestId, string CreatorId, string Reason) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// The referee decides a proof, or reverses a decision, until the final ranking is handed to Settlement. Answer:
/// <see cref="ProofDecidedV1"/> or <see cref="CommandRejectedV1"/>.
/// </summary>
/// <param name="Outcome">One of <see cref="ProofOutcomes"/>.</param>
/// <param name="IssuedBy">The referee; no participant.</param>
[Wire("contest.decide-proof.v1", Topics.ContestOperations)]
public sealed record DecideProofV1(
    string CommandId, string ContestId, string EntryId, [Between(1, VerifiedTermsV1.ProofsMax)] int ProofNo,
    [OneOf(typeof(ProofOutcomes))] string Outcome, string Reason, string IssuedBy) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}
