using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>The running worker between its topics: bad input, disorder, restarts, gaps.</summary>
public sealed class FeedThroughTheWorkerTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_time = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_disorderly_feed_through_a_worker_that_is_stopped_midway_ends_in_the_lines_of_the_orderly_one()
    {
        var sample = await Samples.Read("disorder", "kc-at-pit-2016-week-4.jsonl");
        var stream = FeedDisorder.Apply(
            sample, new FeedFaults(DuplicatesPercent: 20, Window: 30, LateEditsPercent: 10, WithdrawalsPercent: 5), seed: 3);
        var half = stream.Count / 2;

        var first = await scope.Start(b => b.AddIngestion());
        await Play(stream.Take(half));
        await PipelineScope.Eventually(async () => await Stored("disorder") > 0, "the first plays are stored");
        await scope.Stop(first);
        await Play(stream.Skip(half));
        var second = await scope.Start(b => b.AddIngestion());
        await PipelineScope.Eventually(async () => await Status("disorder") == "closed false", "the game is closed and complete");
        await PipelineScope.Eventually(() => scope.OutboxIsSent("ingestion"), "everything is sent");
        await scope.Stop(second);

        Assert.Equal(Samples.Lines(sample), await Samples.StoredLines(scope, "disorder"));
        var told = scope.ReadTopic<StatLineV1>().Where(l => l.GameId == "disorder").GroupBy(l => l.AthleteId)
            .Select(g => g.MaxBy(l => l.Version)!).Where(l => l.Stats.Count > 0).OrderBy(l => l.AthleteId, StringComparer.Ordinal)
            .Select(l => $"{l.AthleteId} {FoldedText.Of(l.Stats)}");
        Assert.Equal(Samples.Lines(sample), told);
    }

    [Fact]
    public async Task Malformed_messages_go_to_the_rejected_topic_with_reason_field_and_bytes_and_others_go_on()
    {
        var host = await scope.Start(b => b.AddIngestion());
        var headers = new Dictionary<string, string>
        {
            ["ce_specversion"] = "1.0", ["ce_id"] = "bad-1", ["ce_source"] = "tests", ["ce_type"] = "feed.play.v1",
            ["ce_time"] = "2016-10-02T17:00:00Z",
        };
        var body = Encoding.UTF8.GetBytes("""{"gameId":"bad","sequence":"three"}""");
        await scope.Producer.PublishRaw(Topics.FeedGames, "bad", headers, body);
        await scope.Publish(
            new FeedStatusV1("bad", 1, "halftime", s_time), new FeedHeartbeatV1("bad", -5, s_time),
            new FeedStatusV1("bad", 2, GameStatus.Postponed, s_time));

        await PipelineScope.Eventually(async () => await Status("bad") is { } status
            && status.StartsWith("postponed", StringComparison.Ordinal),
            "the good message counts");
        await PipelineScope.Eventually(() => scope.OutboxIsSent("ingestion"), "everything is sent");
        await scope.Stop(host);

        var rejected = Rejections().Where(r => r.Key == "bad").ToArray();
        Assert.Equal(
            [("body-invalid", false), ("figure-out-of-range", true), ("status-unknown", true)],
            rejected.Select(r => (r.Reason, r.Field is "status" or "lastSequence")).Order());
        Assert.Equal(body, rejected.Single(r => r.Reason == "body-invalid").OriginalBytes);
        Assert.Equal(
            ("status", "halftime"), rejected.Where(r => r.Reason == "status-unknown").Select(r => (r.Field, r.Got)).Single());
    }

    [Fact]
    public async Task A_gap_makes_the_game_incomplete_and_alerts_until_the_missing_message_comes()
    {
        var host = await scope.Start(b => b.AddIngestion());
        await scope.Publish(
            new FeedStatusV1("gap", 1, GameStatus.Scheduled, s_time), new FeedStatusV1("gap", 3, GameStatus.Postponed, s_time));
        await PipelineScope.Eventually(async () => await Status("gap") == "postponed true", "the gap is seen");

        await scope.Publish(new FeedStatusV1("gap", 2, GameStatus.InProgress, s_time));
        await PipelineScope.Eventually(async () => await Status("gap") == "postponed false", "the gap is closed");
        await PipelineScope.Eventually(() => scope.OutboxIsSent("ingestion"), "everything is sent");
        await scope.Stop(host);

        Assert.Contains(
            scope.ReadTopic<AlertRaisedV1>(), a => a is { Kind: "feed-gap", Subject: "gap", DedupKey: "feed-gap/gap/2" });
        var states = scope.ReadTopic<GameStateV1>().Where(s => s.GameId == "gap").ToArray();
        Assert.Contains(states, s => s.Incomplete && s.MissingSequences.SequenceEqual([2L]));
        Assert.Equal(states.Select(s => s.Version).Order(), states.Select(s => s.Version));
        Assert.False(states[^1].Incomplete);
    }

    private IEnumerable<RejectedV1> Rejections() =>
        scope.ReadTopic(Topics.Rejected(Topics.FeedGames)).Select(e => WireJson.Read<RejectedV1>(e.Body.Span));

    private Task Play(IEnumerable<FeedRecord> stream) =>
        Task.WhenAll(stream.Select(r => scope.Producer.Publish(r.Message, time: r.Time)));

    private Task<long> Stored(string gameId) =>
        scope.Scalar<long>("select count(*) from ingestion.play where game_id = @gameId", new { gameId });

    private Task<string?> Status(string gameId) => scope.Scalar<string>(
        "select status || ' ' || (published::json ->> 'incomplete') from ingestion.game where game_id = @gameId and published "
            + "<> ''", new { gameId });
}
