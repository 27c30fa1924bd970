using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>
/// Games that were ruled out and come back, that counted and are cancelled, and whose lines are not those that were confirmed.
/// </summary>
public sealed class RuledOutTests
{
    private static readonly DateTimeOffset s_end = Build.Lock.AddDays(1);

    [Theory]
    [InlineData(GameStatus.InProgress)]
    [InlineData(GameStatus.Closed)]
    public void A_game_that_was_ruled_out_and_comes_back_in_the_correction_window_neither_counts_nor_holds(string status)
    {
        var definition = Build.Contest(scoringEnds: s_end, windowSeconds: 3_600);
        var complete = At(View(definition, Closed(), Game(GameStatus.Postponed, s_end)), s_end);
        Assert.Equal((ContestStates.Complete, "g2"), (complete.Steps[^1].State, Assert.Single(complete.RuledOut)));

        var back = View(definition, Closed(), Game(status, s_end.AddMinutes(50))) with
        {
            State = ContestStates.Complete, LastStepAt = s_end, RuledOutWhenComplete = new HashSet<string> { "g2" },
        };
        Assert.Equal(
            (false, s_end.AddHours(1)), (At(back, s_end.AddMinutes(51)).Finalize, At(back, s_end.AddMinutes(51)).WakeAt!.Value));
        var over = At(back, s_end.AddHours(1));
        Assert.Null(over.Hold);
        Assert.True(over.Finalize);
        Assert.True(AdvanceLifecycle.RuledOut(back, "g2", s_end.AddHours(1)));
    }

    [Theory]
    [InlineData(LateCorrectionPolicies.Freeze)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public void A_game_that_counted_and_is_cancelled_after_the_result_holds_and_is_told_of(string policy)
    {
        var final = new Dictionary<string, FinalGameRow> { ["g1"] = new("g1", "h", false, "s"),
            ["g2"] = new("g2", "h", false, "s") };
        var view = View(Build.Contest() with { LateCorrectionPolicy = policy }, Closed(), Game(GameStatus.Cancelled, s_end)) with
        {
            State = ContestStates.Paid, FinalizedRevision = 1, SettledRevision = 1, SettledAt = s_end, PaidAt = s_end,
            Final = final,
        };

        var decision = At(view, s_end.AddDays(1));
        Assert.Equal((true, false), (decision.Hold!.Alerts, decision.Finalize));
        Assert.StartsWith("game g2 counted in the result and is now cancelled", decision.Hold.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_the_right_versions_with_other_statistics_than_were_confirmed_hold()
    {
        var lines = new Dictionary<string, long> { ["q0"] = 5 };
        GameFacts Confirmed(string stored) => new(
            Build.Game("g1", GameStatus.Closed, lines: lines) with { LinesHash = "confirmed" }, Build.Lock, Build.Lock, lines,
            stored);
        var view = View(Build.Contest(), Confirmed("stale"), Closed()) with { State = ContestStates.Complete,
            LastStepAt = Build.Lock.AddHours(4) };

        var held = At(view, s_end);
        Assert.True(held.Hold!.Alerts);
        Assert.Contains("a version was used twice", held.Hold.Reason, StringComparison.Ordinal);
        Assert.True(
            At(view with { Games = new Dictionary<string, GameFacts>(view.Games) { ["g1"] = Confirmed("confirmed") } },
                s_end).Finalize);
    }

    [Fact]
    public void A_player_of_an_activity_contest_whose_points_are_out_of_range_holds_it()
    {
        var rules = RuleSets.All.First(r => r.Weights.Count > 0);
        var definition = Build.Contest() with
        {
            Kind = ContestKinds.Activity, GameIds = ["stream"], Athletes = [], RuleSet = RuleSets.Ref(rules),
            Roster = new RosterV1([new RosterSlotV1("P", [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
        };
        var stats = new Dictionary<string, long> { [rules.Weights.First(w => w.Value != 0).Key] = 4_000_000_000_000_000_000 };
        var line = new LineRow("stream", "p1", 3, System.Text.Encoding.UTF8.GetString(WireJson.Bytes(stats)));

        Assert.Contains("p1", PointsInRange.FindHold(new ContestRules(definition), [line])!.Reason, StringComparison.Ordinal);
    }

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    private static GameFacts Closed() =>
        new(Build.Game("g1", GameStatus.Closed), Build.Lock, Build.Lock.AddHours(3), new Dictionary<string, long>());

    private static GameFacts Game(string status, DateTimeOffset at) =>
        new(Build.Game("g2", status, at: at), null, status == GameStatus.Closed ? at : null, new Dictionary<string, long>());

    private static LifecycleView View(ContestDefinitionV1 definition, GameFacts first, GameFacts second) =>
        new(definition, ContestStates.Live, Build.Lock, 10,
            new Dictionary<string, GameFacts> { ["g1"] = first, ["g2"] = second });
}
