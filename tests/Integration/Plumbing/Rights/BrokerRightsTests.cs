using Confluent.Kafka;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Plumbing.Rights;

/// <summary>
/// On a real broker that checks rights, with the rules that contestctl makes: each principal can do its work, and nothing else.
/// </summary>
public sealed class BrokerRightsTests(SecuredKafka broker, PipelineScope scope)
    : IClassFixture<SecuredKafka>, IClassFixture<PipelineScope>
{
    private const string Skipped = "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Everybody => [.. Principals.All];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task A_principal_writes_and_reads_its_topics_and_no_other(string principal)
    {
        Assert.SkipUnless(broker.IsThere, Skipped);
        var kafka = broker.As(principal);

        var written = new List<string>();
        foreach (var topic in Topics.All.Select(t => t.Name))
        {
            if (await Write(kafka, topic) is { } refusal) Assert.Equal(ErrorCode.TopicAuthorizationFailed, refusal);
            else written.Add(topic);
        }

        Assert.Equal(TopicRights.All.Where(r => r.Writers.Contains(principal)).Select(r => r.Topic), written);
        Assert.Equal(
            TopicRights.All.Where(r => r.Readers.Contains(principal)).Select(r => r.Topic), Readable(kafka, GroupOf(principal)));
        Assert.Empty(Readable(Elsewhere(principal), GroupOf(principal)));
    }

    [Fact]
    public async Task A_worker_sends_its_outbox_and_neither_another_s_nor_a_row_for_a_topic_of_others()
    {
        Assert.SkipUnless(broker.IsThere, Skipped);
        foreach (var worker in Principals.Workers)
        {
            var kafka = broker.As(worker);
            Assert.Null(await Relay(kafka, worker, Topics.Alerts));
            var foreign = worker == Principals.Settlement ? Topics.ContestEvents : Topics.Results;
            Assert.Equal(ErrorCode.TopicAuthorizationFailed, (await Relay(kafka, worker, foreign))?.Code);

            foreach (var other in Principals.Workers.Where(w => w != worker))
            {
                var refused = await Assert.ThrowsAnyAsync<KafkaException>(() => Relay(kafka, other, Topics.Alerts));
                Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, refused.Error.Code);
                Assert.Equal(ErrorCode.GroupAuthorizationFailed, Join(kafka, other));
            }

            Assert.Null(Join(kafka, worker));
        }
    }

    /// <summary>
    /// The workers as they are, each signed in as itself: they start, join their groups, handle what comes and send what they
    /// write.
    /// </summary>
    [Fact]
    public async Task Four_workers_do_their_work_with_the_rights_they_have()
    {
        Assert.SkipUnless(broker.IsThere, Skipped);
        foreach (var (name, _, add) in DeclaredWorkers.All)
        {
            var settings = broker.SignIn(name, SecuredKafka.OtherPrefix);
            (settings["STRIPE_API_KEY"], settings["STRIPE_API_BASE"]) = ("sk_test_nobody", "http://127.0.0.1:1");
            await scope.Start(add, settings);
        }

        using var front = new MessageProducer(
            broker.As(Principals.Front, SecuredKafka.OtherPrefix), "front", TimeProvider.System);
        using var @operator = new MessageProducer(
            broker.As(Principals.Operator, SecuredKafka.OtherPrefix), "operator", TimeProvider.System);
        using var feed = new MessageProducer(broker.As(Principals.Feed, SecuredKafka.OtherPrefix), "feed", TimeProvider.System);
        var create = Slate.Create("c-rights");
        create = create with { Definition =
            create.Definition with { LockAt = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), GameStarts = null } };
        await @operator.Publish(create);
        await front.Publish(new WithdrawEntryV1("nothing-there", "c-rights", "e1", "p1"));
        await feed.Publish(new FeedStatusV1("rights-game", 1, GameStatus.InProgress, TimeProvider.System.GetUtcNow()));
        foreach (var worker in Principals.Workers)
        {
            await using var database = scope.Database(worker);
            await database.Run(
                tx =>
                {
                    tx.Alert(new Alert($"rights/{worker}", AlertSeverity.Warning, "job-failed", worker, "cause", "action"));
                    return Task.CompletedTask;
                }, Ct);
        }

        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>(
                """
                select (select count(*) from settlement.contest where contest_id = 'c-rights') + (select count(*) from
                    payout.published_contest where contest_id = 'c-rights')
                    + (select count(*) from scoring.contest where contest_id = 'c-rights') + (select count(*) from ingestion.game
                        where game_id = 'rights-game')
                """) == 4,
                "Settlement and Payout have what Scoring made of the operator's command, Ingestion what the feed said");
        foreach (var worker in Principals.Workers)
            await PipelineScope.Eventually(() => scope.OutboxIsSent(worker), $"{worker} has sent what it wrote");

        var seen = new TopicReader(broker.As(Principals.Operator, SecuredKafka.OtherPrefix));
        Assert.Equal(Principals.Workers.Order(StringComparer.Ordinal),
            seen.Read<AlertRaisedV1>(Ct).Select(a => a.Message.Subject).Intersect(Principals.Workers)
                .Order(StringComparer.Ordinal));
        Assert.Single(seen.Read<ContestPublishedV1>(Ct));
        Assert.Single(seen.Read<CommandRejectedV1>(Ct));
        Assert.Contains(seen.Read<GameStateV1>(Ct), g => g.Message.GameId == "rights-game");
        Assert.Equal(ExitCodes.Success,
            await SecuredKafka.Run("topics lag --max-lag 0", broker.SignIn(Principals.Operator, SecuredKafka.OtherPrefix)));
    }

    private KafkaSettings Elsewhere(string principal)
    {
        var settings = broker.SignIn(principal, SecuredKafka.Prefix);
        settings["TOPIC_PREFIX"] = SecuredKafka.OtherPrefix;
        return KafkaSettings.From(SecuredKafka.Configuration(settings));
    }

    /// <summary>A group that the principal may name.</summary>
    private static string GroupOf(string principal) =>
        principal is Principals.Operator or Principals.Replay ? "reader" : SecuredKafka.Prefix + principal;

    /// <returns>Null when the broker took a record; else why not.</returns>
    private static async Task<ErrorCode?> Write(KafkaSettings kafka, string topic)
    {
        using var producer = new MessageProducer(kafka, "tests", TimeProvider.System);
        try
        {
            await producer.PublishRaw(topic, "key", new Dictionary<string, string>(), [1], partition: 0)
                .WaitAsync(s_patience, Ct);
            return null;
        }
        catch (KafkaException refused)
        {
            return refused.Error.Code;
        }
    }

    /// <returns>The topics of which the broker gives out the first partition, in their order.</returns>
    private static IReadOnlyList<string> Readable(KafkaSettings kafka, string group)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer(group, toldOfEnds: true)).SetLogHandler((_, _) =>
        {
        }).Build();
        // Those that it may not even describe are not shown to it; of the others the broker answers each fetch.
        var shown = BrokerCheck.Require(kafka).Topics;
        var open = Topics.All.Select(t => kafka.Physical(t.Name)).Where(shown.Contains).ToHashSet(StringComparer.Ordinal);
        var readable = new HashSet<string>(StringComparer.Ordinal);
        consumer.Assign(open.Select(topic => new TopicPartitionOffset(topic, 0, Offset.Beginning)));
        while (open.Count > 0)
        {
            try
            {
                var record = consumer.Consume(s_patience)
                    ?? throw new TimeoutException($"nothing is said of {string.Join(", ", open)}");
                if (open.Remove(record.Topic)) readable.Add(record.Topic);
            }
            catch (ConsumeException refused) when (refused.Error.Code == ErrorCode.TopicAuthorizationFailed)
            {
                open.Remove(refused.ConsumerRecord.Topic);
            }
        }

        return [.. Topics.All.Select(t => t.Name).Where(t => readable.Contains(kafka.Physical(t)))];
    }

    /// <returns>Null when the broker took it; else why it refused it.</returns>
    private static async Task<Error?> Relay(KafkaSettings kafka, string worker, string topic)
    {
        using var sender = new SliceSender(kafka.Transactional($"{worker}-outbox-00"));
        sender.Send(new TopicPartition(kafka.Physical(topic), 0),
            new Message<byte[], byte[]> { Key = [1], Value = [1], Headers = [] }, report: null);
        return await sender.Commit(Ct);
    }

    /// <returns>Null when the principal got something as a member of the worker's group; else why not.</returns>
    private static ErrorCode? Join(KafkaSettings kafka, string worker)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer(kafka.TopicPrefix + worker, toldOfEnds: true))
            .SetLogHandler((_, _) =>
        {
        }).Build();
        consumer.Subscribe(kafka.Physical(Topics.Alerts));
        try
        {
            Assert.NotNull(consumer.Consume(s_patience));
            return null;
        }
        catch (ConsumeException refused)
        {
            return refused.Error.Code;
        }
    }
}
