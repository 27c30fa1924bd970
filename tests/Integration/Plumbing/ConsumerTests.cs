using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>From a record on a topic to a committed transaction and what it sends.</summary>
public sealed class ConsumerTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_message_is_handled_once_and_what_it_sends_reaches_Kafka_in_order_however_often_it_comes()
    {
        var host = await Probe.Start(scope);
        var messages = Enumerable.Range(1, 50).Select(n => (IMessage)Probe.Message("often", n)).ToArray();

        await scope.Publish(messages);
        await scope.Publish(messages);
        await scope.Publish(messages[..20]);
        await scope.Publish(Probe.Message("often", 51));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "often")).Contains(51)
            && await scope.OutboxIsSent(Probe.Name), "all handled");
        await scope.Stop(host);

        Assert.Equal(Enumerable.Range(1, 51).Select(n => (long)n), await Probe.Handled(scope, "often"));
        Assert.Equal(Enumerable.Range(1, 51).Select(n => (long)n), Probe.Sent(scope, "often"));
    }

    [Fact]
    public async Task A_poison_message_parks_its_key_other_keys_go_on_and_a_retry_keeps_the_order()
    {
        await scope.Execute("insert into probe.broken values ('poison')");
        var host = await Probe.Start(scope);

        await scope.Publish([.. Enumerable.Range(1, 5).Select(n => Probe.Message("poison", n)),
            .. Enumerable.Range(1, 30).Select(n => Probe.Message("healthy", n))]);
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "healthy")).Count == 30, "healthy goes on");
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'poison'") == 5, "poison queues");
        await scope.Publish(Probe.Message("poison", 6));
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'poison'") == 6,
            "poison queues on");
        await scope.Execute("delete from probe.broken");
        await using var database = scope.Database(Probe.Name);
        var parked = await Parked.List(database, default);
        var found = await Parked.Retry(database, Topics.FeedGames, "poison", default) is not null;
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'poison'") == 0,
            "the key is free");
        await scope.Publish(Probe.Message("poison", 7));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "poison")).Count == 7
            && await scope.OutboxIsSent(Probe.Name), "poison goes on and its alert is sent");
        await scope.Stop(host);

        Assert.True(found);
        Assert.Equal(6, Assert.Single(parked, p => p.Key == "poison").Messages);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], await Probe.Handled(scope, "poison"));
        Assert.Single(scope.ReadTopic<AlertRaisedV1>(),
            a => a.Kind == "message-parked" && a.Subject.Contains("poison", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_is_bounded_by_what_its_records_take_of_memory_headers_and_keys_included()
    {
        const int Records = 12;
        const int HeaderBytes = 200_000;
        const int BatchBytesMax = 800_000;
        var message = Probe.Message("fat", 1);
        for (var n = 1; n <= Records; n++)
        {
            var headers = new Dictionary<string, string>
            {
                ["ce_id"] = $"fat-{n}", ["ce_source"] = "tests", ["ce_time"] = "2026-01-01T00:00:00Z",
                ["ce_type"] = "feed.status.v1", ["ballast"] = new string('x', HeaderBytes),
            };
            await scope.Producer.PublishRaw(Topics.FeedGames, "fat", headers, WireJson.Bytes(message with { Sequence = n }));
        }

        var settings = Probe.Settings(scope);
        (settings["CONSUMER_BATCH_BYTES_MAX"], settings["CONSUMER_LINGER_MS"]) = ($"{BatchBytesMax}", "5000");
        var host = await scope.Start(Probe.Add, settings);
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "fat")).Count == Records, "all handled");
        await scope.Stop(host);

        var largest = await scope.Scalar<long>(
            "select max(n) from (select count(*) as n from probe.handled where key = 'fat' group by xmin::text) as batch");
        Assert.InRange(largest, 1, BatchBytesMax / HeaderBytes + 1);
    }

    [Fact]
    public async Task The_same_id_with_another_body_is_an_alarm_and_not_work()
    {
        var host = await Probe.Start(scope);

        await scope.Producer.Publish(Probe.Message("reused", 1), id: "one-id");
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "reused")).Count == 1, "the first is handled");
        await scope.Producer.Publish(Probe.Message("reused", 2), id: "one-id");
        await scope.Producer.Publish(Probe.Message("reused", 3), id: "other-id");
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "reused")).Count == 2
            && await scope.OutboxIsSent(Probe.Name), "the third is handled");
        await scope.Stop(host);

        Assert.Equal([1, 3], await Probe.Handled(scope, "reused"));
        Assert.Single(scope.ReadTopic<AlertRaisedV1>(), a => a.Kind == "message-id-reused" && a.Severity == "critical");
        Assert.Single(Rejected(), r => r.Key == "reused" && r.Reason == "message-id-reused");
    }

    [Theory]
    [InlineData("no-type", """{"gameId":"g"}""", "header-missing", "ce_type")]
    [InlineData("feed.nothing.v1", """{"gameId":"g"}""", "type-unknown", "ce_type")]
    [InlineData("contest.cancel.v1", """{"gameId":"g"}""", "type-on-wrong-topic", "ce_type")]
    [InlineData("feed.status.v1", "not json", "body-invalid", "$")]
    [InlineData("feed.status.v1", """{"gameId":"g","sequence":"three","status":"closed","providerTime":"2016-10-02T17:00:00Z"}""",
        "body-invalid", "$.sequence")]
    [InlineData("feed.status.v1", """{"gameId":"g","status":"closed","providerTime":"2016-10-02T17:00:00Z"}""", "body-invalid",
        "$.sequence")]
    [InlineData("feed.status.v1",
        """{"gameId":"a\u0000b","sequence":1,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""", "body-invalid", null)]
    public async Task A_malformed_record_is_rejected_with_its_field_and_its_bytes_and_others_go_on(
        string type, string body, string reason, string? field)
    {
        var key = "bad-" + DeterministicId.From(type + body);
        var headers = new Dictionary<string, string> { ["ce_id"] = key, ["ce_source"] = "tests",
            ["ce_time"] = "2026-01-01T00:00:00Z", ["ce_type"] = type };
        if (type == "no-type") headers.Remove("ce_type");
        var host = await Probe.Start(scope);

        await scope.Producer.PublishRaw(Topics.FeedGames, key, headers, Encoding.UTF8.GetBytes(body));
        await scope.Publish(Probe.Message(key, 1));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, key)).Count == 1
            && await scope.OutboxIsSent(Probe.Name), "the good one is handled");
        await scope.Stop(host);

        var rejected = Assert.Single(Rejected(), r => r.Key == key);
        Assert.Equal((reason, field), (rejected.Reason, rejected.Field));
        Assert.Equal(body, Encoding.UTF8.GetString(rejected.OriginalBytes));
    }

    /// <summary>It is small on the wire: a broker limits what is compressed.</summary>
    [Fact]
    public async Task A_malformed_record_larger_than_a_rejection_may_be_is_rejected_in_part_and_its_key_goes_on()
    {
        const string key = "large";
        var body = new byte[3_000_000];
        Array.Fill(body, (byte)'x');
        var headers = new Dictionary<string, string> { ["ce_id"] = key, ["ce_source"] = "tests",
            ["ce_time"] = "2026-01-01T00:00:00Z", ["ce_type"] = "feed.status.v1" };
        var host = await Probe.Start(scope);

        await scope.Producer.PublishRaw(Topics.FeedGames, key, headers, body);
        await scope.Publish(Probe.Message(key, 1));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, key)).Count == 1
            && await scope.OutboxIsSent(Probe.Name), "the good one is handled");
        await scope.Stop(host);

        var rejected = Assert.Single(Rejected(), r => r.Key == key);
        Assert.True(rejected.OriginalBytes.AsSpan().SequenceEqual(body.AsSpan(0, rejected.OriginalBytes.Length)));
        Assert.Equal(
            (body.Length, Convert.ToHexStringLower(SHA256.HashData(body))), (rejected.OriginalLength, rejected.OriginalSha256));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.parked where key = @key", new { key }));
    }

    /// <summary>
    /// Without it a log that lost its end, and was written on, is read on from the old offset: what took the lost records' places
    /// is skipped.
    /// </summary>
    [Fact]
    public async Task What_is_committed_names_the_leader_under_which_the_last_record_was_written()
    {
        Assert.SkipWhen(!scope.Backbone.IsRealBroker, "skipped: the embedded broker keeps no leader epoch beside an offset");
        var host = await Probe.Start(scope);
        await scope.Publish(Probe.Message("epoch", 1));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "epoch")).Count == 1, "it is handled");
        await scope.Stop(host);

        var partition = KeyHash.Partition(Probe.Message("epoch", 1).PartitionKey, Topics.Find(Topics.FeedGames).Partitions);
        using var group = new ConsumerBuilder<byte[], byte[]>(scope.Kafka.Consumer(scope.Kafka.TopicPrefix + Probe.Name)).Build();
        var committed = Assert.Single(
            group.Committed([new TopicPartition(scope.Kafka.Physical(Topics.FeedGames), partition)], TimeSpan.FromSeconds(30)));

        Assert.True(committed.Offset > 0);
        Assert.True(committed.LeaderEpoch >= 0, $"leader epoch {committed.LeaderEpoch}");
    }

    private IReadOnlyList<RejectedV1> Rejected() =>
        [.. scope.ReadTopic(Topics.Rejected(Topics.FeedGames)).Select(e => WireJson.Read<RejectedV1>(e.Body.Span))];
}
