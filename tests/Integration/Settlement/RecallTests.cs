using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Npgsql;

namespace ContestPipeline.Integration.Settlement;

/// <summary>A final ranking that is not settled is recalled: the handlers of both workers, what one sends given to the other when
/// a test says so.</summary>
public sealed class RecallTests(PipelineScope pipeline) : IClassFixture<PipelineScope>, IAsyncDisposable
{
    private readonly ScoringRig rig = new(pipeline, new HandClock(Slate.Published));
    private readonly SettlementStage stage = new(pipeline);
    private readonly OutboxPost post = new(pipeline);

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task A_held_contest_is_cancelled_once_Settlement_has_agreed_and_is_never_settled_however_often_all_of_it_comes_again()
    {
        const string Id = "rc-cancel";
        await Held(Id);

        await rig.Command(Cancel(Id));
        await rig.Command(Cancel(Id));
        Assert.Equal("COMPLETE", await rig.State(Id));
        Assert.Empty(await rig.Sent<ContestCancelledV1>(Id));
        Assert.Single((await rig.Sent<RecallRequestedV1>(Id)).Select(r => r.IdempotencyKey).Distinct());

        await ToSettlement(Id);
        await Mend(Id);
        await RunLater();
        Assert.Equal(0, await Results(Id));
        Assert.Equal(0, await OpenAlerts(Id));
        await pipeline.Execute("update settlement.completion set state = 'waiting' where contest_id = @Id", new { Id });
        stage.Pass(SettleJob.HeldCheckEvery);
        var refused = await Assert.ThrowsAsync<PostgresException>(stage.RunJob);
        Assert.Equal((PostgresErrorCodes.CheckViolation, true),
            (refused.SqlState, refused.MessageText.Contains("never settled", StringComparison.Ordinal)));

        for (var time = 0; time < 3; time++)
        {
            await ToScoring(Id);
            await ToSettlement(Id);
            await rig.Tick();
        }

        await RunLater();
        Assert.Equal("CANCELLED", await rig.State(Id));
        Assert.Equal("cancel-rc-cancel", Assert.Single(await rig.Sent<ContestCancelledV1>(Id)).CommandId);
        Assert.Equal(0, await Results(Id));
        Assert.Single((await Answers(Id)).Select(WireJson.Bytes).Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task A_contest_that_is_settled_before_Settlement_is_asked_stays_settled_and_the_command_is_refused()
    {
        const string Id = "rc-late";
        await Completed(Id);
        await rig.Command(Cancel(Id));
        await ToSettlementOf(Id, m => m is not RecallRequestedV1);
        await stage.RunJob();

        await ToSettlement(Id);
        await ToSettlement(Id);
        var answer = Assert.Single((await Answers(Id)).Select(WireJson.Bytes).Select(Convert.ToHexString).Distinct());
        // Its own word on the result is lost, as by a database that went back: the answer says it as well.
        await rig.Recalled(WireJson.Read<RecallAnsweredV1>(Convert.FromHexString(answer)));
        await rig.Tick();

        Assert.Equal("SETTLED", await rig.State(Id));
        Assert.Empty(await rig.Sent<ContestCancelledV1>(Id));
        Assert.Equal((Reasons.ContestOver, "cancel-rc-late"),
            ((await rig.Sent<CommandRejectedV1>(Id)).Single().ReasonCode,
                (await rig.Sent<CommandRejectedV1>(Id)).Single().CommandId));
        Assert.Equal(1, await Results(Id));
        await rig.Command(Cancel(Id) with { CommandId = "cancel-again" });
        Assert.Equal(Reasons.ContestOver, (await rig.Sent<CommandRejectedV1>(Id))[^1].ReasonCode);
    }

    [Fact]
    public async Task A_retry_has_the_ranking_made_anew_and_the_one_before_is_dropped_for_good()
    {
        const string Id = "rc-retry";
        await Held(Id);
        await Mend(Id);

        await rig.Command(new RetrySettlementV1("retry-1", Id, "mended", "ops"));
        await ToSettlement(Id);
        await ToScoring(Id);
        await ToScoring(Id);
        await rig.Tick();
        Assert.Equal([null, 2], (await rig.Sent<ContestFinalizedV1>(Id)).Select(f => f.Attempt));
        Assert.Equal([1, 1], (await rig.Sent<ContestFinalizedV1>(Id)).Select(f => f.Revision));
        await ToSettlement(Id);
        await RunLater();

        Assert.Equal(1, await Results(Id));
        Assert.Equal(await Recomputed(Id),
            await pipeline.Scalar<string>("select digest from settlement.result where contest_id = @Id", new { Id }));
        Assert.Equal("retry-1 retry 1 1 mended ops", await pipeline.Scalar<string>(
            "select request_id || ' ' || purpose || ' ' || revision || ' ' || attempt || ' ' || reason || ' ' || issued_by "
                + "from settlement.recall where contest_id = @Id", new { Id }));
        Assert.Equal(0, await OpenAlerts(Id));
        await ToScoring(Id);
        await ToSettlement(Id);
        await RunLater();
        await rig.Tick();
        Assert.Equal("SETTLED", await rig.State(Id));
        Assert.Equal((1, 2), (await Results(Id), (await rig.Sent<ContestFinalizedV1>(Id)).Count));
        await rig.Command(new RetrySettlementV1("retry-2", Id, "again", "ops"));
        Assert.Equal(Reasons.NothingUnsettled, (await rig.Sent<CommandRejectedV1>(Id))[^1].ReasonCode);
    }

    [Fact]
    public async Task A_correction_takes_the_place_of_a_ranking_that_is_not_settled_for_an_hour()
    {
        const string Id = "rc-correct";
        await Held(Id);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(20);
        var corrected = Slate.Line(Id, 0, 2, 90, rig.Clock.Now);
        await rig.Lines(
            corrected, Slate.Game($"{Id}-g1", 3, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = 2 }));
        await stage.Deliver(corrected);
        await rig.Tick();
        Assert.Empty(await rig.Sent<RecallRequestedV1>(Id));

        rig.Clock.Now = rig.Clock.Now.AddHours(1);
        await rig.Tick();
        rig.Clock.Now = rig.Clock.Now.AddHours(1);
        await rig.Tick();
        Assert.Equal(RecallPurposes.Correction, Assert.Single(await rig.Sent<RecallRequestedV1>(Id)).Purpose);
        await ToSettlement(Id);
        await ToScoring(Id);
        await rig.Tick();
        await ToSettlement(Id);
        await RunLater();

        var final = (await rig.Sent<ContestFinalizedV1>(Id))[^1];
        Assert.Equal((1, 2, 2L), (final.Revision, final.Attempt, final.Games[0].LineVersions["a0"]));
        Assert.Equal(1, await Results(Id));
        Assert.Equal(
            Slate.Points(0, new Dictionary<int, long> { [0] = 90 }, 0),
            await pipeline.Scalar<long>("select points from settlement.award where contest_id = @Id", new { Id }));
    }

    [Fact]
    public async Task A_cancellation_that_overtakes_a_retry_bars_the_attempt_that_the_retry_makes()
    {
        const string Id = "rc-both";
        await Held(Id);
        await rig.Command(new RetrySettlementV1("retry-both", Id, "mended", "ops"), Cancel(Id));
        await ToSettlement(Id);
        var answers = (await Answers(Id)).ToArray();
        Assert.Equal([RecallPurposes.Retry, RecallPurposes.Cancel], answers.Select(a => a.Purpose));

        await rig.Recalled(answers[0]);
        await rig.Tick();
        Assert.Equal(2, (await rig.Sent<ContestFinalizedV1>(Id)).Count);
        await ToSettlement(Id);
        await RunLater();
        await rig.Recalled(answers[1]);
        await rig.Recalled(answers[0]);
        await rig.Tick();
        await ToSettlement(Id);
        await RunLater();

        Assert.Equal("CANCELLED", await rig.State(Id));
        Assert.Equal((0, 2), (await Results(Id), (await rig.Sent<ContestFinalizedV1>(Id)).Count));
    }

    [Fact]
    public async Task Settled_and_recalled_at_the_same_moment_one_of_the_two_happens()
    {
        var ids = Enumerable.Range(0, 12).Select(n => $"rc-race-{n}").ToArray();
        foreach (var id in ids)
        {
            await Completed(id);
            await rig.Command(Cancel(id));
            await ToSettlementOf(id, m => m is not RecallRequestedV1);
        }

        var asked = (await Task.WhenAll(ids.Select(rig.Sent<RecallRequestedV1>))).SelectMany(r => r).ToArray();
        await Task.WhenAll(stage.RunJob(), stage.RunJob(), Task.Run(async () =>
        {
            foreach (var request in asked.Reverse()) await stage.Deliver(request);
        }));
        await RunLater();

        foreach (var id in ids) Assert.Equal(Assert.Single(await Answers(id)).SettledAt is null ? 0 : 1, await Results(id));
    }

    private static CancelContestV1 Cancel(string id) => new($"cancel-{id}", id, "storm", "ops");

    /// <summary>Complete at Scoring, handed to Settlement, which holds it because its copy of a line is another.</summary>
    private async Task Held(string id)
    {
        await Completed(id);
        await ToSettlement(id);
        await pipeline.Execute(
            "update settlement.line set stats = replace(stats, '50', '51') where game_id = @id || '-g1'", new { id });
        await stage.RunJob();
        Assert.Equal(
            "held", await pipeline.Scalar<string>("select state from settlement.completion where contest_id = @id", new { id }));
        Assert.Equal(0, await Results(id));
    }

    private Task Mend(string id) =>
        pipeline.Execute(
            "update settlement.line set stats = replace(stats, '51', '50') where game_id = @id || '-g1'", new { id });

    private async Task Completed(string id)
    {
        rig.Clock.Now = Slate.Published;
        await rig.Command(Slate.Create(id), Slate.Submit(id, 1, 0, 1, 2, 3), Slate.Submit(id, 2, 4, 5, 6, 7));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(id);
        var line = Slate.Line(id, 0, 1, 50, rig.Clock.Now);
        await rig.Lines(line);
        await stage.Deliver(line);
        await rig.Close(id, new() { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        Assert.Single(await rig.Sent<ContestFinalizedV1>(id));
    }

    private Task ToSettlement(string id) => post.ToSettlement(id, stage, _ => true);

    private Task ToSettlementOf(string id, Func<IMessage, bool> which) => post.ToSettlement(id, stage, which);

    private Task ToScoring(string id) => post.ToScoring(id, rig);

    private async Task<IEnumerable<RecallAnsweredV1>> Answers(string id) =>
        (await post.Sent("settlement", Topics.Results, id)).OfType<RecallAnsweredV1>();

    private async Task RunLater()
    {
        stage.Pass(SettleJob.HeldCheckEvery);
        await stage.RunJob();
    }

    private async Task<int> Results(string id) =>
        (int)await pipeline.Scalar<long>("select count(*) from settlement.result where contest_id = @id", new { id });

    private Task<long> OpenAlerts(string id) =>
        pipeline.Scalar<long>(
            "select count(*) from settlement.alert_raised where resolved_at is null and dedup_key like 'settlement-%/' || @id "
                + "|| '/%'", new { id });

    /// <summary>As <c>contestctl verify</c> does, from the messages of all attempts.</summary>
    private async Task<string> Recomputed(string id)
    {
        var copy = new ContestCopy(id);
        foreach (var message in await post.Sent("scoring", Topics.ContestEvents, id)) copy.Apply(message);
        copy.Apply(Slate.Line(id, 0, 1, 50, Slate.Lock));
        Assert.Empty(copy.Missing());
        var result = copy.Settle();
        Assert.Null(copy.DifferenceFromScoring(result));
        return result.Digest;
    }
}
