using System.Globalization;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>DraftKings' published points of 2017, for the weeks whose games are at hand, against the raw play-by-play.</summary>
public sealed partial class PublishedPointsTests
{
    private static readonly RuleSet s_rules = RuleSets.Find("draftkings-nfl-classic", 201502)!;

    /// <summary>
    /// Every difference and its reason. Where the box of the same document differs from its plays in exactly this figure, the
    /// pipeline holds the game and names athlete and stat; nothing is settled on the wrong figure.
    /// </summary>
    private static readonly Dictionary<string, string> s_explained = new(StringComparer.Ordinal)
    {
        ["week 1 LA todd gurley RB: published 2060, computed 2050"] = "play missing: box says 40 rushing yards, plays 39",
        ["week 1 MIN sam bradford QB: published 2854, computed 2846"] = "play missing: box says 346 passing yards, plays 344",
        ["week 1 MIN stefon diggs WR: published 2770, computed 2650"] =
            "play missing: box says 7 receptions for 93, plays 6 for 91",
        ["week 2 DEN trevor siemian QB: published 2464, computed 2454"] = "play missing: box says 14 rushing yards, plays 13",
        ["week 3 JAX leonard fournette RB: published 1700, computed 2000"] = "play wrong: box says 59 rushing yards, plays 89",
        ["week 4 ARI andre ellington RB: published 1940, computed 1740"] =
            "play missing: box says 9 receptions for 86, plays 8 for 76",
        ["week 4 ARI carson palmer QB: published 2038, computed 1998"] = "play missing: box says 357 passing yards, plays 347",
        ["week 4 GB aaron jones RB: published 1090, computed 1050"] = "play missing: box says 49 rushing yards, plays 45",
        ["week 4 MIN DST Def: published 700, computed 600"] = "later league correction: plays and box of the document agree",
    };

    /// <summary>The two lists call three men by different first names (the snapshot takes one for his brother).</summary>
    private static readonly Dictionary<string, string> s_otherNames = new(StringComparer.Ordinal)
    {
        ["matt dayes"] = "matthew dayes", ["benjamin watson"] = "ben watson", ["cody hollister"] = "jacob hollister",
    };

    [Fact]
    public void Published_points_of_2017_are_exact_but_for_the_differences_that_are_explained()
    {
        var games = Directory.GetFiles(SharedData.Require("nfl-gamecenter/2017"), "*.json.gz").Order(StringComparer.Ordinal)
            .Select(f => SharedData.Game($"nfl-gamecenter/2017/{Path.GetFileName(f)}")).ToArray();
        var computed = ByClubAndName(games);
        var rows = ReadPublished(SharedData.Require("nfl-dk-points-2017-nfldfs/draftkings_2017.csv"))
            .Where(r => games.Any(g => WeekOf(g.GameId) == r.Week && (g.Home == r.Club || g.Away == r.Club))).ToArray();

        var differences = rows
            .Select(r => (Row: r, Points: computed.GetValueOrDefault((r.Week, r.Club, r.Name))))
            .Where(x => x.Points != x.Row.Points)
            .Select(x =>
                $"week {x.Row.Week} {x.Row.Club} {x.Row.Name} {x.Row.Position}: published {x.Row.Points}, computed {x.Points}")
            .Order(StringComparer.Ordinal).ToArray();

        TestContext.Current.TestOutputHelper?.WriteLine($"{rows.Length - differences.Length} of {rows.Length} exact");
        Assert.Equal(1677, rows.Length);
        Assert.Equal(s_explained.Keys.Order(StringComparer.Ordinal), differences);
    }

    private static int WeekOf(string gameId) => string.CompareOrdinal(gameId, "20170914") < 0 ? 1
        : string.CompareOrdinal(gameId, "20170921") < 0 ? 2
        : string.CompareOrdinal(gameId, "20170928") < 0 ? 3 : 4;

    private static Dictionary<(int Week, string Club, string Name), long> ByClubAndName(NflGameCenterDocument[] games)
    {
        var names = SharedData.PlayerNames();
        var points = new Dictionary<(int, string, string), long>();
        foreach (var game in games)
        {
            var clubs = game.Plays.SelectMany(p => p.Events).Where(e => e.AthleteId != "0").GroupBy(e => e.AthleteId)
                .ToDictionary(g => g.Key, g => g.First().Club);
            foreach (var (athlete, stats) in FinalLines.Of(game))
            {
                var isUnit = athlete.EndsWith("-DST", StringComparison.Ordinal);
                var key = isUnit
                    ? (WeekOf(game.GameId), athlete[..^4], "DST")
                    : (WeekOf(game.GameId), clubs[athlete], OneName(names.GetValueOrDefault(athlete, athlete)));
                points[key] = points.GetValueOrDefault(key) + ScoreLine.Points(s_rules, stats);
            }
        }

        return points;
    }

    private static IEnumerable<(int Week, string Club, string Name, string Position, long Points)> ReadPublished(string path)
    {
        foreach (var cells in SharedData.Rows(File.OpenText(path)))
        {
            var name = cells[3].Split(',');
            var isUnit = cells[4] == "Def";
            yield return (int.Parse(cells[1], CultureInfo.InvariantCulture), Club(cells[5]),
                isUnit ? "DST" : Plain($"{name[^1].Trim()} {name[0].Trim()}"), cells[4],
                (long)Math.Round(decimal.Parse(cells[8], CultureInfo.InvariantCulture) * 100));
        }
    }

    private static string Club(string code) => ReadNflGameCenter.Franchise(code.ToUpperInvariant() switch
    {
        "GNB" => "GB", "KAN" => "KC", "NWE" => "NE", "NOR" => "NO", "SFO" => "SF", "TAM" => "TB", "SDG" => "LAC", var c => c,
    });

    private static string OneName(string name) => s_otherNames.GetValueOrDefault(Plain(name), Plain(name));

    private static string Plain(string name) =>
        Suffix().Replace(name.ToLowerInvariant(), "").Replace(".", "", StringComparison.Ordinal)
            .Replace("'", "", StringComparison.Ordinal).Trim();

    [GeneratedRegex(@" (jr|sr|ii|iii|iv|v)\.?$")]
    private static partial Regex Suffix();
}
