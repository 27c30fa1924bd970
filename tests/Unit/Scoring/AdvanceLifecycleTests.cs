using ContestPipeline.Contracts;
using ContestPipeline.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Scoring;

/// <summary>The lifecycle table.</summary>
public sealed class AdvanceLifecycleTests
{
    private static readonly DateTimeOffset s_lock = Build.Lock;
    private static readonly IReadOnlyDictionary<string, long> s_none = new Dictionary<string, long>();

    [Fact]
    public void A_contest_locks_at_its_lock_time_and_not_before()
    {
        Assert.Empty(At(View(), s_lock.AddTicks(-1)).Steps);
        Assert.Equal([new LifecycleStepV1("LOCKED", s_lock, "lock time reached")], At(View(), s_lock).Steps);
        Assert.Equal(s_lock, At(View(), s_lock.AddHours(-1)).WakeAt);
    }

    [Fact]
    public void A_game_that_starts_early_locks_the_contest_and_makes_it_live()
    {
        var start = s_lock.AddMinutes(-5);
        var decision = At(View(Game("g2", GameStatus.InProgress, start)), start);

        Assert.Equal([("LOCKED", start), ("LIVE", start)], decision.Steps.Select(s => (s.State, s.At)));
        Assert.Equal("game g2 started before the lock time", decision.Steps[0].Cause);
    }

    [Fact]
    public void A_start_that_a_faster_clock_has_told_is_waited_for()
    {
        var (start, view) = (s_lock.AddMinutes(1), View(Game("g1", GameStatus.InProgress, s_lock.AddMinutes(1))));
        var early = At(view, start.AddSeconds(-30));
        Assert.Equal(("LOCKED", start), (Assert.Single(early.Steps).State, early.WakeAt));
        Assert.Equal(["LOCKED", "LIVE"], At(view, start).Steps.Select(s => s.State));
    }

    [Fact]
    public void A_worker_that_wakes_up_late_walks_through_every_state_with_its_own_time_and_cause()
    {
        var view = View(Game("g1", GameStatus.Closed, s_lock.AddMinutes(1), s_lock.AddHours(3)),
            Game("g2", GameStatus.Closed, s_lock.AddMinutes(2), s_lock.AddHours(4)));

        var decision = At(view, s_lock.AddDays(3));

        Assert.Equal(
            [("LOCKED", s_lock), ("LIVE", s_lock.AddMinutes(1)), ("COMPLETE", s_lock.AddHours(4))],
            decision.Steps.Select(s => (s.State, s.At)));
        Assert.Equal(
            ["lock time reached", "game g1 is under way", "every game is confirmed"], decision.Steps.Select(s => s.Cause));
        Assert.True(decision.Finalize);
    }

    [Fact]
    public void Too_few_entries_cancel_a_contest_whose_pool_is_not_guaranteed()
    {
        var definition = Build.Contest(minEntries: 3, guaranteed: null);
        Assert.Equal("CANCELLED", Assert.Single(At(View(definition) with { EntryCount = 2 }, s_lock).Steps).State);
        Assert.Equal("LOCKED", Assert.Single(At(View(definition) with { EntryCount = 3 }, s_lock).Steps).State);
        Assert.Equal("LOCKED", Assert.Single(At(View(Build.Contest(minEntries: 3)) with { EntryCount = 2 }, s_lock).Steps).State);
    }

    [Fact]
    public void Over_but_unconfirmed_is_not_complete_and_the_hold_names_the_game()
    {
        var decision = At(View(Closed("g1"), Game("g2", GameStatus.Complete, s_lock)), s_lock.AddHours(20));

        Assert.Equal("LIVE", decision.Steps[^1].State);
        Assert.Equal("game g2 is over but not confirmed", decision.Hold!.Reason);
    }

    [Fact]
    public void A_postponed_game_is_ruled_out_only_when_the_scoring_period_ends()
    {
        var end = s_lock.AddDays(2);
        var view = View(Build.Contest(scoringEnds: end), Closed("g1"), Game("g2", GameStatus.Postponed, null));

        var before = At(view, end.AddSeconds(-1));
        Assert.Equal("LIVE", before.Steps[^1].State);
        Assert.Contains("game g2 is postponed", before.Hold!.Reason);
        Assert.Equal(end, before.WakeAt);

        var after = At(view, end);
        Assert.Equal(("COMPLETE", end), (after.Steps[^1].State, after.Steps[^1].At));
        Assert.True(At(view, end.AddSeconds(60)).Finalize);
    }

    [Fact]
    public void A_cancelled_game_is_ruled_out_and_the_rest_counts()
    {
        var decision = At(View(Closed("g1"), Game("g2", GameStatus.Cancelled, null)), s_lock.AddDays(1));

        Assert.Equal("every game is confirmed or ruled out (1)", decision.Steps[^1].Cause);
        Assert.True(decision.Finalize);
    }

    [Fact]
    public void When_no_game_was_played_at_all_the_contest_is_held_before_live()
    {
        var decision = At(
            View(Game("g1", GameStatus.Cancelled, null), Game("g2", GameStatus.Cancelled, null)), s_lock.AddDays(1));

        Assert.Equal("LOCKED", decision.Steps[^1].State);
        Assert.True(decision.Hold!.Alerts);
    }

    [Fact]
    public void The_correction_window_runs_from_the_last_confirmation()
    {
        var view = View(Closed("g1"), Closed("g2", s_lock.AddHours(5)));
        var waiting = At(view, s_lock.AddHours(5).AddSeconds(59));

        Assert.Equal((false, s_lock.AddHours(5).AddSeconds(60)), (waiting.Finalize, waiting.WakeAt));
        Assert.True(At(view, s_lock.AddHours(5).AddSeconds(60)).Finalize);
    }

    public static TheoryData<string, string> Faults() => new()
    {
        { "incomplete", "game g2 is incomplete; missing sequence numbers 7" },
        { "no box", "game g2 has no box to compare its plays with" },
        { "difference", "game g2, athlete r1, stat rush_yds: the plays say 12, the box says 10, the tolerance is 1" },
        { "reopened", "game g2 was confirmed and is now in_progress" },
        { "line missing",
            "game g2, athlete r1: line version 4 is named, 0 is stored; the rest has not come for 10 minutes, is it parked?" },
        { "line unnamed", "game g2, athlete r3: a line is stored that the game does not name, for 10 minutes" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Incomplete_or_contradictory_data_hold_a_complete_contest_and_are_named(string fault, string expected)
    {
        var state = fault switch
        {
            "incomplete" => Build.Game("g2", GameStatus.Closed, incomplete: true),
            "no box" => Build.Game("g2", GameStatus.Closed, box: false),
            "difference" =>
                Build.Game("g2", GameStatus.Closed,
                    differences: [new StatDifferenceV1("q1", "pass_yds", 1, 2), new StatDifferenceV1("r1", "rush_yds", 12, 10)]),
            "reopened" => Build.Game("g2", GameStatus.InProgress),
            "line missing" => Build.Game("g2", GameStatus.Closed, lines: new Dictionary<string, long> { ["r1"] = 4 }),
            _ => Build.Game("g2", GameStatus.Closed),
        };
        var stored = fault == "line unnamed" ? new Dictionary<string, long> { ["r3"] = 1 } : s_none;
        var view = View(Build.Contest(tolerance: 1), Closed("g1"),
            ("g2", new GameFacts(state, s_lock, s_lock, stored))) with { State = ContestStates.Complete };

        var decision = At(view, s_lock.AddDays(1));

        Assert.Empty(decision.Steps);
        Assert.False(decision.Finalize);
        Assert.Equal(expected, decision.Hold!.Reason);
    }

    [Fact]
    public void Settled_and_paid_are_reached_in_turn_from_facts_of_the_other_workers()
    {
        var view = View(Closed("g1"), Closed("g2")) with
        {
            State = ContestStates.Complete, FinalizedRevision = 1, SettledAt = s_lock.AddDays(1), PaidAt = s_lock.AddDays(2),
        };

        Assert.Equal(["SETTLED", "PAID"], At(view, s_lock.AddDays(3)).Steps.Select(s => s.State));
        Assert.Empty(At(view with { FinalizedRevision = null, SettledAt = null }, s_lock).Steps);
    }

    [Theory]
    [InlineData("SCHEDULED", true)]
    [InlineData("LOCKED", true)]
    [InlineData("LIVE", true)]
    [InlineData("COMPLETE", true)]
    [InlineData("SETTLED", false)]
    [InlineData("PAID", false)]
    [InlineData("CANCELLED", false)]
    public void An_administrator_cancels_from_any_state_before_settled(string state, bool may)
    {
        var decision = AdvanceLifecycle.Decide(
            View() with { State = state }, new LifecycleFact.CancelRequested(s_lock.AddHours(-1), "storm", "ops"));

        Assert.Equal(may, decision.Steps.Any(s => s.State == "CANCELLED"));
    }

    [Fact]
    public void Nothing_is_cancelled_once_Settlement_was_told_to_compute()
    {
        var view = View() with { State = ContestStates.Complete, FinalizedRevision = 1 };
        Assert.Empty(AdvanceLifecycle.Decide(view, new LifecycleFact.CancelRequested(s_lock, "storm", "ops")).Steps);
    }

    [Fact]
    public void Whatever_the_facts_no_state_is_skipped_and_time_never_runs_back() =>
        Prop.ForAll(Views().ToArbitrary(), Walks).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static void Walks((LifecycleView View, DateTimeOffset Now, bool Cancel) seen)
    {
        LifecycleFact fact = seen.Cancel
            ? new LifecycleFact.CancelRequested(seen.Now, "why", "who") : new LifecycleFact.TimeIs(seen.Now);
        var decision = AdvanceLifecycle.Decide(seen.View, fact);

        string[] order = ["SCHEDULED", "LOCKED", "LIVE", "COMPLETE", "SETTLED", "PAID"];
        var (state, at) = (seen.View.State, seen.View.LastStepAt);
        foreach (var step in decision.Steps)
        {
            if (step.State == "CANCELLED") Assert.DoesNotContain(state, (string[])["SETTLED", "PAID", "CANCELLED"]);
            else Assert.Equal(Array.IndexOf(order, state) + 1, Array.IndexOf(order, step.State));
            Assert.True(step.At >= at);
            Assert.NotEmpty(step.Cause);
            (state, at) = (step.State, step.At);
        }

        Assert.True(!decision.Finalize || (state == "COMPLETE" && decision.Hold is null));
        Assert.True(decision.WakeAt is null || decision.WakeAt > seen.Now || state == "SCHEDULED");
        Assert.Empty(
            AdvanceLifecycle.Decide(seen.View with { State = state, LastStepAt = at }, new LifecycleFact.TimeIs(seen.Now)).Steps);
    }

    private static Gen<(LifecycleView, DateTimeOffset, bool)> Views() =>
        from state in Gen.Elements("SCHEDULED", "LOCKED", "LIVE", "COMPLETE", "SETTLED", "PAID", "CANCELLED")
        from first in Games("g1")
        from second in Games("g2")
        from nowMinutes in Gen.Choose(-300, 3_000)
        from entries in Gen.Choose(0, 4)
        from guaranteed in Gen.Elements<long?>(null, 500)
        from ends in Gen.Elements<DateTimeOffset?>(null, s_lock.AddMinutes(600))
        from finalized in Gen.Elements<int?>(null, 1)
        from settled in Gen.Elements<DateTimeOffset?>(null, s_lock.AddMinutes(1_000))
        from paid in Gen.Elements<DateTimeOffset?>(null, s_lock.AddMinutes(2_000))
        from cancel in Gen.Elements(false, false, true)
        select (new LifecycleView(
            Build.Contest(minEntries: 2, guaranteed: guaranteed, scoringEnds: ends), state, s_lock.AddDays(-1), entries,
            first.Concat(second).ToDictionary(), finalized, settled, paid), s_lock.AddMinutes(nowMinutes), cancel);

    private static Gen<KeyValuePair<string, GameFacts>[]> Games(string gameId) =>
        from known in Gen.Choose(0, 9)
        from status in Gen.Elements<string>([.. GameStatus.All])
        from startMinutes in Gen.Choose(-30, 600)
        from lengthMinutes in Gen.Choose(1, 600)
        from incomplete in Gen.Elements(false, false, true)
        let start = s_lock.AddMinutes(startMinutes)
        let started = status is "in_progress" or "complete" or "closed" or "suspended"
        select known == 0 ? [] : new[]
        {
            KeyValuePair.Create(gameId, new GameFacts(
                Build.Game(gameId, status, incomplete, at: start), started ? start : null,
                status == "closed" ? start.AddMinutes(lengthMinutes) : null, s_none)),
        };

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    private static LifecycleView View(params (string, GameFacts)[] games) => View(Build.Contest(), games);

    private static LifecycleView View(ContestDefinitionV1 definition, params (string Id, GameFacts Facts)[] games) =>
        new(definition, ContestStates.Scheduled, s_lock.AddDays(-1), 10, games.ToDictionary(g => g.Id, g => g.Facts));

    private static (string, GameFacts) Closed(string gameId, DateTimeOffset? at = null) =>
        Game(gameId, GameStatus.Closed, s_lock, at ?? s_lock.AddHours(3));

    private static (string, GameFacts) Game(
        string gameId, string status, DateTimeOffset? started, DateTimeOffset? confirmed = null) =>
        (gameId, new GameFacts(Build.Game(gameId, status), started, confirmed, s_none));
}
