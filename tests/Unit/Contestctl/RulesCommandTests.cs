using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Explaining;
using ContestPipeline.Contestctl.RuleFiles;
using ContestPipeline.Contracts;
using ContestPipeline.Unit.Plumbing;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Rule sets by the command line: checked, tried on a table of lines, listed.</summary>
public sealed class RulesCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rules").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Samples { get; } =
        [.. Source.Files("samples/rules", ".json").Select(f => Path.GetFileNameWithoutExtension(f))];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The operators' published examples: what a single, a double-double, a clean sheet is worth.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_rule_set_gives_what_its_operator_published_line_by_line(string sample)
    {
        var rules = Source.Full($"samples/rules/{sample}.json");

        Assert.Equal(ExitCodes.Success, await Run("rules", "validate", rules));
        Assert.Equal(ExitCodes.Success, await Run("rules", "test", rules, Source.Full($"samples/rules/{sample}.cases.csv")));
    }

    [Fact]
    public void Every_stat_of_a_sample_that_is_worth_something_is_in_its_table() =>
        Assert.All(Samples.Select(s => s.Data), sample =>
        {
            var rules = Rules(sample);
            var cases = RuleCases.Read(Source.Read($"samples/rules/{sample}.cases.csv"), rules);
            Assert.Empty(rules.Weights.Keys.Except(cases.SelectMany(c => c.Stats.Keys)));
        });

    [Theory]
    [InlineData("name,expected,steals\na,4.5,2\n", ExitCodes.CheckFailed)]
    [InlineData("""[{"name":"a","expected":4.00,"stats":{"steals":2}}]""", ExitCodes.Success)]
    [InlineData("name,expected,steals\n\"two, taken\",4,2\n", ExitCodes.Success)]
    public async Task A_table_is_csv_or_json_and_a_wrong_line_is_found(string table, int exitCode)
    {
        var path = Path.Combine(folder, "cases");
        await File.WriteAllTextAsync(path, table, Ct);

        Assert.Equal(exitCode, await Run("rules", "test", Source.Full("samples/rules/draftkings-nba-classic-2020.json"), path));
    }

    [Theory]
    [InlineData("name,expected,stealz\na,1,2\n", "line 2: expected stats that draftkings-nba-classic uses or ignores; got "
        + "stealz; the nearest is steals")]
    [InlineData("name,expected,steals\na,4.125,2\n", "line 2, expected: expected points with at most 2 digits after the point; "
        + "got '4.125'")]
    [InlineData("name,expected,steals\n\na,4,two\n", "line 3, steals: expected a whole number; got 'two'")]
    [InlineData("name,expected,steals\na,4\n", "line 2: expected 3 cells; got 2")]
    [InlineData("name,points,steals\n", "line 1: expected the columns name, expected and stats; got name, points, steals")]
    [InlineData("name,expected,steals,steals\n", "line 1: expected each column once; got steals twice")]
    [InlineData("name,expected,steals\n", "expected 1 to 10000 cases; got 0")]
    [InlineData("name,expected\n\"a,4\n", "line 2: a quote is opened and never closed")]
    public void What_a_table_gets_wrong_is_named_with_its_line(string table, string said) => Assert.Equal(said,
        Assert.Throws<InvalidDataException>(() => RuleCases.Read(table, Rules("draftkings-nba-classic-2020"))).Message);

    [Theory]
    [InlineData("1.25", 2, 125L)]
    [InlineData("-0.5", 2, -50L)]
    [InlineData("7", 0, 7L)]
    [InlineData("7.0", 0, 7L)]
    [InlineData("7.1", 0, null)]
    [InlineData("1,5", 2, null)]
    [InlineData("", 2, null)]
    [InlineData(".", 2, null)]
    public void Points_are_read_exactly_or_not_at_all(string text, int scale, long? points) =>
        Assert.Equal(points, PointsText.Read(text, scale));

    [Fact]
    public async Task A_file_with_a_mistake_is_refused()
    {
        var path = Path.Combine(folder, "spoilt.json");
        await File.WriteAllTextAsync(path, Source.Read("samples/rules/draftkings-nba-classic-2020.json")
            .Replace("\"scale\": 2", "\"scale\": 7", StringComparison.Ordinal), Ct);

        Assert.Equal(ExitCodes.CheckFailed, await Run("rules", "validate", path));
        Assert.Equal(ExitCodes.Usage, await Run("rules", "test", path, path));
    }

    [Fact]
    public void An_explanation_names_combinations_and_adds_up_to_the_line()
    {
        var parts = PointsByRule.Of(Rules("draftkings-nba-classic-2020"),
            new Dictionary<string, long> { ["points"] = 10, ["rebounds"] = 10 });

        Assert.Contains(new RulePoints("double-double", 150), parts);
        Assert.Equal(2_400, parts.Sum(p => p.Points));
    }

    private static RuleSet Rules(string sample) => ReadRuleSet.Of(
        System.Text.Encoding.UTF8.GetBytes(Source.Read($"samples/rules/{sample}.json")), out _)!;

    private static Task<int> Run(params string[] args) => CommandLine.Run(
        args, new Session(new ConfigurationBuilder().Build(), new SteppedClock()), TextWriter.Null, Ct);
}
