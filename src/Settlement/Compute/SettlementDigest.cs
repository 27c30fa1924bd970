using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>
/// The fingerprint of a settlement: everything it was computed from and everything it decided, in one canonical text. Line
/// versions, arrival order and times are no part of it, so a feed that was delivered twice, shuffled and corrected on the way
/// gives the same digest.
/// </summary>
public static class SettlementDigest
{
    /// <summary>The first line of the text; another encoding gets another number.</summary>
    public const int Encoding = 1;

    public static string Of(SettlementResult result, ContestDefinitionV1 definition, FinalStats stats)
    {
        using var lines = new CanonicalLines();
        WriteInputs(lines, result, definition, stats);
        WriteEntries(lines, result);
        WriteTotals(lines, result);
        return lines.Finish();
    }

    /// <summary>
    /// The fingerprint of a later revision: that of its full result, what was awarded before, and what it adds and takes back.
    /// </summary>
    /// <param name="awardedMinor">Gross by entry id.</param>
    public static string OfCorrection(
        SettlementResult revised, string policy, IReadOnlyDictionary<string, long> awardedMinor, Awards increases,
        Awards reductions)
    {
        using var lines = new CanonicalLines();
        lines.Field("contestpipeline-correction").Field(Encoding).EndLine();
        lines.Field("settlement").Field(revised.Digest).EndLine();
        lines.Field("policy").Field(policy).EndLine();
        var ids = revised.Entries.EntryIds;
        for (var entry = 0; entry < ids.Length; entry++)
        {
            var beforeMinor = awardedMinor.GetValueOrDefault(ids[entry]);
            var (more, less) = (increases.GrossMinor[entry], reductions.GrossMinor[entry]);
            if (beforeMinor == 0 && more == 0 && less == 0) continue;
            lines.Field("entry").Field(ids[entry]).Field(beforeMinor).Field(more).Field(increases.FeeMinor[entry])
                .Field(less).Field(reductions.FeeMinor[entry]).EndLine();
        }

        return lines.Finish();
    }

    private static void WriteInputs(
        CanonicalLines lines, SettlementResult result, ContestDefinitionV1 definition, FinalStats stats)
    {
        lines.Field("contestpipeline-settlement").Field(Encoding).EndLine();
        lines.Field("contest").Field(result.ContestId).Field(result.Revision).EndLine();
        lines.Field("definition").Field(result.DefinitionHash).EndLine();
        lines.Field("rules").Field(definition.RuleSet.Name).Field(definition.RuleSet.Version).Field(definition.RuleSet.Hash)
            .EndLine();
        lines.Field("entries").Field(result.Entries.Count).Field(result.Entries.Hash).EndLine();

        if (result.Proofs is { } proofs)
        {
            lines.Field("proofs").Field(proofs.ProofCount).Field(proofs.ProofsHash).EndLine();
            lines.Field("votes").Field(proofs.VoteCount).Field(proofs.VotesHash).EndLine();
            lines.Field("rulings").Field(proofs.RulingCount).Field(proofs.RulingsHash).EndLine();
        }

        foreach (var game in definition.GameIds.Order(StringComparer.Ordinal))
            lines.Field("game").Field(game).Field(stats.RuledOutGames.Contains(game) ? "ruled-out" : "counted").EndLine();

        var pool = AthletePool.Of(definition, result.Entries).OrderBy(a => a.GameId, StringComparer.Ordinal)
            .ThenBy(a => a.AthleteId, StringComparer.Ordinal);
        foreach (var (gameId, athleteId) in pool)
        {
            var counts =
                stats.Of(gameId, athleteId)?.Where(s => s.Value != 0).OrderBy(s => s.Key, StringComparer.Ordinal).ToArray() ?? [];
            if (counts.Length == 0) continue;
            lines.Field("line").Field(gameId).Field(athleteId);
            foreach (var (stat, count) in counts) lines.Field(stat).Field(count);
            lines.EndLine();
        }
    }

    private static void WriteEntries(CanonicalLines lines, SettlementResult result)
    {
        var (ranking, awards) = (result.Ranking, result.Awards);
        var ids = result.Entries.EntryIds;
        for (var entry = 0; entry < ids.Length; entry++)
        {
            var group = ranking.GroupOf[entry];
            lines.Field("entry").Field(ids[entry]).Field(ranking.RankOfGroup(group)).Field(ranking.Points[group])
                .Field(awards.GrossMinor[entry]).Field(awards.FeeMinor[entry])
                .Field(awards.GrossMinor[entry] - awards.FeeMinor[entry]).EndLine();
        }
    }

    private static void WriteTotals(CanonicalLines lines, SettlementResult result)
    {
        var (pool, totals) = (result.Pool, result.Totals);
        lines.Field("pool").Field(result.Currency).Field(pool.EntryFeesMinor).Field(pool.RakeMinor).Field(pool.PoolMinor)
            .Field(pool.OverlayMinor).Field(pool.SurplusMinor).EndLine();
        lines.Field("prizes").Field(result.Awards.Winners.Length).Field(totals.GrossMinor).Field(totals.FeesMinor)
            .Field(totals.NetMinor)
            .Field(totals.HouseRemainderMinor).EndLine();
        if (result.Forfeits is not { } forfeits) return;
        lines.Field("forfeits").Field(forfeits.ParticipantCount).Field(forfeits.PasserCount).Field(forfeits.ReturnedMinor)
            .Field(forfeits.PlatformMinor).Field(forfeits.PassersMinor).EndLine();
    }
}
