using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// The handler and the job on a real database, without a broker: what is stored, what is sent, what memory may remember.
/// </summary>
public sealed class FeedHandlerTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_start = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);
    private readonly SteppedClock clock = new(s_start);
    private readonly GameCache memory = new();

    [Fact]
    public async Task A_whole_game_in_batches_of_any_size_stores_the_lines_that_the_plays_add_up_to()
    {
        var sample = await Samples.Read("sized", "kc-at-pit-2016-week-4.jsonl");
        var expected = Samples.Lines(sample);
        var random = new SeededRandom(5);

        for (var at = 0; at < sample.Count;)
        {
            var size = Math.Min(1 + random.Next(200), sample.Count - at);
            await Handle([.. sample.Skip(at).Take(size).Select(r => r.Message)]);
            at += size;
        }

        Assert.Equal(expected, await Samples.StoredLines(scope, "sized"));
        Assert.Equal("closed false", await Status("sized"));
    }

    [Fact]
    public async Task After_a_failed_transaction_nothing_is_remembered_and_the_repetition_counts_once()
    {
        var sample = await Samples.Read("failing", "nyg-at-min-2016-week-4.jsonl");
        var random = new SeededRandom(9);
        var database = scope.Database(IngestionService.Name, clock);
        foreach (var batch in sample.Select(r => r.Message).Chunk(50))
        {
            if (random.Chance(50))
            {
                await Assert.ThrowsAsync<TimeoutException>(() => database.Run(async tx =>
                {
                    await new FeedHandler(memory).Handle(Received(batch), tx);
                    throw new TimeoutException("the connection broke before the commit");
                }, default));
            }

            await Handle(batch);
        }

        Assert.Equal(Samples.Lines(sample), await Samples.StoredLines(scope, "failing"));
    }

    [Fact]
    public async Task Two_workers_that_take_turns_with_one_game_never_trust_stale_memory()
    {
        var sample = await Samples.Read("turns", "kc-at-pit-2016-week-4.jsonl");
        GameCache[] memories = [new(), new()];
        var turn = 0;
        foreach (var batch in sample.Select(r => r.Message).Chunk(40)) await Handle(batch, memories[turn++ % 3 % 2]);

        Assert.Equal(Samples.Lines(sample), await Samples.StoredLines(scope, "turns"));
    }

    [Fact]
    public async Task Silence_while_in_progress_makes_a_game_incomplete_and_the_next_message_ends_it()
    {
        var database = scope.Database(IngestionService.Name, clock);
        var job = new SilenceJob();
        await database.Run(job.Run, default);
        await Handle([new FeedStatusV1("quiet", 1, GameStatus.InProgress, s_start),
            new FeedStatusV1("done", 1, GameStatus.Closed, s_start)]);

        clock.Step(TimeSpan.FromSeconds(14));
        await database.Run(job.Run, default);
        Assert.Equal("in_progress false", await Status("quiet"));

        clock.Step(TimeSpan.FromSeconds(2));
        await database.Run(job.Run, default);
        Assert.Equal("in_progress true", await Status("quiet"));
        Assert.Equal("closed false", await Status("done"));

        await Handle([new FeedHeartbeatV1("quiet", 1, s_start)]);
        Assert.Equal("in_progress false", await Status("quiet"));
    }

    /// <summary>Also of a game that is incomplete before and after: its state says nothing new then.</summary>
    [Theory]
    [InlineData("silent-twice", 1)]
    [InlineData("silent-gap", 4)]
    public async Task Each_silence_is_told_once_also_one_that_follows_nothing_but_a_heartbeat(string gameId, long sequence)
    {
        var database = scope.Database(IngestionService.Name, clock);
        var job = new SilenceJob();
        await database.Run(job.Run, default);
        await Handle([new FeedStatusV1(gameId, sequence, GameStatus.InProgress, s_start)]);
        for (var silence = 1; silence <= 3; silence++)
        {
            clock.Step(TimeSpan.FromSeconds(SilenceJob.SilenceSeconds + 1));
            await database.Run(job.Run, default);
            await database.Run(job.Run, default);
            Assert.Equal(silence, await scope.Scalar<long>(
                "select count(*) from ingestion.outbox where wire_name = @name and partition_key like 'feed-silent/' || "
                    + "@gameId || '/%'",
                new { name = WireTypes.Of(typeof(AlertRaisedV1)).Name, gameId }));
            await Handle([new FeedHeartbeatV1(gameId, sequence, clock.GetUtcNow())]);
        }
    }

    [Fact]
    public async Task A_game_that_ends_without_a_box_is_told_of_at_once_and_its_box_ends_that()
    {
        const string game = "boxless";
        await Handle([Play(game, "p1", 1, 1, 5), new FeedStatusV1(game, 3, GameStatus.Complete, s_start)]);
        Assert.Equal((0, 0), (await BoxAlerts("alert.raised.v1"), await BoxAlerts("alert.resolved.v1")));

        await Handle([Play(game, "p2", 2, 1, 2)]);
        Assert.Equal((1, 0), (await BoxAlerts("alert.raised.v1"), await BoxAlerts("alert.resolved.v1")));

        await Handle([new FeedStatusV1(game, 4, GameStatus.Closed, s_start)]);
        await Handle([new FeedBoxV1(
            game, 5, ["rush_yds"], [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 7 })], s_start)]);
        Assert.Equal((1, 1), (await BoxAlerts("alert.raised.v1"), await BoxAlerts("alert.resolved.v1")));

        Task<long> BoxAlerts(string name) => scope.Scalar<long>(
            "select count(*) from ingestion.outbox where wire_name = @name and partition_key = 'box-missing/boxless'", new { name });
    }

    [Fact]
    public async Task A_line_is_told_once_a_batch_with_its_last_value_and_versions_rise_by_one()
    {
        await Handle([Play("told", "p1", 1, 1, 5), Play("told", "p1", 2, 2, 7), Play("told", "p2", 3, 1, 1)]);
        await Handle([Play("told", "p1", 1, 1, 5)]);
        await Handle([Play("told", "p2", 4, 2, 3)]);

        Assert.Equal(2, await scope.Scalar<long>("select version from ingestion.line where game_id = 'told'"));
        Assert.Equal(
            """{"rush_yds":10}""", await scope.Scalar<string>("select stats from ingestion.line where game_id = 'told'"));
    }

    [Fact]
    public async Task The_worker_role_can_delete_nothing_and_read_no_other_schema()
    {
        var database = scope.Database(IngestionService.Name, clock);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            database.Run(tx => tx.Execute("delete from ingestion.play"), default));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            database.Run(tx => tx.Execute("select count(*) from scoring.inbox"), default));
    }

    private Task Handle(IReadOnlyList<IMessage> batch, GameCache? of = null) =>
        scope.Database(IngestionService.Name, clock)
            .Run(tx => new FeedHandler(of ?? memory).Handle(Received(batch), tx), default);

    private async Task<string?> Status(string gameId) => await scope.Scalar<string>(
        "select status || ' ' || (published::json ->> 'incomplete') from ingestion.game where game_id = @gameId", new { gameId });

    private static Received<IMessage>[] Received(
        IReadOnlyList<IMessage> batch) => [.. batch.Select((m, i) => new Received<IMessage>(m, new Envelope(
        Topics.FeedGames, 0, i, m.RecordKey, DeterministicId.From(m.IdempotencyKey), WireTypes.Of(m.GetType()).Name, "tests",
        s_start, null, new Dictionary<string, string>(), WireJson.Bytes(m))))];

    private static FeedPlayV1 Play(string gameId, string eventId, long sequence, int revision, long yards) => new(
        gameId, eventId, sequence, revision, "upsert", true,
        [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = yards })], s_start);
}
