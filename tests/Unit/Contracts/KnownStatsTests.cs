using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Contracts;

/// <summary>What a rule set knows: the stats it uses and those it ignores on purpose.</summary>
public sealed class KnownStatsTests
{
    private static readonly RuleSet s_rules = new(
        "made-up", 1, "test", "made up", 0, new Dictionary<string, long> { ["goals"] = 3 },
        new Dictionary<string, IReadOnlyDictionary<string, long>>
        {
            ["allowed"] = new Dictionary<string, long> { ["against"] = 1 },
        },
        [new Bonus("shots", 5, 1)], [new StepTable("allowed", "minutes", [new Step(null, 0)])], ["corners"]);

    [Fact]
    public void Weights_parts_bonuses_steps_and_what_is_ignored_are_known_and_a_derived_stat_is_none_of_the_feed() =>
        Assert.Equal(["against", "corners", "goals", "minutes", "shots"], KnownStats.Of(s_rules).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("rush_yrds", "rush_yds")]
    [InlineData("Rush_Yds", "rush_yds")]
    [InlineData("pass_td", "pass_tds")]
    [InlineData("offensive_rebounds", null)]
    public void The_nearest_known_name_is_the_one_with_the_fewest_letters_to_change(string stat, string? nearest) =>
        Assert.Equal(nearest, KnownStats.Nearest(KnownStats.Of(RuleSets.Find("draftkings-nfl-classic", 2015)!), stat));

    /// <summary>A contest names the hash: what a rule set ignores may grow under the contests that use it.</summary>
    [Theory]
    [InlineData("activity-points", 1, "8280ad9d173a8cf64bf1481ecb3781339593361105cd76eace8078292b55e6a9")]
    [InlineData("draftkings-nfl-classic", 2014, "94b758a03ca2823acf19e87e5ccc01694055b8b9ee04a933067021fefcd69388")]
    [InlineData("draftkings-nfl-classic", 2015, "edd5492b842c2ad122be431fe78753624f240146a18f7bc9e2a425527466ef65")]
    [InlineData("draftkings-nfl-classic", 201402, "18da29996399ad1e29207d963bea9d42ca9f10cbe6d801a77829355ac5546a9b")]
    [InlineData("draftkings-nfl-classic", 201502, "c8042343447996ee43d4d2c4cd6b5616a046115c4641576b171398b8b094a02a")]
    [InlineData("espn-nfl-ppr", 2016, "516cd8cd629996859437300b38589befe06c14ed63b62a6d02c25e3884b890e6")]
    [InlineData("espn-nfl-standard", 2016, "75c4ff51054379e57864615ca424e6648d30607d2e2e9fd58fb8e7f2743268c0")]
    [InlineData("fanduel-nfl", 2016, "13a529003e3977af3af676749ba22618ca5e770052b74b00022db55e7c10abf7")]
    public void What_a_rule_set_ignores_is_no_part_of_its_hash(string name, int version, string hash) =>
        Assert.Equal(hash, RuleSets.Ref(RuleSets.Find(name, version)!).Hash);

    [Fact]
    public void All_rule_sets_of_a_sport_know_the_same_stats_and_none_both_uses_and_ignores_one()
    {
        Assert.All(RuleSets.All.GroupBy(r => r.Sport), sport => Assert.Single(sport.Select(Names).Distinct()));
        Assert.All(RuleSets.All, r => Assert.Equal(
            KnownStats.Of(r).Count, KnownStats.Of(r with { Ignores = null }).Count + (r.Ignores?.Count ?? 0)));
    }

    private static string Names(RuleSet rules) => string.Join(' ', KnownStats.Of(rules).Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_games_that_ship_name_no_stat_that_their_rule_sets_do_not_know()
    {
        var slate = await Slate.Read(Source.Full("samples"), TestContext.Current.CancellationToken);
        var known = RuleSets.All.SelectMany(KnownStats.Of).ToHashSet(StringComparer.Ordinal);

        var named = slate.Feed.Select(f => f.Message).OfType<FeedPlayV1>().SelectMany(p => p.Athletes)
            .SelectMany(a => a.Stats.Keys).Distinct().ToArray();

        Assert.NotEmpty(named);
        Assert.Subset(known, named.ToHashSet());
    }
}
