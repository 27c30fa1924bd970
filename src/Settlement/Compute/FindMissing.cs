using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>Every version of every line that has come so far, by game, athlete and version.</summary>
public sealed class LineVersions
{
    private readonly Dictionary<(string GameId, string AthleteId, long Version), IReadOnlyDictionary<string, long>> stats = [];

    public void Add(string gameId, string athleteId, long version, IReadOnlyDictionary<string, long> line) =>
        stats[(gameId, athleteId, version)] = line;

    public bool Has(string gameId, string athleteId, long version) => stats.ContainsKey((gameId, athleteId, version));

    /// <summary>Exactly the lines that the completion names. All of them must be there.</summary>
    public FinalStats Final(ContestFinalizedV1 finalized)
    {
        var lines = new Dictionary<(string, string), IReadOnlyDictionary<string, long>>();
        foreach (var game in finalized.Games.Where(g => !g.RuledOut))
        {
            foreach (var (athleteId, version) in game.LineVersions)
                lines.Add((game.GameId, athleteId), stats[(game.GameId, athleteId, version)]);
        }

        return new FinalStats(
            finalized.Games.Where(g => g.RuledOut).Select(g => g.GameId).ToHashSet(StringComparer.Ordinal), lines);
    }
}

/// <summary>
/// Says what Settlement's own copy of a contest still lacks of what the completion names, in words. Nothing missing: it may be
/// computed.
/// </summary>
public static class FindMissing
{
    /// <summary>More are counted, not listed.</summary>
    public const int ListedMax = 20;

    /// <summary>Everything but the entries themselves, which are loaded only when their number is right.</summary>
    /// <param name="entryCount">Accepted entries in the copy.</param>
    /// <param name="published">The rule set that was published under the name and version that the definition names.</param>
    public static IReadOnlyList<string> Of(
        ContestFinalizedV1 finalized, ContestDefinitionV1? definition, string? definitionHash, int entryCount, LineVersions lines,
        IReadOnlyList<RankingChunkV1> chunks, RuleSet? published = null)
    {
        if (definition is null) return ["the definition"];

        var missing = new List<string>();
        if (definitionHash != finalized.DefinitionHash)
            missing.Add($"definition {finalized.DefinitionHash} (here is {definitionHash})");
        if (RuleSetError(definition.RuleSet, published) is { } error) missing.Add(error);
        if (entryCount != finalized.EntryCount) missing.Add($"entries: {entryCount} of {finalized.EntryCount}");

        var sent = chunks.Select(c => c.Chunk).ToHashSet();
        missing.AddRange(Enumerable.Range(0, finalized.RankingChunks).Where(c => !sent.Contains(c))
            .Select(c => $"ranking chunk {c} of {finalized.RankingChunks}"));

        var named = finalized.Games.Select(g => g.GameId).ToHashSet(StringComparer.Ordinal);
        missing.AddRange(definition.GameIds.Where(g => !named.Contains(g)).Select(g => $"game {g} in the completion"));
        foreach (var game in finalized.Games.Where(g => !g.RuledOut))
        {
            missing.AddRange(game.LineVersions.Where(v => !lines.Has(game.GameId, v.Key, v.Value))
                .OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"line {game.GameId}/{v.Key} version {v.Value}"));
        }

        return missing;
    }

    /// <param name="proofs">Of a challenge; null otherwise.</param>
    /// <returns>Null when these are the proofs, votes and rulings that the completion names.</returns>
    public static string? InProofs(ContestFinalizedV1 finalized, FinalProofsV1? proofs) =>
        finalized.Proofs == proofs ? null : $"proofs, votes and rulings {finalized.Proofs} (those here are {proofs})";

    /// <returns>Null when these are the entries that the completion names.</returns>
    public static string? InEntries(ContestFinalizedV1 finalized, EntryBook entries)
    {
        if (entries.Count != finalized.EntryCount) return $"entries: {entries.Count} of {finalized.EntryCount}";
        return entries.Hash == finalized.EntryHash
            ? null : $"entries with hash {finalized.EntryHash} (those here have {entries.Hash})";
    }

    /// <summary>
    /// Both workers may have kept the first of two lines of one version, and agree on points that the feed has taken back: the
    /// versions alone do not show it.
    /// </summary>
    /// <param name="lines">With every line that the completion names.</param>
    /// <returns>Null when the lines here say what Scoring's said, or the completion does not tell.</returns>
    public static string? OtherStats(ContestFinalizedV1 finalized, LineVersions lines)
    {
        var final = lines.Final(finalized).Lines.ToLookup(l => l.Key.GameId, l => (l.Key.AthleteId, l.Value));
        return (from game in finalized.Games
                where !game.RuledOut && game.LinesHash is not null && LinesHash.Of(final[game.GameId]) != game.LinesHash
                select $"game {game.GameId}: the lines of the versions that count say other statistics here than in Scoring; a "
                    + $"version was used twice").FirstOrDefault();
    }

    public static string InWords(IReadOnlyList<string> missing) =>
        string.Join("; ", missing.Take(ListedMax)) + (missing.Count > ListedMax ? $"; and {missing.Count - ListedMax} more" : "");

    private static string? RuleSetError(RuleSetRefV1 named, RuleSet? published)
    {
        if (RuleSets.Of(named, published) is not null) return null;
        var (what, shipped) = ($"rule set {named.Name} version {named.Version}", RuleSets.Find(named.Name, named.Version));
        if ((published ?? shipped) is not { } other) return $"{what} in this release or on {Topics.Rules}";
        return $"{what} with hash {named.Hash} ({(published is null ? "this release ships" : "here is")} {RuleSets.Ref(other).Hash})";
    }
}
