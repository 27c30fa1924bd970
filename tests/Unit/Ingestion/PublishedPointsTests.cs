using System.Globalization;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>DraftKings' published points of 2017, for the weeks whose games are at hand, against the raw play-by-play.</summary>
public sealed partial class PublishedPointsTests
{
    private static readonly RuleSet s_rules = RuleSets.Find("draftkings-nfl-classic", 2015)!;

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
            .Select(x => $"week {x.Row.Week} {x.Row.Club} {x.Row.Name} {x.Row.Position}: published {x.Row.Points}, computed {x.Points}")
            .Order(StringComparer.Ordinal).ToArray();

        TestContext.Current.TestOutputHelper?.WriteLine($"{rows.Length - differences.Length} of {rows.Length} exact");
        Assert.True(differences.Length == 0, string.Join("\n", differences));
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
                    : (WeekOf(game.GameId), clubs[athlete], Plain(names.GetValueOrDefault(athlete, athlete)));
                points[key] = points.GetValueOrDefault(key) + ScoreLine.Points(s_rules, stats);
            }
        }

        return points;
    }

    private static IEnumerable<(int Week, string Club, string Name, string Position, long Points)> ReadPublished(string path)
    {
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var cells = Quoted().Replace(line, m => m.Value.Trim('"').Replace(",", "|", StringComparison.Ordinal)).Split(',');
            var name = cells[3].Split('|');
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

    private static string Plain(string name) =>
        Suffix().Replace(name.ToLowerInvariant(), "").Replace(".", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Trim();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@" (jr|sr|ii|iii|iv|v)\.?$")]
    private static partial Regex Suffix();
}
