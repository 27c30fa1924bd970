using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>No contest waits without an end: for whatever it waits, after a time somebody is told.</summary>
public sealed class PatienceTests
{
    private static readonly DateTimeOffset s_lock = Build.Lock;
    private static readonly HoldPatience s_patience = HoldPatience.Default;

    [Theory]
    [InlineData(GameStatus.Scheduled)]
    [InlineData(GameStatus.Delayed)]
    public void A_game_that_is_left_as_scheduled_without_an_end_of_scoring_holds_after_the_longest_slate(string status) =>
        LoudFrom(s_lock + s_patience.LastGame, $"game g2 is {status} and should have begun",
            View(Closed("g1"), Game("g2", status, null)));

    [Fact]
    public void Of_a_game_with_a_scheduled_start_the_time_counts_from_there()
    {
        var definition =
            Build.Contest() with { GameStarts = new Dictionary<string, DateTimeOffset> { ["g2"] = s_lock.AddDays(4) } };
        LoudFrom(s_lock.AddDays(4) + s_patience.LastGame, "game g2 is scheduled",
            View(Closed("g1"), Game("g2", GameStatus.Scheduled, null)) with { Definition = definition });
    }

    [Fact]
    public void A_game_that_never_ends_holds_after_a_day() =>
        LoudFrom(s_lock + s_patience.Running, "game g2 is in_progress and should be over",
            View(Closed("g1"), Game("g2", GameStatus.InProgress, s_lock)));

    [Fact]
    public void A_game_that_is_complete_and_never_closed_holds_after_a_day_whatever_else_runs()
    {
        var view = View(Game("g1", GameStatus.Complete, s_lock), Game("g2", GameStatus.Scheduled, null));
        LoudFrom(s_lock + s_patience.Confirmation, "game g1 is over but not confirmed, for 24 hours", view);
    }

    [Fact]
    public void A_quiet_hold_hides_no_loud_one()
    {
        var open = At(View(Game("g1", GameStatus.Complete, s_lock), Game("g2", GameStatus.Postponed, null)), s_lock.AddHours(1));
        Assert.StartsWith("game g2 is postponed", Loud(open), StringComparison.Ordinal);

        var onItsWay = ("g1", Closed("g1").Facts with { StoredVersions = new Dictionary<string, long> { ["r1"] = 1 } });
        var unboxed = ("g2", Closed("g2").Facts with { State = Build.Game("g2", GameStatus.Closed, box: false) });
        var final = At(View(onItsWay, unboxed) with { State = ContestStates.Complete, LastStepAt = s_lock.AddHours(-2) },
            s_lock.AddMinutes(2));
        Assert.Equal("game g2 has no box to compare its plays with", Loud(final));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_line_that_no_state_names_is_told_of_after_ten_minutes(long stored)
    {
        var named = stored == 1 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["r1"] = 2 };
        var game = new GameFacts(
            Build.Game("g1", GameStatus.Closed, lines: named), s_lock, s_lock, new Dictionary<string, long> { ["r1"] = stored });
        var view = View(("g1", game), Closed("g2")) with { State = ContestStates.Complete, LastStepAt = s_lock.AddHours(-2) };

        var due = s_lock + s_patience.Line;
        Assert.False(At(view, due.AddTicks(-1)).Hold!.Alerts);
        Assert.Equal(due, At(view, due.AddTicks(-1)).WakeAt);
        Loud(At(view, due));
    }

    [Fact]
    public void A_ranking_that_Settlement_never_answers_is_told_of_after_an_hour_and_a_settled_contest_that_is_never_paid_after_weeks()
    {
        var handed = s_lock.AddHours(5);
        var view = View(Closed("g1"), Closed("g2")) with { State = ContestStates.Complete, FinalizedRevision = 1,
            FinalizedAt = handed };
        LoudFrom(handed + s_patience.Result, "revision 1 was handed to Settlement", view);
        LoudFrom(
            handed + s_patience.Payouts, "the contest is settled and not every payout",
            view with { State = ContestStates.Settled, SettledRevision = 1, SettledAt = handed });
    }

    private static void LoudFrom(DateTimeOffset due, string reason, LifecycleView view)
    {
        var before = At(view, due.AddTicks(-1));
        Assert.False(before.Hold?.Alerts ?? false);
        Assert.Equal(due, before.WakeAt);
        Assert.StartsWith(reason, Loud(At(view, due)), StringComparison.Ordinal);
    }

    private static string Loud(LifecycleDecision decision)
    {
        Assert.True(decision.Hold!.Alerts);
        return decision.Hold.Reason;
    }

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    private static (string GameId, GameFacts Facts) Closed(string gameId) =>
        (gameId, new GameFacts(Build.Game(gameId, GameStatus.Closed), s_lock, s_lock, new Dictionary<string, long>()));

    private static (string GameId, GameFacts Facts) Game(string gameId, string status, DateTimeOffset? started) =>
        (gameId, new GameFacts(Build.Game(gameId, status), started, null, new Dictionary<string, long>()));

    private static LifecycleView View(params (string GameId, GameFacts Facts)[] games) =>
        new(Build.Contest(), ContestStates.Live, s_lock, 10, games.ToDictionary(g => g.GameId, g => g.Facts));
}
