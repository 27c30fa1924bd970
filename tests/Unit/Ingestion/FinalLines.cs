using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>The plainest possible fold, as a yardstick: sums every play of a document once.</summary>
public static class FinalLines
{
    public static IReadOnlyDictionary<string, Dictionary<string, long>> Of(NflGameCenterDocument game)
    {
        var lines = new Dictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
        foreach (var athlete in game.Plays.SelectMany(p => NflPlayStats.Of(game, p)))
        {
            if (!lines.TryGetValue(athlete.AthleteId, out var line)) lines[athlete.AthleteId] = line = [];
            foreach (var (stat, amount) in athlete.Stats) line[stat] = line.GetValueOrDefault(stat) + amount;
        }

        return lines;
    }
}
