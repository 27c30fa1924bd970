using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Recovery;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// A gap that stays open is asked for on a topic of its own, and every alert of a feed ends with what it told of.
/// </summary>
public sealed class RecoveryTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_start = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);
    private readonly SteppedClock clock = new(s_start);
    private readonly GameCache memory = new();
    private readonly SilenceJob silence = new();

    [Fact]
    public async Task What_stays_missing_is_asked_for_after_thirty_seconds_and_again_until_it_comes()
    {
        const string game = "asked";
        await Handle([Play(game, 1), Play(game, 4)]);
        await Ask();
        Assert.Empty(await Requests(game));

        clock.Step(TimeSpan.FromSeconds(31));
        await Ask();
        await Ask();
        clock.Step(TimeSpan.FromSeconds(61));
        await Ask();
        var requests = await Requests(game);
        Assert.Equal([(2L, 4L, 1), (2L, 4L, 2)], requests.Select(r => (r.FromSequence, r.ToSequence, r.Attempt)));
        Assert.Equal([2L, 3L], requests[0].MissingSequences);

        await Handle([Play(game, 2), Play(game, 3)]);
        clock.Step(TimeSpan.FromHours(1));
        await Ask();
        Assert.Equal(2, (await Requests(game)).Count);
        await HasAlerts(game, ["feed-gap/asked/2"], ["feed-gap/asked/2"]);
    }

    [Fact]
    public async Task A_recovery_that_ends_with_unused_numbers_leaves_no_gap()
    {
        const string game = "unused";
        await Handle([Play(game, 1), Play(game, 4), new FeedSnapshotCompleteV1(game, 4, s_start, [2, 3])]);

        Assert.Equal("false", await scope.Scalar<string>(
            "select published::json ->> 'incomplete' from ingestion.game where game_id = @game", new { game }));
        clock.Step(TimeSpan.FromDays(1));
        await Ask();
        Assert.Empty(await Requests(game));
    }

    [Fact]
    public async Task A_recovery_that_leaves_something_out_is_told_of_until_it_comes()
    {
        const string game = "left-out";
        await Handle([Play(game, 1), Play(game, 4)]);
        await Handle([Play(game, 2), new FeedSnapshotCompleteV1(game, 4, s_start), new FeedHeartbeatV1(game, 4, s_start)]);
        clock.Step(TimeSpan.FromDays(1));
        await Ask();
        Assert.Empty(await Requests(game));
        await HasAlerts(game, ["feed-gap/left-out/2", "feed-recovery-incomplete/left-out/2"], []);

        await Handle([Play(game, 3)]);
        await HasAlerts(game, ["feed-gap/left-out/2", "feed-recovery-incomplete/left-out/2"],
            ["feed-gap/left-out/2", "feed-recovery-incomplete/left-out/2"]);
    }

    [Fact]
    public async Task A_refused_end_of_a_recovery_ends_nothing()
    {
        const string game = "refused-end";
        await Handle([Play(game, 1), Play(game, 4)]);
        await Handle([new FeedSnapshotCompleteV1(game, 4, s_start, [3, 4])]);
        clock.Step(TimeSpan.FromSeconds(31));
        await Ask();

        Assert.Equal([2L, 3L], Assert.Single(await Requests(game)).MissingSequences);
    }

    [Fact]
    public async Task A_silence_and_a_box_that_differs_are_over_with_what_ends_them()
    {
        const string game = "over";
        await scope.Database(IngestionService.Name, clock).Run(silence.Run, default);
        await Handle([new FeedStatusV1(game, 1, GameStatus.InProgress, s_start), Play(game, 2)]);
        clock.Step(TimeSpan.FromSeconds(SilenceJob.SilenceSeconds + 1));
        await scope.Database(IngestionService.Name, clock).Run(silence.Run, default);
        await Handle([new FeedHeartbeatV1(game, 2, s_start)]);
        await Handle([Box(game, 3, yards: 9), new FeedStatusV1(game, 4, GameStatus.Closed, s_start)]);
        await Handle([Box(game, 5, yards: 7)]);

        var (raised, resolved) = await Alerts(game);
        Assert.Equal(["box-differs", "feed-silent"], raised.Select(k => k.Split('/')[0]));
        Assert.Equal(raised, resolved);
    }

    private static FeedBoxV1 Box(string game, long sequence, long yards) => new(game, sequence, ["rush_yds"],
        [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = yards })], s_start);

    private static FeedPlayV1 Play(string game, long sequence) => new(game, $"p{sequence}", sequence, 1, "upsert", true,
        [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 7 })], s_start);

    private Task Ask() => scope.Database(IngestionService.Name, clock).Run(new RecoveryJob().Run, default);

    private Task Handle(IReadOnlyList<IMessage> batch) => scope.Database(IngestionService.Name, clock).Run(
        tx => new FeedHandler(memory).Handle(
            [
                .. batch.Select((m, i) => new Received<IMessage>(m, new Envelope(
                    Topics.FeedGames, 0, i, m.RecordKey, DeterministicId.From(m.IdempotencyKey), WireTypes.Of(m.GetType()).Name,
                    "tests", s_start, null, new Dictionary<string, string>(), WireJson.Bytes(m)))),
            ], tx), default);

    private async Task<IReadOnlyList<FeedRecoveryRequestedV1>> Requests(string game) => [.. (await scope.Query<byte[]>(
        "select body from ingestion.outbox where topic = @topic and partition_key = @game order by position",
        new { topic = Topics.FeedRecovery, game })).Select(b => WireJson.Read<FeedRecoveryRequestedV1>(b))];

    private async Task HasAlerts(string game, string[] raised, string[] resolved)
    {
        var found = await Alerts(game);
        Assert.Equal(raised, found.Raised);
        Assert.Equal(resolved, found.Resolved);
    }

    private async Task<(string[] Raised, string[] Resolved)> Alerts(string game)
    {
        return ([.. await Keys("alert.raised.v1")], [.. await Keys("alert.resolved.v1")]);

        Task<IReadOnlyList<string>> Keys(string name) => scope.Query<string>(
            "select partition_key from ingestion.outbox where wire_name = @name and partition_key like '%/' || @game || '/%' "
                + "order by partition_key",
            new { name, game });
    }
}
