using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>Turns one play's stat events into increments per athlete and per defence unit. Pure.</summary>
public static class NflPlayStats
{
    /// <summary>The athlete id of a club's defence and special teams.</summary>
    public static string Unit(string club) => $"{club}-DST";

    /// <returns>Ordered by athlete and stat, without zeros.</returns>
    public static IReadOnlyList<AthleteStatsV1> Of(NflGameCenterDocument game, NflPlay play)
    {
        var sums = new SortedDictionary<string, SortedDictionary<string, long>>(StringComparer.Ordinal);
        void Add(string athlete, string stat, long amount)
        {
            if (!sums.TryGetValue(athlete, out var line))
                sums[athlete] = line = new SortedDictionary<string, long>(StringComparer.Ordinal);
            line[stat] = line.GetValueOrDefault(stat) + amount;
        }

        var kind = NflPlayKind.Of(play);
        foreach (var e in play.Events)
        {
            if (e.AthleteId != "0") AddAthlete(e, play, kind, Add);
            NflDefence.Add(game, play, kind, e, Add);
        }

        if (kind.IsKickoff)
        {
            Add(Unit(game.Home), NflStats.Kickoffs, 1);
            Add(Unit(game.Away), NflStats.Kickoffs, 1);
        }

        return [.. sums.Select(s => new AthleteStatsV1(s.Key, WithoutZeros(s.Value))).Where(a => a.Stats.Count > 0)];
    }

    private static void AddAthlete(NflStatEvent e, NflPlay play, NflPlayKind kind, Action<string, string, long> add)
    {
        foreach (var effect in NflStats.EffectsOf(e.StatId)) add(e.AthleteId, effect.Stat, effect.IsYards ? e.Yards : 1);
        switch (e.StatId)
        {
            case 70:
                add(e.AthleteId, "fgm", 1);
                add(e.AthleteId, NflStats.FieldGoal(e.Yards), 1);
                break;
            case 56 or 58 when e.Club == play.Offence && !kind.IsKick:
                add(e.AthleteId, "off_fum_rec_tds", 1);
                break;
            case 56 or 58 or 108:
                add(e.AthleteId, "st_fum_rec_tds", 1);
                break;
            case 64 when kind.IsMissedFieldGoal && !kind.IsBlocked:
                add(e.AthleteId, "fg_ret_tds", 1);
                break;
        }
    }

    private static SortedDictionary<string, long> WithoutZeros(SortedDictionary<string, long> line)
    {
        foreach (var stat in line.Where(s => s.Value == 0).Select(s => s.Key).ToArray()) line.Remove(stat);
        return line;
    }
}
