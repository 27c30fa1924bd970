using ContestPipeline.Contracts;
using ContestPipeline.Settlement;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>One accepted entry.</summary>
/// <param name="Lineup">Athlete ids in slot order; in an activity contest the player.</param>
internal sealed record CaseEntry(string Id, string Player, long No, IReadOnlyList<string> Lineup);

/// <summary>The final line of an athlete in a game.</summary>
internal sealed record CaseLine(string GameId, string AthleteId, IReadOnlyDictionary<string, long> Stats);

/// <summary>A contest that can be settled: everything that decides who gets which cents.</summary>
internal sealed record PrizeCase(
    ulong Seed, ContestDefinitionV1 Definition, RuleSet Rules, IReadOnlyList<CaseEntry> Entries, IReadOnlyList<CaseLine> Lines,
    IReadOnlyList<string> RuledOut)
{
    /// <summary>Settled by the product from entries and lines that arrived in the given order.</summary>
    public SettlementResult Settle(string definitionHash, IReadOnlyList<CaseEntry> entries, IReadOnlyList<CaseLine> lines)
    {
        var builder = new EntryBookBuilder();
        foreach (var entry in entries) builder.Add(entry.Id, entry.Player, entry.No, EntryBookBuilder.Join(entry.Lineup));
        var final = new Dictionary<(string, string), IReadOnlyDictionary<string, long>>();
        foreach (var line in lines) final.Add((line.GameId, line.AthleteId), line.Stats);
        return SettleContest.Compute(Definition, definitionHash, Rules,
            new FinalStats(RuledOut.ToHashSet(StringComparer.Ordinal), final), builder.Build());
    }
}
