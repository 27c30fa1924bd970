using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>A feed message that is refused and then sent again rightly under the same id: a rejection claims nothing.</summary>
public sealed class RefusedMessagesTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_time = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    /// <summary>Of all tests of the class: they share the worker's books, and a place holds one record.</summary>
    private static long s_offset;

    [Theory]
    [InlineData("wrong-key", false)]
    [InlineData("wrong-key-one-batch", true)]
    public async Task A_message_under_a_wrong_key_counts_when_it_comes_again_under_the_right_one(string game, bool inOneBatch)
    {
        var right = Record(new FeedStatusV1(game, 1, GameStatus.Postponed, s_time), "m1");
        var wrong = right with { Key = "not-" + game };

        await Handle(inOneBatch, At(wrong), At(right));

        Assert.Equal("postponed", await Status(game));
        Assert.Equal(["key-mismatch"], await Rejected("not-" + game));
        Assert.Empty(await Rejected(game));
    }

    [Theory]
    [InlineData("unknown-value", false)]
    [InlineData("unknown-value-one-batch", true)]
    public async Task A_message_with_an_unknown_value_counts_when_it_comes_again_with_a_known_one(string game, bool inOneBatch)
    {
        await Handle(inOneBatch, At(Record(new FeedStatusV1(game, 1, "halftime", s_time), "m1")),
            At(Record(new FeedStatusV1(game, 1, GameStatus.Postponed, s_time), "m1")));

        Assert.Equal("postponed", await Status(game));
        Assert.Equal(["status-unknown"], await Rejected(game));
        Assert.Equal(0, await Alerts(game));
    }

    [Fact]
    public async Task A_revision_that_contradicts_what_came_before_counts_when_it_comes_again_under_a_higher_number()
    {
        const string game = "contradicted";
        await Handle(inOneBatch: true,
            At(Record(Play(game, revision: 1, yards: 5), "p1")), At(Record(Play(game, revision: 1, yards: 7), "p2")),
            At(Record(Play(game, revision: 2, yards: 7), "p2")));

        Assert.Equal("""{"rush_yds":7}""",
            await scope.Scalar<string>("select stats from ingestion.line where game_id = @game", new { game }));
        Assert.Equal(["revision-contradicted"], await Rejected(game));
    }

    [Theory]
    [InlineData("numbered-play", true)]
    [InlineData("numbered-play-later", false)]
    public async Task Two_plays_under_one_number_are_a_contradiction_that_is_told_and_the_first_counts(
        string game, bool inOneBatch)
    {
        var second = Play(game, revision: 1, yards: 7) with { EventId = "e2" };
        await Handle(inOneBatch, At(Record(Play(game, revision: 1, yards: 5), "p1")), At(Record(second, "p2")),
            At(Record(second with { Sequence = 2 }, "p3")));

        Assert.Equal("""{"rush_yds":12}""",
            await scope.Scalar<string>("select stats from ingestion.line where game_id = @game", new { game }));
        Assert.Equal(["sequence-contradicted"], await Rejected(game));
        Assert.Equal(1, await Alerts(game, "feed-contradicted"));
    }

    [Fact]
    public async Task A_number_stays_its_message_s_when_that_was_overtaken_and_what_is_refused_claims_nothing()
    {
        const string game = "overtaken-number";
        var other = Play(game, revision: 1, yards: 9) with { EventId = "e2" };
        await Handle(inOneBatch: false,
            At(Record(Play(game, revision: 1, yards: 5), "p1")),
            At(Record(Play(game, revision: 2, yards: 7) with { Sequence = 2 }, "p2")),
            At(Record(other, "p3")), At(Record(new FeedStatusV1(game, 1, GameStatus.Closed, s_time), "s1")),
            At(Record(Play(game, revision: 1, yards: 5), "p1-again-after-the-inbox-forgot")));

        Assert.Equal("""{"rush_yds":7}""",
            await scope.Scalar<string>("select stats from ingestion.line where game_id = @game", new { game }));
        Assert.Equal(["sequence-contradicted", "sequence-contradicted"], await Rejected(game));

        await Handle(inOneBatch: false, At(Record(other with { Sequence = 3 }, "p3")));
        Assert.Equal("""{"rush_yds":16}""",
            await scope.Scalar<string>("select stats from ingestion.line where game_id = @game", new { game }));
        Assert.Equal("scheduled", await Status(game));
    }

    [Fact]
    public async Task A_provider_that_counts_anew_is_told_that_its_messages_are_refused()
    {
        const string game = "counted-anew";
        await Handle(inOneBatch: false,
            At(Record(Play(game, revision: 1, yards: 5), "p1")),
            At(Record(new FeedStatusV1(game, 2, GameStatus.Complete, s_time), "s2")),
            At(Record(new FeedStatusV1(game, 1, GameStatus.Closed, s_time), "again-s1")),
            At(Record(new FeedStatusV1(game, 2, GameStatus.Closed, s_time), "again-s2")),
            At(Record(Play(game, revision: 1, yards: 9) with { EventId = "e9", Sequence = 2 }, "again-p2")));

        Assert.Equal("complete", await Status(game));
        Assert.Equal(["sequence-contradicted", "sequence-contradicted", "sequence-contradicted"], await Rejected(game));
        Assert.Equal(1, await Alerts(game, "feed-contradicted"));
    }

    [Fact]
    public async Task The_same_message_under_its_number_again_and_a_revision_under_the_number_of_its_play_are_no_contradiction()
    {
        const string game = "no-contradiction";
        var box = new FeedBoxV1(
            game, 3, ["rush_yds"], [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 7 })], s_time);
        var status = new FeedStatusV1(game, 2, GameStatus.InProgress, s_time);
        await Handle(inOneBatch: false,
            At(Record(Play(game, revision: 1, yards: 5), "p1")), At(Record(status, "s2")), At(Record(box, "b3")),
            At(Record(Play(game, revision: 2, yards: 7), "p1b")), At(Record(status with { Clock = "Q2" }, "s2b")),
            At(Record(box with { ProviderTime = s_time.AddMinutes(1) }, "b3b")),
            At(Record(Play(game, revision: 1, yards: 5), "p1c")));

        Assert.Equal("""{"rush_yds":7}""",
            await scope.Scalar<string>("select stats from ingestion.line where game_id = @game", new { game }));
        Assert.Empty(await Rejected(game));
    }

    [Fact]
    public async Task A_refused_record_is_told_of_once_however_often_it_is_delivered_and_each_record_by_itself()
    {
        const string game = "told-once";
        var first = At(Record(new FeedStatusV1(game, 1, "halftime", s_time), "m1"));
        var second = At(Record(new FeedStatusV1(game, 1, "halftime", s_time), "m1"));
        await Handle(inOneBatch: false, first, first, second, first, second);

        Assert.Equal(["status-unknown", "status-unknown"], await Rejected(game));
        Assert.Equal(2,
            await scope.Scalar<long>(
                "select count(distinct message_id) from ingestion.outbox where partition_key = @game and topic like '%.rejected'",
                new { game }));
    }

    [Fact]
    public async Task The_id_of_a_message_that_was_handled_is_not_given_back()
    {
        const string game = "kept";
        await Handle(inOneBatch: false,
            At(Record(new FeedStatusV1(game, 1, GameStatus.Postponed, s_time), "m1")),
            At(Record(new FeedStatusV1(game, 1, "halftime", s_time), "m1")),
            At(Record(new FeedStatusV1(game, 2, GameStatus.Closed, s_time), "m1")));

        Assert.Equal("postponed", await Status(game));
        Assert.Equal(["message-id-reused", "message-id-reused"], await Rejected(game));
        Assert.Equal(2, await Alerts(game));
        await using var database = scope.Database(IngestionService.Name);
        var id = await scope.Scalar<Guid>(
            "select message_id from ingestion.outbox where partition_key = @game limit 1", new { game });
        Assert.Equal(0, await database.Run(tx => tx.QueryOne<long>(
            "select ingestion.inbox_release(array_agg(message_id), array_agg(day)) from ingestion.inbox where message_id <> @id",
            new { id }), default));
    }

    private async Task Handle(bool inOneBatch, params HarnessRecord[] records)
    {
        await using var worker = await WorkerHarness.Open(
            scope.Build(b => b.AddIngestion()), IngestionService.Name, TimeProvider.System, default);
        if (inOneBatch) await worker.Handle(records, default);
        else foreach (var record in records) await worker.Handle([record], default);
    }

    /// <summary>In the next place of its partition.</summary>
    private static HarnessRecord At(HarnessRecord record) => record with { Offset = ++s_offset };

    private static HarnessRecord Record(IMessage message, string id) =>
        HarnessRecord.Of(message, $"{message.PartitionKey}-{id}", "provider", s_time);

    private static FeedPlayV1 Play(string game, int revision, long yards) => new(
        game, "e1", 1, revision, "upsert", true,
        [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = yards })], s_time);

    private Task<string?> Status(string game) =>
        scope.Scalar<string>("select status from ingestion.game where game_id = @game", new { game });

    private async Task<IEnumerable<string>> Rejected(string key) => (await scope.Query<byte[]>(
        "select body from ingestion.outbox where topic = 'feed.games.v1.rejected' and partition_key = @key order by position",
        new { key }))
        .Select(body => WireJson.Read<RejectedV1>(body).Reason);

    private Task<long> Alerts(string game, string kind = "message-id-reused") => scope.Scalar<long>(
        "select count(*) from ingestion.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like '%' || "
            + "@kind || '%' || @game || '%'", new { game, kind });
}
