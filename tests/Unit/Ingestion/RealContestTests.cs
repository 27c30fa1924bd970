using System.Globalization;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>
/// The real contest: points and ranks of all 156,862 entries from the two raw games, without the pipeline in between.
/// </summary>
public sealed partial class RealContestTests
{
    private static readonly RuleSet s_rules = RuleSets.Find("draftkings-nfl-classic", 201502)!;

    [Fact]
    public void Points_and_ranks_of_every_entry_of_the_real_contest_are_exact()
    {
        var entries = ReadEntries(SharedData.Require("dk-contest-2016-wk4/wk4-contest-28890250.csv.gz"));
        var pointsByName = PointsByName("nfl-gamecenter/2016/2016100212.json.gz", "nfl-gamecenter/2016/2016100300.json.gz");

        var computed = entries.Select(e => e.Names.Sum(n => pointsByName.GetValueOrDefault(n))).ToArray();

        var wrongPoints = entries.Zip(computed).Where(p => p.First.Points != p.Second)
            .Select(p =>
                $"{p.First.Points} published, {p.Second} computed: "
                    + $"{string.Join(", ", p.First.Names.Select(n => $"{n} {pointsByName.GetValueOrDefault(n)}"))}")
            .ToArray();
        Assert.True(wrongPoints.Length == 0,
            $"{wrongPoints.Length} of {entries.Count} differ, first: {string.Join("\n", wrongPoints.Take(5))}");
        Assert.Equal(156_862, entries.Count);
        Assert.Equal(entries.Select(e => e.Rank), Ranks(computed));
    }

    private static IEnumerable<int> Ranks(long[] points)
    {
        var firstPlace = points.OrderDescending().Select((p, i) => (p, i)).GroupBy(x => x.p)
            .ToDictionary(g => g.Key, g => g.First().i + 1);
        return points.Select(p => firstPlace[p]);
    }

    private static Dictionary<string, long> PointsByName(params string[] games)
    {
        var names = SharedData.PlayerNames();
        var byName = new Dictionary<string, long>(StringComparer.Ordinal);
        var units = new Dictionary<string, string> { ["KC"] = "Chiefs", ["PIT"] = "Steelers", ["NYG"] = "Giants",
            ["MIN"] = "Vikings" };
        foreach (var path in games)
        {
            foreach (var (athlete, stats) in FinalLines.Of(SharedData.Game(path)))
            {
                var name = athlete.EndsWith("-DST", StringComparison.Ordinal)
                    ? units[athlete[..^4]]
                    : names.GetValueOrDefault(athlete, athlete).Replace(" Jr.", "", StringComparison.Ordinal);
                Assert.True(byName.TryAdd(name, ScoreLine.Points(s_rules, stats)), $"two athletes are called {name}");
            }
        }

        return byName;
    }

    private static List<(int Rank, long Points, string[] Names)> ReadEntries(string path)
    {
        using var text = new StringReader(System.Text.Encoding.UTF8.GetString(SharedData.Unzipped(path)));
        var entries = new List<(int, long, string[])>();
        foreach (var cells in SharedData.Rows(text))
        {
            var points = (long)Math.Round(
                decimal.Parse(cells[5], NumberStyles.Float, CultureInfo.InvariantCulture) * 100, MidpointRounding.AwayFromZero);
            var names = Slot().Split(" " + cells[6]).Skip(1).Select(n => n.Trim().Replace(" Jr.", "", StringComparison.Ordinal))
                .ToArray();
            entries.Add((int.Parse(cells[0], CultureInfo.InvariantCulture), points, names));
        }

        return entries;
    }

    [GeneratedRegex(" (?:QB|RB|WR|TE|FLEX|DST)(?= |$)")]
    private static partial Regex Slot();
}
