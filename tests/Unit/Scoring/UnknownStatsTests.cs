using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>A stat that the rule set neither uses nor ignores is nobody's decision.</summary>
public sealed class UnknownStatsTests
{
    private static readonly ContestDefinitionV1 s_contest = Build.Contest() with
    {
        RuleSet = RuleSets.Ref(RuleSets.Find("draftkings-nfl-classic", 2015)!),
    };

    [Fact]
    public void It_holds_the_contest_and_the_hold_names_stat_game_and_the_nearest_name() => Assert.Equal(
        "game g1, athlete r0: the rule set draftkings-nfl-classic 2015 neither uses nor ignores the stat rush_yrds, the nearest "
            + "that it knows is rush_yds",
        Hold(Line("g2", "a0", "rec_ydz", 3), Line("g1", "r0", "rush_yrds", 40))!.Reason);

    [Fact]
    public void Also_of_an_athlete_whom_nobody_could_pick() => Assert.Contains(
        "athlete somebody", Hold(Line("g1", "somebody", "triple_doubles", 1))!.Reason, StringComparison.Ordinal);

    [Fact]
    public void What_is_used_ignored_or_nothing_holds_no_contest() => Assert.Null(
        Hold(Line("g1", "r0", "rush_yds", 40), Line("g1", "KC-DST", "pa_safety", 2), Line("g1", "w0", "triple_doubles", 0)));

    [Fact]
    public void A_contest_is_not_published_with_games_of_another_sport()
    {
        Assert.Equal(("g2", "assists"), Other(Line("g1", "r0", "rush_yds", 4), Line("g2", "a", "points", 20),
            Line("g2", "a", "assists", 7)));
        Assert.Null(Other(Line("g1", "r0", "rush_yrds", 4), Line("g1", "w0", "recs", 1), Line("g2", "a", "points", 0)));

        var create = new CreateContestV1("k1", "c1", s_contest, "tests");
        var view = new CommandView(null, null, 0, new HashSet<string> { "g2" }, null, 0)
        {
            Lines = [Line("g2", "a", "points", 20)],
        };
        var refused = Assert.IsType<CommandDecision.Refuse>(
            DecideCommand.Decide(view, create, "test", Build.Lock.AddHours(-1))).Refusal;
        Assert.Equal((Reasons.RuleSetOfAnotherSport, "definition.ruleSet"), (refused.ReasonCode, refused.Field));
        Assert.Contains("of game g2 it knows none, for instance points", refused.Message, StringComparison.Ordinal);
    }

    private static Hold? Hold(params LineRow[] lines) => UnknownStats.FindHold(new ContestRules(s_contest), lines);

    private static (string, string)? Other(params LineRow[] lines) =>
        UnknownStats.GameOfAnotherSport(new ContestRules(s_contest).RuleSet, lines);

    private static LineRow Line(string game, string athlete, string stat, long value) =>
        new(game, athlete, 1, $$"""{"{{stat}}":{{value}}}""");
}
