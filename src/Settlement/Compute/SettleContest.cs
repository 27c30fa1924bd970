using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// Decides who wins what. No clock, no database, no randomness: the same definition, rules, lines and entries always give the
/// same cents.
/// </summary>
public static class SettleContest
{
    /// <param name="definitionHash">Canonical hash under which the definition was published.</param>
    /// <param name="stats">Of a challenge those that its proofs come to.</param>
    /// <param name="entries">The accepted entries, none of them withdrawn.</param>
    /// <param name="proofs">Of a challenge; null otherwise.</param>
    public static SettlementResult Compute(
        ContestDefinitionV1 definition, string definitionHash, RuleSet rules, FinalStats stats, EntryBook entries,
        int revision = 1, FinalProofsV1? proofs = null)
    {
        var invalid = PrizeRules.Validate(definition);
        Invariant.Holds(invalid is null, $"contest {definition.ContestId} can not be settled: {invalid}");

        var ranking = RankEntries.Of(definition, rules, stats, entries);
        Invariant.Holds(definition.Verified is null == proofs is null, $"contest {definition.ContestId}: proofs without terms");
        var forfeits = definition.Verified is null ? null : SplitForfeits.Of(definition, ranking, entries);
        var pool = forfeits is null ? Pool.Of(definition, entries.Count) : SplitForfeits.Pool(forfeits.Told);
        var (awards, houseMinor) = forfeits is null ? ByPlaces(definition, pool, ranking, entries)
            : (SplitForfeits.Awards(definition, forfeits, entries), 0);
        var totals = Totals(awards, houseMinor);

        Invariant.Holds(
            totals.GrossMinor + totals.HouseRemainderMinor == pool.PoolMinor,
            $"contest {definition.ContestId}: prizes {totals.GrossMinor} and remainder {totals.HouseRemainderMinor} are not "
                + $"the pool {pool.PoolMinor}");
        Invariant.Holds(
            totals.GrossMinor == totals.FeesMinor + totals.NetMinor && totals.NetMinor >= 0,
            $"contest {definition.ContestId}: gross {totals.GrossMinor}, fees {totals.FeesMinor}, net {totals.NetMinor}");

        var undigested = new SettlementResult(
            definition.ContestId, revision, definitionHash, definition.Currency, pool, totals, entries, ranking, awards,
            Digest: "")
        {
            Forfeits = forfeits?.Told, StakeMinor = forfeits is null ? null : definition.EntryFeeMinor, Proofs = proofs,
        };
        return undigested with { Digest = SettlementDigest.Of(undigested, definition, stats) };
    }

    private static (Awards Awards, long HouseMinor) ByPlaces(
        ContestDefinitionV1 definition, Pool pool, Ranking ranking, EntryBook entries)
    {
        var places = SplitPrizes.ByPlace(definition.Prizes, pool.PoolMinor, entries.Count);
        var prizes = SplitPrizes.ByEntry(definition.Prizes, places, ranking, entries);
        return (Award(definition, prizes, entries), prizes.HouseMinor);
    }

    private static Awards Award(ContestDefinitionV1 definition, EntryPrizes prizes, EntryBook entries)
    {
        var winners = ByPlayer(prizes.Entries, prizes.GrossMinor, entries, out var grossMinor);
        var feesMinor = new long[winners.Length];
        for (int first = 0, next; first < winners.Length; first = next)
        {
            var player = entries.PlayerOf[winners[first]];
            for (next = first + 1; next < winners.Length && entries.PlayerOf[winners[next]] == player; next++) { }
            PlayerFees.Split(grossMinor.AsSpan(first..next), definition.PlatformFeeBps, feesMinor.AsSpan(first..next));
        }

        var awards = new Awards(winners, new long[entries.Count], new long[entries.Count]);
        for (var i = 0; i < winners.Length; i++)
        {
            Invariant.Holds(grossMinor[i] > 0 && awards.GrossMinor[winners[i]] == 0,
                $"entry {entries.EntryIds[winners[i]]} is awarded twice or nothing");
            awards.GrossMinor[winners[i]] = grossMinor[i];
            awards.FeeMinor[winners[i]] = feesMinor[i];
        }

        return awards;
    }

    /// <summary>The winning entries by player id, then entry id: one sort of packed numbers.</summary>
    internal static int[] ByPlayer(int[] prizeEntries, long[] prizesMinor, EntryBook entries, out long[] grossMinor)
    {
        var players = prizeEntries.Select(e => entries.PlayerOf[e]).Distinct().ToArray();
        var names = new string[players.Length];
        for (var i = 0; i < players.Length; i++) names[i] = entries.Players[players[i]];
        Array.Sort(names, players, StringComparer.Ordinal);

        var positionOf = new int[entries.Players.Length];
        for (var i = 0; i < players.Length; i++) positionOf[players[i]] = i;

        var keys = new long[prizeEntries.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((long)positionOf[entries.PlayerOf[prizeEntries[i]]] << 32) | (uint)prizeEntries[i];
        grossMinor = [.. prizesMinor];
        Array.Sort(keys, grossMinor);
        return Array.ConvertAll(keys, key => (int)(key & int.MaxValue));
    }

    internal static PrizeTotals Totals(Awards awards, long houseRemainderMinor)
    {
        long grossMinor = 0, feesMinor = 0;
        foreach (var entry in awards.Winners)
        {
            grossMinor += awards.GrossMinor[entry];
            feesMinor += awards.FeeMinor[entry];
        }

        return new PrizeTotals(grossMinor, feesMinor, grossMinor - feesMinor, houseRemainderMinor);
    }
}
