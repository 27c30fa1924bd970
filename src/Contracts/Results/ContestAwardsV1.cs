namespace ContestPipeline.Contracts;

/// <summary>Who won what, a part of it: every prize of a player is in the same chunk.</summary>
/// <remarks>
/// Key: contest id. Producer: Settlement. Consumer: Payout. All chunks come before <see cref="ContestSettledV1"/>.
/// </remarks>
/// <param name="Chunk">0-based.</param>
[Wire("contest.awards.v1", Topics.Results)]
public sealed record ContestAwardsV1(
    string ContestId, int Revision, int Chunk, string Currency, IReadOnlyList<PlayerAwardsV1> Players) : IMessage
{
    public string IdempotencyKey => $"awards/{ContestId}/{Revision}/{Chunk}";
    public string PartitionKey => ContestId;
}

/// <summary>All prizes of one player in one contest: gross = fee + net = sum of the prizes, in minor units.</summary>
public sealed record PlayerAwardsV1(
    string PlayerId, long GrossMinor, long FeeMinor, long NetMinor, IReadOnlyList<PrizeV1> Prizes);

/// <summary>The prize of one entry. Points in units of the rule set's scale, amounts in minor units; gross = fee + net.</summary>
/// <param name="StakeMinor">Of a challenge: how much of it is the player's own stake, which bears no fee and is no winnings;
/// null: nothing.</param>
public sealed record PrizeV1(
    string EntryId, int Rank, long Points, long GrossMinor, long FeeMinor, long NetMinor, long? StakeMinor = null);

/// <summary>
/// What entries were awarded too much, a part of it: a correction of the feed under the policy resettle took it from them.
/// </summary>
/// <remarks>
/// Key: contest id. Producer: Settlement. Consumer: Payout. All chunks come before the <see cref="ContestSettledV1"/> of the
/// revision.
/// </remarks>
/// <param name="Chunk">0-based.</param>
/// <param name="Players">The amounts to take back, as positive figures.</param>
[Wire("contest.reductions.v1", Topics.Results)]
public sealed record ContestReductionsV1(
    string ContestId, int Revision, int Chunk, string Currency, IReadOnlyList<PlayerAwardsV1> Players) : IMessage
{
    public string IdempotencyKey => $"reductions/{ContestId}/{Revision}/{Chunk}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// A contest is settled: the totals, the digest that anyone can recompute, and how many award chunks there are.
/// </summary>
/// <remarks>
/// Key: contest id. Producer: Settlement. Consumers: Payout, Scoring. Pool equation:
/// pool = prizes gross + house remainder, pool = fees - rake + overlay, prizes gross = platform fees + prizes net.
/// A later revision speaks of its compensating awards only: what entries won more, paid by the house, so that overlay = pool =
/// prizes gross. Its digest is over the whole computation and over what all revisions before it awarded.
/// </remarks>
/// <param name="PoolMinor">What is distributed, in minor units.</param>
/// <param name="OverlayMinor">What the house adds to reach a guaranteed pool.</param>
/// <param name="SurplusMinor">Fees after rake above a guaranteed pool, kept by the house.</param>
/// <param name="HouseRemainderMinor">What the prize structure leaves to the house: odd cents, unclaimed places.</param>
/// <param name="Digest">SHA-256, lower-case hex, over the canonical encoding of inputs and outputs.</param>
/// <param name="Forfeits">Of a challenge: then the entry fees are the stakes, the rake is the platform's part of those forfeited,
/// and the pool is stakes returned plus shares.</param>
[Wire("contest.settled.v1", Topics.Results)]
public sealed record ContestSettledV1(
    string ContestId, int Revision, string DefinitionHash, string Currency, int EntryCount, long EntryFeesMinor, long RakeMinor,
    long PoolMinor, long OverlayMinor, long SurplusMinor, long PrizesGrossMinor, long PlatformFeesMinor, long PrizesNetMinor,
    long HouseRemainderMinor, int Winners, int AwardChunks, string Digest, DateTimeOffset At, ForfeitsV1? Forfeits = null)
        : IMessage
{
    public string IdempotencyKey => $"contest-settled/{ContestId}/{Revision}";
    public string PartitionKey => ContestId;
}

/// <summary>How a challenge ended, in minor units: stakes = returned + to the platform + to the passers.</summary>
/// <param name="PasserCount">0: nobody passed, and the passers' part is the platform's.</param>
/// <param name="ReturnedMinor">Stakes of those who passed.</param>
/// <param name="PlatformMinor">The platform's part of the others' stakes.</param>
/// <param name="PassersMinor">What the passers share, before the platform's fee on it.</param>
public sealed record ForfeitsV1(
    int ParticipantCount, int PasserCount, long ReturnedMinor, long PlatformMinor, long PassersMinor);
