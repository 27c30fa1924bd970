using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Scoring's database went back, and what it had read and lost is read again, hours later.</summary>
public sealed class RestoredScoringTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    public async ValueTask InitializeAsync() => await ReadAll();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_entry_that_was_in_time_is_taken_when_it_is_read_again_after_the_lock_and_no_contest_locks_before()
    {
        const string Id = "read-again";
        await rig.Command(Slate.Create(Id));
        rig.Clock.Now = Slate.Lock.AddHours(1);
        await WentBack();
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, Slate.Lock.AddMinutes(1)));
        await rig.Tick();
        Assert.Equal(ContestStates.Scheduled, await rig.State(Id));

        rig.SentAt = Slate.Lock.AddMinutes(-1);
        await rig.Command(Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.SentAt = Slate.Lock.AddMinutes(2);
        await rig.Command(Slate.Submit(Id, 2, 0, 1, 2, 3));
        rig.SentAt = null;
        await ReadAll();
        await rig.Tick();

        Assert.Equal(ContestStates.Live, await rig.State(Id));
        var accepted = Assert.Single(await rig.Sent<EntryAcceptedV1>(Id));
        Assert.Equal(("e1", Slate.Lock.AddMinutes(-1)), (accepted.EntryId, accepted.AcceptedAt));
        Assert.Equal(Reasons.ContestLocked, Assert.Single(await rig.Sent<CommandRejectedV1>(Id)).ReasonCode);
    }

    [Fact]
    public async Task A_result_that_is_read_again_before_its_ranking_is_made_again_counts_once_it_is()
    {
        const string Id = "result-first";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await WentBack();
        await rig.Settled(new ContestSettledV1(Id, 1, "d", "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "d", rig.Clock.Now));
        await rig.Paid(new ContestPaidV1(Id, 1, 1, 1, 0, 0, rig.Clock.Now));
        await ReadAll();

        await rig.Close(Id, []);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Equal(ContestStates.Paid, await rig.State(Id));
        Assert.Equal(0, await scope.Scalar<long>(
            "select count(*) from scoring.alert_raised where resolved_at is null and dedup_key like '%-not-final/result-first/1'"));
    }

    [Fact]
    public async Task A_result_that_comes_when_all_is_read_again_and_the_ranking_is_not_made_yet_counts_once_it_is()
    {
        const string Id = "result-between";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await WentBack();
        await rig.Settled(new ContestSettledV1(Id, 1, "d", "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "d", rig.Clock.Now));
        await ReadAll();
        await rig.Paid(new ContestPaidV1(Id, 1, 1, 1, 0, 0, rig.Clock.Now));

        await rig.Close(Id, []);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Equal(ContestStates.Paid, await rig.State(Id));
    }

    [Fact]
    public async Task A_result_without_a_ranking_is_not_kept_while_nothing_is_read_again()
    {
        await rig.Settled(
            new ContestSettledV1("nobodys", 1, "d", "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "d", rig.Clock.Now));

        Assert.Equal(0, await scope.Scalar<long>("select count(*) from scoring.early_result"));
    }

    private Task WentBack() => scope.Execute(
        "insert into scoring.handled_offset (topic, partition, epoch, next_offset, handled_at, again_until) values "
            + "('contest.commands.v1', 0, 1, 0, now(), 5)");

    private Task ReadAll() => scope.Execute("delete from scoring.handled_offset");
}
