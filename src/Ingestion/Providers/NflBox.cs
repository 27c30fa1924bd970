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

    private static readonly SortedDictionary<string, long> s_score = new(StringComparer.Ordinal)
    {
        ["pa_off_td"] = 6, ["pa_ret_td"] = 6, ["pa_blk_td"] = 6, ["pa_def_td"] = 6, ["pa_fg"] = 3, ["pa_xp"] = 1, ["pa_2pt"] = 2,
        ["pa_safety"] = 2, ["pa_def_2pt"] = 2,
    };

    private static readonly SortedDictionary<string, long> s_sacks =
        new(StringComparer.Ordinal) { ["sacks"] = 2, ["half_sacks"] = 1 };

    private static readonly SortedDictionary<string, long> s_takeaways =
        new(StringComparer.Ordinal) { ["ints"] = 1, ["fum_recs"] = 1, ["fum_touchbacks"] = 1 };

    /// <summary>
    /// The stats that this box reports for everybody; of the defence units it counts the interceptions. Two-point conversions are
    /// reported only for athletes whom the category lists for another reason, so they are compared only where a line names them.
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

        foreach (var club in (string[])[game.Home, game.Away])
        {
            lines[NflPlayStats.Unit(club)] =
                new SortedDictionary<string, long>(StringComparer.Ordinal) { ["ints"] = Defence(game, club).Sum(b => b["int"]) };
        }

        return [.. lines.Select(l => new AthleteStatsV1(l.Key, l.Value))];
    }

    /// <summary>
    /// What the scoreboard and the totals of the clubs say of the two defence units: the score against each, its sacks in halves
    /// (which the plays count by themselves), and the balls it took.
    /// </summary>
    public static IReadOnlyList<BoxSumV1> Sums(NflGameCenterDocument game)
    {
        var sums = new List<BoxSumV1>();
        foreach (var club in ((string[])[game.Home, game.Away]).Order(StringComparer.Ordinal))
        {
            var (unit, opponent) = (NflPlayStats.Unit(club), game.Opponent(club));
            if (game.Scores.TryGetValue(opponent, out var score)) sums.Add(new BoxSumV1(unit, "score_allowed", score, s_score));
            if (game.HalfSacks.TryGetValue(club, out var halves))
                sums.Add(new BoxSumV1(unit, "sacks_in_halves", halves, s_sacks));
            if (game.Turnovers.TryGetValue(opponent, out var lost)) sums.Add(new BoxSumV1(unit, "takeaways", lost, s_takeaways));
        }

        return sums;
    }

    private static IEnumerable<IReadOnlyDictionary<string, long>> Defence(NflGameCenterDocument game, string club) =>
        game.Box.Where(b => b.Club == club && b.Category == "defense" && b.Figures.ContainsKey("int")).Select(b => b.Figures);
}
