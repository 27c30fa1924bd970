using ContestPipeline.Contracts;
using ContestPipeline.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Scoring;

/// <summary>Which line-ups are valid.</summary>
public sealed class LineupTests
{
    [Fact]
    public void A_line_up_that_fills_every_slot_within_the_cap_is_valid() => Assert.Null(Check(Build.Roster(), "q0", "r1", "w2"));

    [Theory]
    [InlineData(Reasons.LineupEmpty)]
    [InlineData(Reasons.LineupSize, "q0", "r1")]
    [InlineData(Reasons.LineupSize, "q0", "r1", "w2", "w4")]
    [InlineData(Reasons.AthleteUnknown, "q0", "r1", "x9")]
    [InlineData(Reasons.AthleteUnknown, "q0", "r1", null)]
    [InlineData(Reasons.AthleteTwice, "q0", "r1", "r1")]
    [InlineData(Reasons.Position, "q0", "w1", "w2")]
    [InlineData(Reasons.SalaryCap, "q9", "r9", "w9")]
    public void Each_rule_refuses_with_a_code_of_its_own(string reason, params string?[] athletes) =>
        Assert.Equal(reason, Check(Build.Roster(), athletes)!.ReasonCode);

    [Fact]
    public void Teams_and_games_are_counted()
    {
        // q0, r4 and w8 are all of team A in game g1; r2 is of team B in g1; r1 is of team C in g2.
        Assert.Equal(Reasons.MinTeams, Check(Build.Roster(minTeams: 2), "q0", "r4", "w8")!.ReasonCode);
        Assert.Null(Check(Build.Roster(minTeams: 2), "q0", "r2", "w8"));
        Assert.Equal(Reasons.MinGames, Check(Build.Roster(minGames: 2), "q0", "r2", "w8")!.ReasonCode);
        Assert.Null(Check(Build.Roster(minGames: 2), "q0", "r1", "w8"));
        Assert.Equal(Reasons.MaxPerTeam, Check(Build.Roster(maxPerTeam: 2), "q0", "r4", "w8")!.ReasonCode);
        Assert.Null(Check(Build.Roster(maxPerTeam: 2), "q0", "r2", "w8"));
    }

    [Fact]
    public void A_captain_costs_his_multiple_and_a_cap_that_is_reached_exactly_is_kept()
    {
        // q1 costs 15, as captain 22.5; r1 15, w2 20.
        Assert.Null(Check(Build.Roster(cap: 58, captainHundredths: 150), "q1", "r1", "w2"));
        Assert.Equal(Reasons.SalaryCap, Check(Build.Roster(cap: 57, captainHundredths: 150), "q1", "r1", "w2")!.ReasonCode);
        Assert.Null(Check(Build.Roster(cap: 50), "q1", "r1", "w2"));
        Assert.Equal(Reasons.SalaryCap, Check(Build.Roster(cap: 49), "q1", "r1", "w2")!.ReasonCode);
    }

    [Fact]
    public void An_empty_line_up_is_valid_only_where_the_contest_allows_it() =>
        Assert.Null(Check(Build.Roster(allowEmpty: true)));

    [Fact]
    public void Any_line_up_is_judged_as_a_plain_reading_of_the_rules_judges_it()
    {
        var ids = Build.Pool().Select(a => a.AthleteId).Append("x0").ToArray();
        var cases =
            from athletes in Gen.Elements(ids).ArrayOf(3)
            from cap in Gen.Choose(30, 130)
            from minTeams in Gen.Choose(1, 3)
            from minGames in Gen.Choose(1, 2)
            from max in Gen.Choose(1, 3)
            select (athletes, Build.Roster(cap, minTeams, minGames, max));

        Prop.ForAll(cases.ToArbitrary(), c => (Check(c.Item2, c.athletes) is null) == Valid(c.Item2, c.athletes))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    private static bool Valid(RosterV1 roster, string[] ids)
    {
        var athletes = ids.Select(id => Build.Pool().FirstOrDefault(a => a.AthleteId == id)).OfType<PoolAthleteV1>().ToArray();
        return athletes.Length == roster.Slots.Count
            && athletes.DistinctBy(a => a.AthleteId).Count() == athletes.Length
            && athletes.Zip(roster.Slots).All(p => p.First.Positions.Intersect(p.Second.Positions).Any())
            && athletes.Sum(a => a.Salary) <= roster.SalaryCap
            && athletes.DistinctBy(a => a.TeamId).Count() >= roster.MinTeams
            && athletes.DistinctBy(a => a.GameId).Count() >= roster.MinGames
            && athletes.GroupBy(a => a.TeamId).All(g => g.Count() <= roster.MaxPerTeam);
    }

    private static Refusal? Check(RosterV1 roster, params string?[] athletes) =>
        ValidateLineup.Check(new ContestRules(Build.Contest(roster: roster)), athletes!);
}
