namespace ContestPipeline.Contracts;

/// <summary>Scoring's final ranking of a contest, by points: how many entries have each score, and a hash of which.</summary>
/// <remarks>
/// Key: contest id. Sent in order before <see cref="ContestFinalizedV1"/>, which names how many chunks there are.
/// </remarks>
/// <param name="Attempt">As in <see cref="ContestFinalizedV1"/>.</param>
[Wire("contest.ranking.v1", Topics.ContestEvents)]
public sealed record RankingChunkV1(
    string ContestId, int Revision, int Chunk, IReadOnlyList<ScoreGroupV1> Groups, int? Attempt = null) : IMessage
{
    public string IdempotencyKey =>
        Attempt is null ? $"ranking/{ContestId}/{Revision}/{Chunk}" : $"ranking/{ContestId}/{Revision}/{Chunk}/attempt-{Attempt}";
    public string PartitionKey => ContestId;
}

/// <summary>All entries with the same points. Groups are sent best first; a group's rank is 1 + the entries before it.</summary>
/// <param name="EntriesHash">As <c>EntryHash.OfIds</c> makes it from the ids in ordinal order.</param>
public sealed record ScoreGroupV1(long Points, int Entries, string EntriesHash);

/// <summary>
/// A contest's results may be computed: every game is confirmed, plays and box reconcile, the correction window is over. Names
/// exactly what must be computed from; Settlement waits until its own copy is the same.
/// </summary>
/// <remarks>Key: contest id. Producer: Scoring. Consumer: Settlement.</remarks>
/// <param name="Revision">1 for the first result; one more for each time a late correction is settled.</param>
/// <param name="EntryHash">As <c>EntryHash.Of</c> makes it from the accepted entries.</param>
/// <param name="Attempt">2, 3 … when the one before it was recalled and never settled (<see cref="RecallAnsweredV1"/>); null: the
/// first.</param>
/// <param name="Proofs">Of a challenge, and of nothing else.</param>
[Wire("contest.finalized.v1", Topics.ContestEvents)]
public sealed record ContestFinalizedV1(
    string ContestId, int Revision, string DefinitionHash, int EntryCount, string EntryHash, IReadOnlyList<FinalGameV1> Games,
    int RankingChunks, DateTimeOffset At, int? Attempt = null, FinalProofsV1? Proofs = null) : IMessage
{
    public string IdempotencyKey =>
        Attempt is null
            ? $"contest-finalized/{ContestId}/{Revision}" : $"contest-finalized/{ContestId}/{Revision}/attempt-{Attempt}";
    public string PartitionKey => ContestId;
}

/// <summary>A game as it counts: ruled out (its athletes score 0) or with exactly these line versions by athlete.</summary>
/// <param name="LinesHash">Of what the lines said that the ranking was computed from, as <c>LinesHash.Of</c> makes it; null in
/// messages of before it was kept.</param>
public sealed record FinalGameV1(
    string GameId, bool RuledOut, IReadOnlyDictionary<string, long> LineVersions, string? LinesHash = null);

/// <summary>The proofs of a challenge as they count, with every vote and ruling on them.</summary>
/// <param name="ProofCount">Proofs that were handed in.</param>
/// <param name="ProofsHash">As <c>ProofHash.OfProofs</c> makes it.</param>
/// <param name="VotesHash">As <c>ProofHash.OfVotes</c> makes it.</param>
/// <param name="RulingCount">Proofs on which the referee ruled.</param>
/// <param name="RulingsHash">As <c>ProofHash.OfRulings</c> makes it.</param>
public sealed record FinalProofsV1(
    int ProofCount, string ProofsHash, int VoteCount, string VotesHash, int RulingCount, string RulingsHash);
