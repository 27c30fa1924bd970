using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>From when on a game of which the feed says nothing, or that does not begin, holds its contest.</summary>
public sealed class UnnamedGameTests
{
    private static readonly DateTimeOffset s_lock = Build.Lock;

    [Fact]
    public void It_holds_a_contest_of_which_no_game_began_for_hours_after_its_lock() =>
        HoldsFrom(s_lock + HoldPatience.Default.FirstGame, View(null, ContestStates.Locked, GameStatus.Scheduled));

    [Fact]
    public void It_holds_a_contest_that_is_under_way_only_after_the_longest_slate_and_whatever_else_is_played() =>
        HoldsFrom(s_lock + HoldPatience.Default.LastGame, View(null, ContestStates.Live, GameStatus.Closed));

    [Fact]
    public void It_holds_a_contest_once_the_scoring_period_is_over() =>
        HoldsFrom(s_lock.AddDays(1), View(s_lock.AddDays(1), ContestStates.Live, GameStatus.Closed));

    [Fact]
    public void Later_than_that_the_contest_is_woken_for_the_end_of_the_scoring_period_as_ever()
    {
        var view = View(s_lock.AddDays(2), ContestStates.Locked, GameStatus.Scheduled);
        Assert.Equal(s_lock.AddDays(2), At(view, s_lock + HoldPatience.Default.FirstGame).WakeAt);
    }

    [Theory]
    [InlineData(GameStatus.Scheduled)]
    [InlineData(GameStatus.Delayed)]
    public void One_that_was_put_off_and_has_not_begun_when_the_scoring_period_ends_holds_it_and_is_not_ruled_out(string status)
    {
        var end = s_lock.AddDays(2);
        var view = View(end, ContestStates.Live, GameStatus.Closed);
        view = view with { Games = new Dictionary<string, GameFacts>(
            view.Games) { ["g2"] = new(Build.Game("g2", status), null, null, new Dictionary<string, long>()) } };

        Assert.Null(At(view, end.AddSeconds(-1)).Hold);
        var after = At(view, end);
        Assert.Empty(after.Steps);
        Assert.StartsWith($"game g2 is {status}, and the scoring period is over", after.Hold!.Reason, StringComparison.Ordinal);
        Assert.True(after.Hold.Alerts);
    }

    private static void HoldsFrom(DateTimeOffset from, LifecycleView view)
    {
        var before = At(view, from.AddTicks(-1));
        Assert.Equal((null, from), (before.Hold, before.WakeAt));
        Assert.Equal(new Hold("nothing is known of game g2", Alerts: true), At(view, from).Hold);
    }

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    /// <summary>The second game is unknown.</summary>
    private static LifecycleView View(DateTimeOffset? scoringEnds, string state, string first)
    {
        DateTimeOffset? started = first == GameStatus.Scheduled ? null : s_lock;
        DateTimeOffset? confirmed = first == GameStatus.Closed ? s_lock.AddHours(3) : null;
        return new LifecycleView(
            Build.Contest(scoringEnds: scoringEnds), state, s_lock, 10,
            new Dictionary<string, GameFacts> { ["g1"] = new(
                Build.Game("g1", first), started, confirmed, new Dictionary<string, long>()) });
    }
}
