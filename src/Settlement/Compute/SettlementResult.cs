using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>Who wins what: amounts by entry index in minor units, 0 for entries that win nothing.</summary>
/// <param name="Winners">Entry indices with a prize, by player id, then entry id, both ordinal: all prizes of a player stand
/// together.</param>
public sealed record Awards(int[] Winners, long[] GrossMinor, long[] FeeMinor);

/// <summary>
/// The sums of the awards and what the prize structure leaves to the house, in minor units: gross = fees + net.
/// </summary>
public sealed record PrizeTotals(long GrossMinor, long FeesMinor, long NetMinor, long HouseRemainderMinor);

/// <summary>
/// Everything settlement decides about one contest. The same inputs always give the same result and the same digest.
/// </summary>
/// <param name="Digest">SHA-256, lower-case hex, over the canonical encoding of inputs and outputs.</param>
public sealed record SettlementResult(
    string ContestId, int Revision, string DefinitionHash, string Currency, Pool Pool, PrizeTotals Totals, EntryBook Entries,
    Ranking Ranking, Awards Awards, string Digest)
{
    /// <summary>Of a challenge; null otherwise.</summary>
    public ForfeitsV1? Forfeits { get; init; }

    /// <summary>Of a challenge: what of each prize is the player's own stake, in minor units; null otherwise.</summary>
    public long? StakeMinor { get; init; }

    /// <summary>Of a challenge: what it was computed from, beside the entries; null otherwise.</summary>
    public FinalProofsV1? Proofs { get; init; }

    public ContestSettledV1 ToMessage(int awardChunks, DateTimeOffset at) => new(
        ContestId, Revision, DefinitionHash, Currency, Entries.Count, Pool.EntryFeesMinor, Pool.RakeMinor, Pool.PoolMinor,
        Pool.OverlayMinor, Pool.SurplusMinor, Totals.GrossMinor, Totals.FeesMinor, Totals.NetMinor, Totals.HouseRemainderMinor,
        WinningPlayers(), awardChunks, Digest, at, Forfeits);

    /// <summary>A player with several winning entries counts once: what Payout counts, too.</summary>
    private int WinningPlayers() => Awards.Winners.Select(entry => Entries.PlayerOf[entry]).Distinct().Count();

    public PrizeV1 Prize(int entry)
    {
        var group = Ranking.GroupOf[entry];
        var (grossMinor, feeMinor) = (Awards.GrossMinor[entry], Awards.FeeMinor[entry]);
        return new PrizeV1(Entries.EntryIds[entry], Ranking.RankOfGroup(group), Ranking.Points[group], grossMinor, feeMinor,
            grossMinor - feeMinor, StakeMinor);
    }
}
