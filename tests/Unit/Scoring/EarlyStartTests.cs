using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>Starts that are told of long before they are due, and contests over games that have begun.</summary>
public sealed class EarlyStartTests
{
    private static readonly DateTimeOffset s_early = Build.Lock.AddDays(-3);

    [Fact]
    public void One_wrong_status_days_early_neither_locks_nor_cancels_and_is_told_of_until_it_is_taken_back()
    {
        var definition = Build.Contest(minEntries: 50, guaranteed: null);
        var wrong = At(View(definition, s_early), s_early.AddMinutes(1));

        Assert.Empty(wrong.Steps);
        Assert.True(wrong.Hold!.Alerts);
        Assert.StartsWith("game g1 is told to have begun", wrong.Hold.Reason, StringComparison.Ordinal);
        Assert.Equal(Build.Lock - FindHold.EarlyMax, wrong.WakeAt);

        var takenBack = At(View(definition, null), s_early.AddMinutes(5));
        Assert.Null(takenBack.Hold);
        Assert.Empty(takenBack.Steps);
    }

    [Fact]
    public void A_start_that_is_still_told_of_when_the_time_is_near_locks_the_contest()
    {
        var near = Build.Lock - FindHold.EarlyMax;
        Assert.Equal(ContestStates.Locked, At(View(Build.Contest(), s_early), near).Steps[0].State);
    }

    [Fact]
    public void A_contest_over_a_game_that_has_begun_is_refused_with_the_reason()
    {
        var rules = RuleSets.All.First();
        var definition = Build.Contest() with { RuleSet = RuleSets.Ref(rules) };
        var view = new CommandView(null, null, 0, new HashSet<string> { "g2" }, null, 0);

        var refused = Assert.IsType<CommandDecision.Refuse>(
            DecideCommand.Decide(
                view, new CreateContestV1("k", "c1", definition, "ops"), "test", Build.Lock.AddHours(-1))).Refusal;
        Assert.Equal((Reasons.DefinitionInvalid, "definition.gameIds"), (refused.ReasonCode, refused.Field));
        Assert.Contains("game g2 has begun", refused.Message, StringComparison.Ordinal);
    }

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    private static LifecycleView View(ContestDefinitionV1 definition, DateTimeOffset? started) => new(
        definition, ContestStates.Scheduled, Build.Lock.AddDays(-7), 10, new Dictionary<string, GameFacts>
        {
            ["g1"] = new(Build.Game("g1", started is null ? GameStatus.Scheduled : GameStatus.InProgress), started, null,
                new Dictionary<string, long>()),
        });
}
