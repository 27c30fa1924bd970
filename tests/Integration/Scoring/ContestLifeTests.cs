using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Npgsql;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A contest's life over the real tables.</summary>
public sealed class ContestLifeTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_contest_that_cannot_go_on_does_not_keep_the_others_waiting()
    {
        await rig.Command(Slate.Create("life-a-bad"), Slate.Create("life-b-good"));
        await scope.Execute(
            "alter table scoring.contest add constraint bad check (contest_id <> 'life-a-bad' or state <> 'LOCKED') not valid");
        rig.Clock.Now = Slate.Lock.AddSeconds(1);
        await Assert.ThrowsAsync<PostgresException>(rig.Tick);
        await rig.Tick();
        Assert.Equal(("SCHEDULED", "LOCKED"), (await rig.State("life-a-bad"), await rig.State("life-b-good")));

        await scope.Execute("alter table scoring.contest drop constraint bad");
        rig.Clock.Now += FailedKeys.PassedOverFor;
        await rig.Tick();
        Assert.Equal("LOCKED", await rig.State("life-a-bad"));
    }

    [Fact]
    public async Task From_create_to_paid_no_state_is_skipped_and_the_final_ranking_is_exact()
    {
        const string Id = "life";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Submit(Id, 2, 3, 2, 1, 0),
            Slate.Submit(Id, 3, 4, 5, 6, 7), Slate.Submit(Id, 4));
        rig.Clock.Now = Slate.Lock.AddSeconds(1);
        await rig.Tick();
        Assert.Equal("LOCKED", await rig.State(Id));

        await rig.Start(Id);
        Assert.Equal("LIVE", await rig.State(Id));
        await rig.Lines(Slate.Line(Id, 0, 1, 40, rig.Clock.Now), Slate.Line(Id, 0, 3, 50, rig.Clock.Now),
            Slate.Line(Id, 0, 2, 45, rig.Clock.Now), Slate.Line(Id, 4, 1, 10, rig.Clock.Now));
        await rig.Close(Id, new() { ["a0"] = 3, ["a4"] = 1 });
        Assert.Equal("COMPLETE", await rig.State(Id));
        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));

        rig.Clock.Now = rig.Clock.Now.AddSeconds(60);
        await rig.Tick();

        var yards = new Dictionary<int, long> { [0] = 50, [4] = 10 };
        var expected = FinalRanking.Groups(
        [
            ("e1", Slate.Points(0, yards, 0)), ("e2", Slate.Points(0, yards, 3)), ("e3", Slate.Points(4, yards, 0)), ("e4", 0),
        ]);
        Assert.Equal(expected, Assert.Single(await rig.Sent<RankingChunkV1>(Id)).Groups);
        var final = Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Equal((4, 1, 1), (final.EntryCount, final.Revision, final.RankingChunks));
        Assert.Equal(CanonicalHash.Of(Slate.Create(Id).Definition), final.DefinitionHash);
        Assert.Equal(
            EntryHash.Of((await rig.Sent<EntryAcceptedV1>(Id)).OrderBy(e => e.EntryId, StringComparer.Ordinal)
                .Select(e => (e.EntryId, e.PlayerId, e.AcceptanceNo, e.AthleteIds))),
            final.EntryHash);
        Assert.Equal([3L, 1L], final.Games[0].LineVersions.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value));

        await rig.Settled(new ContestSettledV1(
            Id, 1, "", "usd", 4, 0, 0, 100_000, 100_000, 0, 100_000, 0, 100_000, 0, 1, 1, "", rig.Clock.Now));
        await rig.Paid(new ContestPaidV1(Id, 1, 1, 1, 0, 0, rig.Clock.Now));
        await rig.Tick();

        var life = await rig.Sent<LifecycleV1>(Id);
        Assert.Equal(["SCHEDULED", "LOCKED", "LIVE", "COMPLETE", "SETTLED", "PAID"], life.Select(l => l.State));
        Assert.Equal(Enumerable.Range(1, 6).Select(v => (long)v), life.Select(l => l.Version));
        Assert.Equal(life.Select(l => l.State), life[^1].Steps.Select(s => s.State));
    }

    [Fact]
    public async Task A_line_that_comes_after_the_confirmation_because_its_key_was_parked_lets_its_contest_go_on()
    {
        const string Id = "parked";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddSeconds(1);
        await rig.Tick();
        await rig.Start(Id);
        await rig.Close(Id, new() { ["a0"] = 2 });
        rig.Clock.Now = rig.Clock.Now.AddSeconds(60);
        await rig.Tick();
        Assert.EndsWith("line version 2 is named, 0 is stored; the rest is on its way",
            (await rig.Sent<LifecycleV1>(Id))[^1].Hold, StringComparison.Ordinal);

        rig.Clock.Now = rig.Clock.Now.AddMinutes(10);
        await rig.Tick();
        var told = Assert.Single(await rig.Sent<AlertRaisedV1>($"contest-held/{Id}/6"));
        Assert.EndsWith("line version 2 is named, 0 is stored; the rest has not come for 10 minutes, is it parked?", told.Cause,
            StringComparison.Ordinal);

        await rig.Lines(Slate.Line(Id, 0, 1, 40, rig.Clock.Now));
        await rig.Tick();
        Assert.Equal("COMPLETE", await rig.State(Id));
        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));

        await rig.Lines(Slate.Line(Id, 0, 2, 50, rig.Clock.Now));
        await rig.Tick();
        Assert.Equal(2, Assert.Single(await rig.Sent<ContestFinalizedV1>(Id)).Games[0].LineVersions["a0"]);
        Assert.Null((await rig.Sent<LifecycleV1>(Id))[^1].Hold);
    }

    /// <summary>An operator gave the message up that a game is under way, and replayed it when the game was cancelled.</summary>
    [Fact]
    public async Task A_state_that_comes_after_a_newer_one_still_tells_that_its_game_was_under_way()
    {
        const string Id = "overtaken";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddHours(2);
        await rig.Lines(Slate.Game($"{Id}-g1", 2, GameStatus.Cancelled, Slate.Lock.AddHours(1)),
            Slate.Game($"{Id}-g2", 1, GameStatus.Cancelled, Slate.Lock.AddHours(1)));
        await rig.Tick();
        Assert.EndsWith("none was played; the contest can only be cancelled", (await rig.Sent<LifecycleV1>(Id))[^1].Hold,
            StringComparison.Ordinal);

        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, Slate.Lock.AddMinutes(5)));
        await rig.Tick();

        var end = (await rig.Sent<LifecycleV1>(Id))[^1];
        Assert.Equal((ContestStates.Complete, null), (end.State, end.Hold));
        Assert.Equal(Slate.Lock.AddMinutes(5), Assert.Single(end.Steps, step => step.State == ContestStates.Live).At);
        Assert.All(Assert.Single(await rig.Sent<ContestFinalizedV1>(Id)).Games, game => Assert.True(game.RuledOut));
    }

    [Fact]
    public async Task A_worker_that_was_away_all_day_walks_every_state_when_it_comes_back()
    {
        const string Id = "away";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddHours(1);
        await rig.Lines(
            Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, Slate.Lock.AddMinutes(1)),
            Slate.Game($"{Id}-g2", 1, GameStatus.InProgress, Slate.Lock.AddMinutes(2)),
            Slate.Game($"{Id}-g1", 2, GameStatus.Closed, Slate.Lock.AddHours(3), new Dictionary<string, long>()),
            Slate.Game($"{Id}-g2", 2, GameStatus.Closed, Slate.Lock.AddHours(4), new Dictionary<string, long>()));

        var back = new ScoringRig(scope, new HandClock(Slate.Lock.AddDays(1)));
        await back.Tick();

        var life = (await back.Sent<LifecycleV1>(Id))[^1];
        Assert.Equal(
            [("SCHEDULED", Slate.Published), ("LOCKED", Slate.Lock), ("LIVE", Slate.Lock.AddMinutes(1)),
                ("COMPLETE", Slate.Lock.AddHours(4))],
            life.Steps.Select(s => (s.State, s.At)));
        Assert.Single(await back.Sent<ContestFinalizedV1>(Id));
        await new ScoringRig(scope, back.Clock).Tick();
        Assert.Single(await back.Sent<ContestFinalizedV1>(Id));
    }

    [Fact]
    public async Task Plays_that_differ_from_the_box_hold_the_contest_by_name_and_a_correction_lets_it_go_on()
    {
        const string Id = "differs";
        await rig.Command(Slate.Create(Id, tolerance: 2), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await rig.Lines(Slate.Line(Id, 0, 1, 40, rig.Clock.Now));
        await rig.Close(Id, new() { ["a0"] = 1 }, [new StatDifferenceV1("a0", "rush_yds", 40, 43)]);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));
        const string Reason = "game differs-g1, athlete a0, stat rush_yds: the plays say 40, the box says 43, the tolerance is 2";
        Assert.Equal(Reason, (await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Equal(1,
            await scope.Scalar<long>(
                "select count(*) from scoring.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like "
                    + "'%contest-held%differs%'"));

        await rig.Lines(Slate.Line(Id, 0, 2, 43, rig.Clock.Now),
            Slate.Game($"{Id}-g1", 9, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = 2 }));
        await rig.Tick();

        Assert.Null((await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Equal(2, Assert.Single(await rig.Sent<ContestFinalizedV1>(Id)).Games[0].LineVersions["a0"]);
    }

    [Fact]
    public async Task Figures_out_of_range_hold_their_contest_by_name_and_stop_neither_other_contests_nor_live_standings()
    {
        const string Id = "absurd", Other = "sound";
        await rig.Command(
            Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Create(Other), Slate.Submit(Other, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await rig.Start(Other);
        await rig.Lines(Slate.Line(Id, 0, 1, long.MaxValue / 2, rig.Clock.Now), Slate.Line(Id, 2, 1, 2_000_000, rig.Clock.Now),
            Slate.Line(Other, 0, 1, 50, rig.Clock.Now));
        await rig.PublishStandings();
        await rig.Close(Id, new() { ["a0"] = 1, ["a2"] = 1 });
        await rig.Close(Other, new() { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Single(await rig.Sent<ContestFinalizedV1>(Other));
        Assert.Single(await rig.Sent<StandingsV1>(Other));
        Assert.Equal(
            "game absurd-g1, athlete a0: the points of line version 1 are out of range, its figures cannot be right",
            (await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Equal(1,
            await scope.Scalar<long>(
                "select count(*) from scoring.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like "
                    + "'%contest-held%absurd%'"));

        await rig.Lines(
            Slate.Line(Id, 0, 2, 50, rig.Clock.Now), Slate.Line(Id, 2, 2, 20, rig.Clock.Now),
            Slate.Game($"{Id}-g1", 9, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = 2, ["a2"] = 2 }));
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Null((await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Equal(2, Assert.Single(await rig.Sent<ContestFinalizedV1>(Id)).Games[0].LineVersions["a0"]);
    }

    [Fact]
    public async Task A_correction_after_the_final_ranking_changes_nothing_and_alerts_once()
    {
        const string Id = "late";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await rig.Close(Id, []);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));

        for (var version = 10; version < 13; version++)
        {
            await rig.Lines(Slate.Line(Id, 0, version, 99, rig.Clock.Now),
                Slate.Game(
                    $"{Id}-g1", version, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = version }));
            await rig.Tick();
        }

        Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Equal(1,
            await scope.Scalar<long>(
                "select count(*) from scoring.alert_raised where dedup_key = 'late-correction/late/late-g1'"));
    }

    [Fact]
    public async Task Two_workers_at_the_timers_take_each_step_once()
    {
        var ids = Enumerable.Range(0, 30).Select(i => $"timers{i}").ToArray();
        foreach (var id in ids) await rig.Command(Slate.Create(id));
        var late = new HandClock(Slate.Lock.AddHours(1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new ScoringRig(scope, late).Tick())));

        foreach (var id in ids) Assert.Equal(["SCHEDULED", "LOCKED"], (await rig.Sent<LifecycleV1>(id)).Select(l => l.State));
    }
}
