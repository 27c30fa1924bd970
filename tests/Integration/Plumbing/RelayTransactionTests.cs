using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// On a real broker: what it refuses stops its slice and nothing else, and a relay that is no longer the slice's sends nothing
/// that anybody reads.
/// </summary>
public sealed class RelayTransactionTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private const int SmallBytes = 1_500;
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-relay-{Environment.ProcessId}");
    private readonly LaterClock clock = new();
    private PrivateKafka? broker;
    private KafkaSettings kafka = null!;

    private TopicPartition Place =>
        new(kafka.TopicPrefix + Topics.StatLines, KeyHash.Partition("hidden", Topics.Find(Topics.StatLines).Partitions));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Probe.Install(scope);
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home) return;
        broker = await PrivateKafka.Start(home, folder, ct: Ct);
        kafka = KafkaSettings.At(broker.BootstrapServers, "relay.");
        using var admin = new TopicAdmin(kafka);
        await admin.Provision();
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is null) return;
        await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_record_the_broker_refuses_stops_its_slice_alone_and_goes_out_in_order_when_the_broker_takes_it()
    {
        Assert.SkipWhen(broker is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        await using var database = scope.Database(Probe.Name, clock);
        await using var rig = await RelayRig.Open(scope, kafka, database, clock);
        await Limit(SmallBytes);
        var others = Enumerable.Range(0, 40).Select(n => $"other-{n}").Where(key => KeyHash.Slice(key) != KeyHash.Slice("large"))
            .ToArray();

        for (var version = 1; version <= 6; version++)
        {
            await Send(database, Probe.State("large", version) with { Clock = version == 3 ? Noise(4 * SmallBytes) : null });
            foreach (var key in others) await Send(database, Probe.State(key, version));
        }

        await rig.SendAll(Ct);
        var whileRefused = Sent();
        var alert = Assert.Single(Read<AlertRaisedV1>().DistinctBy(a => a.Episode), a => a.Kind == "outbox-refused");
        await Limit(1_000_000);
        await PipelineScope.Eventually(
            async () =>
            {
                clock.Later += RefusedSlices.Pause;
                await rig.SendAll(Ct);
                return await scope.OutboxIsSent(Probe.Name);
            }, "the broker goes by its new limit");

        Assert.Equal([1L, 2L], whileRefused["large"]);
        Assert.All(others, key => Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], whileRefused[key]));
        Assert.Contains($"message {DeterministicId.From("game/large/3")}", alert.Cause, StringComparison.Ordinal);
        Assert.Contains("relay.stats.lines.v1", alert.Cause, StringComparison.Ordinal);
        Assert.Contains($"The topic takes {SmallBytes} bytes, by contract 1000000", alert.Cause, StringComparison.Ordinal);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], Sent()["large"]);
        Assert.Single(Read<AlertResolvedV1>().DistinctBy(r => r.Episode), r => r.DedupKey == alert.DedupKey);
    }

    [Fact]
    public async Task A_relay_that_lost_its_slices_while_it_was_cut_off_delivers_no_old_record_last()
    {
        Assert.SkipWhen(broker is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        await using var late = new RelayProducer(kafka, Probe.Name, TimeProvider.System, _ => Task.CompletedTask);
        await using var next = new RelayProducer(kafka, Probe.Name, TimeProvider.System, _ => Task.CompletedTask);
        await Send(late, Row("cut-off", 0));

        // It has read version 1 and is cut off; the next owner of the slice sends 1 and 2; then the line is whole again.
        late.Send(Row("cut-off", 1));
        await Send(next, Row("cut-off", 1), Row("cut-off", 2));
        await Assert.ThrowsAsync<IOException>(() => late.AllAcknowledged(Ct));

        Assert.Equal([0L, 1L, 2L], Sent()["cut-off"]);
    }

    [Fact]
    public async Task What_waits_for_a_broker_is_dropped_when_the_locks_are_lost_meanwhile()
    {
        var nobody = KafkaSettings.At($"127.0.0.1:{FreePorts.InARow(1)}");
        await using var producer = new RelayProducer(
            nobody, Probe.Name, TimeProvider.System, _ => throw new IOException("the locks are gone"));
        producer.Send(Row("dropped", 1));

        var lost = await Assert.ThrowsAsync<IOException>(() => producer.AllAcknowledged(Ct));

        Assert.Equal("the locks are gone", lost.Message);
    }

    [Fact]
    public async Task Whoever_has_read_everything_is_not_behind_although_transactions_take_offsets_too()
    {
        Assert.SkipWhen(broker is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        await using var producer = new RelayProducer(kafka, Probe.Name, TimeProvider.System, _ => Task.CompletedTask);
        for (var version = 1; version <= 3; version++) await Send(producer, Row("lag", version));
        var told = new List<long>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new(Metrics.Worker, "behind"))) told.Add(value);
        });
        listener.EnableMeasurementEvents(Metrics.Lag);
        var lag = new OwnLag("behind", kafka, [Topics.StatLines], clock);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer("behind", toldOfEnds: true)).Build();
        consumer.Assign(new TopicPartitionOffset(kafka.TopicPrefix + Topics.StatLines,
            KeyHash.Partition("lag", Topics.Find(Topics.StatLines).Partitions), Offset.Beginning));

        Handle(1);
        Tell();
        Handle(2);
        Tell();

        Assert.Equal(0, told[^1]);
        Assert.True(told[0] > 0, "two records were left");

        void Handle(int records)
        {
            for (var handled = 0; handled < records; handled++)
            {
                var record = consumer.Consume(Ct);
                lag.Read(record);
                lag.Handled(new TopicPartitionOffset(record.TopicPartition, record.Offset + 1));
            }
        }

        void Tell()
        {
            if (told.Count > 0)
                lag.AtEnd(consumer.Consume(Ct) is { IsPartitionEOF: true } end
                    ? end.TopicPartitionOffset : throw new InvariantException("a record is left"));
            clock.Later += TimeSpan.FromSeconds(2);
            lag.Tell(consumer);
        }
    }

    [Fact]
    public async Task A_reader_of_all_that_a_topic_has_waits_for_an_open_transaction_that_hides_what_was_committed_behind_it()
    {
        Assert.SkipWhen(broker is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        using var dead = new SliceSender(kafka.Transactional("left-open"));
        await Alone(dead, "first");
        var isThere = new TaskCompletionSource();
        dead.Send(Place, new Message<byte[], byte[]> { Key = "never committed"u8.ToArray() }, _ => isThere.SetResult());
        await isThere.Task;
        await using var relay = new RelayProducer(kafka, Probe.Name, TimeProvider.System, _ => Task.CompletedTask);
        await Send(relay, Row("hidden", 1), Row("hidden", 2));
        using var next = new SliceSender(kafka.Transactional("left-open"));

        // It is known by then how much there is to read.
        var read = new TopicRanges(kafka).Read(Topics.StatLines, _ => Alone(next, "last").GetAwaiter().GetResult(), Ct)
            .Select(r => r.Envelope.Key).ToArray();

        Assert.Equal(["first", "hidden", "hidden"], read);

        async Task Alone(SliceSender sender, string key)
        {
            sender.Send(Place, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key) }, report: null);
            Assert.Null(await sender.Commit(Ct));
        }
    }

    private static OutboxRow Row(string key, long version)
    {
        IMessage message = Probe.State(key, version);
        var wire = WireTypes.Of(typeof(GameStateV1));
        var id = DeterministicId.From(message.IdempotencyKey);
        return new OutboxRow(
            version, KeyHash.Slice(key), id, wire.Topic, wire.Name, key, key, DateTimeOffset.UnixEpoch,
            TraceParents.Next(null, id), WireJson.Bytes(message));
    }

    private static async Task Send(RelayProducer producer, params OutboxRow[] rows)
    {
        foreach (var row in rows) producer.Send(row);
        Assert.Empty(await producer.AllAcknowledged(Ct));
    }

    private static Task Send(WorkerDatabase database, IMessage message) => database.Run(
        tx =>
        {
            tx.Send(message);
            return Task.CompletedTask;
        }, Ct);

    private ILookup<string, long> Sent() => Read<GameStateV1>().ToLookup(s => s.GameId, s => s.Version);

    private IEnumerable<T> Read<T>() where T : IMessage => new TopicReader(kafka).Read<T>(Ct).Select(r => r.Message);

    /// <summary>Nothing that compression makes small.</summary>
    private static string Noise(int characters)
    {
        var chance = new SeededRandom(7);
        return string.Concat(Enumerable.Range(0, characters).Select(_ => (char)('a' + chance.Next(26))));
    }

    private async Task Limit(int bytes)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = kafka.TopicPrefix + Topics.StatLines }] =
                [new ConfigEntry { Name = "max.message.bytes", Value = $"{bytes}",
                    IncrementalOperation = AlterConfigOpType.Set }],
        });
    }
}
