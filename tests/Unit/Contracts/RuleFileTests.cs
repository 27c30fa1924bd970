using System.Text;
using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Contracts;

/// <summary>
/// Rule sets as files: what may score a contest, and what is refused, with the field, what was expected, what came.
/// </summary>
public sealed class RuleFileTests
{
    private const string Nba = "samples/rules/draftkings-nba-classic-2020.json";

    public static TheoryData<string> Samples { get; } =
        [.. Source.Files("samples/rules", ".json"), .. Source.Files("src/Contracts/Rules", ".json")];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_rule_set_of_the_repository_may_score_contests(string file)
    {
        Assert.NotNull(ReadRuleSet.Of(Encoding.UTF8.GetBytes(Source.Read(file)), out var faults));
        Assert.Empty(faults);
    }

    /// <summary>Contests name these hashes: what changes points is a further version.</summary>
    [Theory]
    [InlineData("draftkings-mlb-classic-2023", "e44d4509c901c28ab666a6f0b6cc0add372faae1010eca9ba04e2c6d907ea0c8")]
    [InlineData("draftkings-nba-classic-2020", "99cdf87ca7d0090343ef437f4e0d72473668aa67d78c219a13c621b744b7d996")]
    [InlineData("draftkings-soccer-classic-2016", "6f25ccf60ea5046cb067cb733681074a0eac8d0a303f7099e2d3101c2015433a")]
    public void A_sample_is_never_edited(string name, string hash) =>
        Assert.Equal(hash, RuleSets.Ref(Read(Source.Read($"samples/rules/{name}.json"))).Hash);

    /// <summary>Each of them is a change to the file of the NBA.</summary>
    public static TheoryData<string, string, string> Spoilt { get; } = new()
    {
        { "name", """{"name":"NBA classic"}""", "name: expected 1 to 64 small letters" },
        { "version", """{"version":0}""", "version: expected 1 or more; got 0" },
        { "scale", """{"scale":5}""", "scale: expected 0 to 4 digits" },
        { "source", """{"source":""}""", "source: expected 1 to 500 characters" },
        { "an unknown member", """{"wieghts":{}}""", "there is no member 'wieghts'" },
        { "a fraction", """{"weights":{"points":1.5}}""", "expected a whole number" },
        { "a stat that is none", """{"weights":{"field goals":1}}""", "weights.field goals: expected a stat" },
        { "beyond the range", """{"weights":{"points":10000001}}""", "weights.points: expected -10000000 to 10000000" },
        { "beyond 64 bits", """{"weights":{"points":99999999999999999999}}""", "expected a whole number" },
        { "no points at all", """{"weights":{"fouls":0}}""", "weights.fouls: expected points, or a bonus that looks at it" },
        { "an unused stat", """{"bonuses":[{"stat":"pionts","atLeast":40,"points":300}]}""",
            "bonuses[0].stat: expected a stat of weights (0 where it is worth nothing by itself) or derived; got 'pionts'; "
                + "the nearest is points" },
        { "a bonus from nothing", """{"bonuses":[{"stat":"points","atLeast":0,"points":1}]}""", "bonuses[0].atLeast: expected 1" },
        { "a bonus of nothing", """{"bonuses":[{"stat":"points","atLeast":1,"points":0}]}""", "bonuses[0].points: expected points" },
        { "a bonus twice", """{"bonuses":[{"stat":"points","atLeast":9,"points":1},{"stat":"points","atLeast":9,"points":2}]}""",
            "bonuses[1]: expected one bonus a threshold" },
        { "a null", """{"bonuses":[null]}""", "bonuses: expected no null in it" },
        { "ignored and used", """{"ignores":["points"]}""", "ignores[0]: expected a stat that no rule uses; got points" },
        { "ignored twice", """{"ignores":["fouls","fouls"]}""", "ignores[1]: expected each stat once" },
        { "a derived stat that nobody sees", """{"derived":{"all":{"points":1}}}""", "derived.all: expected a stat that a bonus" },
        { "steps without an end", """{"steps":[{"stat":"points","whenStat":"points","steps":[{"upTo":3,"points":1}]}]}""",
            "steps[0].steps: expected 1 to 200 steps, the last without upTo" },
        { "steps that go back",
            """{"steps":[{"stat":"points","whenStat":"points","steps":[{"upTo":3,"points":1},{"upTo":2,"points":1},{"upTo":null,"points":0}]}]}""",
            "steps[0].steps[0].upTo: expected less than that of the step behind it; got 3" },
        { "a floor above nothing", """{"floorPoints":1}""", "floorPoints: expected -10000000 to 0" },
        { "a combination of one", """{"combinations":[{"name":"a","conditions":[{"stat":"points","atLeast":1}],"needed":1,"points":1}]}""",
            "combinations[0].conditions: expected 2 to 200; got 1" },
        { "more than its conditions",
            """{"combinations":[{"name":"a","conditions":[{"stat":"points","atLeast":1},{"stat":"blocks","atLeast":1}],"needed":3,"points":1}]}""",
            "combinations[0].needed: expected 1 to 2, of its conditions; got 3" },
        { "one that everybody has",
            """{"combinations":[{"name":"a","conditions":[{"stat":"points","atMost":9},{"stat":"blocks","atLeast":1}],"needed":1,"points":1}]}""",
            "combinations[0].conditions: expected conditions that an athlete must do something for" },
        { "a condition of nothing",
            """{"combinations":[{"name":"a","conditions":[{"stat":"points"},{"stat":"blocks","atLeast":1}],"needed":2,"points":1}]}""",
            "combinations[0].conditions[0]: expected atLeast, atMost, or both" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void What_is_wrong_is_named_with_its_field_what_was_expected_and_what_came(string what, string change, string said)
    {
        var spoilt = JsonNode.Parse(Source.Read(Nba))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) spoilt[name] = value?.DeepClone();

        Assert.Null(ReadRuleSet.Of(Encoding.UTF8.GetBytes(spoilt.ToJsonString()), out var faults));
        Assert.True(
            faults.Any(f => f.ToString().Contains(said, StringComparison.Ordinal)), $"{what}: {string.Join("; ", faults)}");
    }

    [Fact]
    public void A_stat_that_is_named_twice_is_refused_and_not_the_last_of_the_two()
    {
        var twice = Source.Read(Nba).Replace("\"steals\": 200,", "\"steals\": 200, \"steals\": 300,", StringComparison.Ordinal);

        Assert.Null(ReadRuleSet.Of(Encoding.UTF8.GetBytes(twice), out var faults));
        Assert.Contains("steals", Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_set_that_gives_no_points_is_refused()
    {
        var empty = Read(Source.Read(Nba)) with { Weights = new Dictionary<string, long>(), Combinations = null, Ignores = null };

        Assert.Equal("weights", Assert.Single(ValidateRuleSet.Check(empty)).Field);
    }

    /// <summary>At least 18 outs and at most three earned runs, both.</summary>
    [Theory]
    [InlineData(18, 3, 1_800 - 600 + 400)]
    [InlineData(18, 4, 1_800 - 800)]
    [InlineData(17, 0, 1_700)]
    [InlineData(0, 0, 0)]
    public void A_quality_start_is_a_combination_of_a_least_and_a_most(long outs, long runs, long points)
    {
        var rules = new RuleSet("starts", 1, "baseball", "made up", 2,
            new Dictionary<string, long> { ["outs"] = 100, ["earned_runs"] = -200 },
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], [], Combinations:
            [
                new Combination(
                    "quality-start", [new Condition("outs", AtLeast: 18), new Condition("earned_runs", AtMost: 3)], 2, 400),
            ]);

        Assert.Empty(ValidateRuleSet.Check(rules));
        Assert.Equal(points, ScoreLine.Points(rules, new Dictionary<string, long> { ["outs"] = outs, ["earned_runs"] = runs }));
    }

    [Theory]
    [InlineData(2, -200)]
    [InlineData(3, -250)]
    [InlineData(9, -250)]
    public void A_line_is_worth_its_floor_at_least(long lost, long points)
    {
        var rules = Read(Source.Read(Nba)) with { Weights = new Dictionary<string, long> { ["turnovers"] = -100 },
            Combinations = null, FloorPoints = -250 };

        Assert.Empty(ValidateRuleSet.Check(rules));
        Assert.Equal(points, ScoreLine.Points(rules, new Dictionary<string, long> { ["turnovers"] = lost }));
    }

    [Fact]
    public void Weights_are_exact_to_four_digits()
    {
        var rules = new RuleSet("fine", 1, "soccer", "made up", 4, new Dictionary<string, long> { ["passes"] = 123 },
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], []);

        Assert.Empty(ValidateRuleSet.Check(rules));
        Assert.Equal(1_230, ScoreLine.Points(rules, new Dictionary<string, long> { ["passes"] = 10 }));
        Assert.Equal(185, ScoreLine.Multiplied(123, 150));
    }

    private static RuleSet Read(string text) => ReadRuleSet.Of(Encoding.UTF8.GetBytes(text), out var faults)
        ?? throw new InvalidDataException(faults[0].ToString());
}
