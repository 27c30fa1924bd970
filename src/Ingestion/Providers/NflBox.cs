using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>Translates the cumulative box of GameCenter into canonical totals per athlete. Pure.</summary>
public static class NflBox
{
    private static readonly (string Category, string Figure, string Stat)[] s_cells =
    [
        ("passing", "yds", "pass_yds"), ("passing", "tds", "pass_tds"), ("passing", "ints", "pass_ints"),
        ("passing", "twoptm", "two_pt_pass"), ("rushing", "yds", "rush_yds"), ("rushing", "tds", "rush_tds"),
        ("rushing", "twoptm", "two_pt_rush"), ("receiving", "rec", "recs"), ("receiving", "yds", "rec_yds"),
        ("receiving", "tds", "rec_tds"), ("receiving", "twoptm", "two_pt_rec"), ("fumbles", "lost", "fumbles_lost"),
        ("kicking", "fgm", "fgm"), ("kicking", "xpmade", "xpm"),
        ("kickret", "tds", "kick_ret_tds"), ("puntret", "tds", "punt_ret_tds"),
    ];

    /// <summary>
    /// The stats that this box reports for everybody; the defence units' are not among them. Two-point conversions are reported
    /// only for athletes whom the category lists for another reason, so they are compared only where a line names them.
    /// </summary>
    public static IReadOnlyList<string> CoveredStats { get; } =
        [.. s_cells.Where(c => c.Figure != "twoptm").Select(c => c.Stat).Order(StringComparer.Ordinal)];

    /// <returns>Ordered by athlete and stat; zeros only where they say something.</returns>
    public static IReadOnlyList<AthleteStatsV1> Lines(NflGameCenterDocument game)
    {
        var lines = new SortedDictionary<string, SortedDictionary<string, long>>(StringComparer.Ordinal);
        foreach (var box in game.Box)
        {
            foreach (var (_, figure, stat) in s_cells.Where(c => c.Category == box.Category))
            {
                if (!box.Figures.TryGetValue(figure, out var number) || (number == 0 && figure != "twoptm")) continue;
                if (!lines.TryGetValue(box.AthleteId, out var line))
                    lines[box.AthleteId] = line = new SortedDictionary<string, long>(StringComparer.Ordinal);
                line[stat] = line.GetValueOrDefault(stat) + number;
            }
        }

        return [.. lines.Select(l => new AthleteStatsV1(l.Key, l.Value))];
    }
}
