using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// From the commit of one large transaction until the broker has its last message, in order per key: our relay beside a bare
/// producer that has the very same records in memory, and beside Debezium's outbox router with the same rows. Then single
/// messages on an idle system, from the commit to a consumer's hands.
/// </summary>
internal static class OutboxBench
{
    private const string Worker = "bench";
    private const string RawTopic = "bench.raw";
    private const int MessagesDefault = 200_000;
    private const int Games = 100;
    private const int AthletesPerGame = 40;
    private const int Rounds = 3;
    private const int IdleSamples = 300;

    /// <summary>It looks for rows twice a second: as many samples as of ours would take minutes.</summary>
    private const int PeerIdleSamples = 40;

    private static readonly int s_partitions = Topics.Find(Topics.StatLines).Partitions;

    /// <param name="args">The number of messages, if another than the default.</param>
    public static async Task Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : MessagesDefault;
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home)
        {
            Console.WriteLine("outbox: no Kafka distribution (KAFKA_HOME) and Java here: nothing to measure on");
            return;
        }

        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-bench-{Environment.ProcessId}");
        await using (var postgres = await PrivatePostgres.Start(
            Path.Combine(folder, "postgres"), durable: true, ["wal_level=logical"]))
        await using (var broker = await PrivateKafka.Start(home, Path.Combine(folder, "kafka")))
        {
            var kafka = KafkaSettings.At(broker.BootstrapServers);
            await MakeTopics(kafka);
            await new Migrator(postgres.AdminConnectionString, "test")
                .Apply([new WorkerSchema(Worker, typeof(OutboxBench).Assembly)]);
            await Measure(postgres, kafka, home, folder, count);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task Measure(PrivatePostgres postgres, KafkaSettings kafka, string home, string folder, int count)
    {
        var lines = Lines(count);
        var bytes = lines.Sum(l => (long)WireJson.Bytes(l).Length) / count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"outbox: {count:N0} messages of {bytes} bytes, {Games} keys, one transaction; best of {Rounds}"));
        var raw = Best(await Repeat(() => Produce(kafka, lines)));
        Print("raw produce", count, raw);

        await using var database = new WorkerDatabase(Worker, postgres.ConnectionString("postgres", Worker), TimeProvider.System);
        using var topic = new ArrivalWatch(kafka, Topics.StatLines, s_partitions);
        using (var relay = new OutboxRelay(Worker, kafka, database, TimeProvider.System, NullLogger.Instance))
        {
            await relay.StartAsync(default);
            var ours = Best(await Repeat(() => Relayed(database, lines)));
            Print("ours, from commit to the broker", count, ours);
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  ratio to raw produce: {raw / ours:P0} (level: 30 %)"));
            PrintIdle("ours", await Idle(topic, IdleSamples, n => CommitOne(database, n)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  peak memory of this process, all messages and their transaction in it, "
                    + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MB"));
            await relay.StopAsync(default);

            await using var peer = await DebeziumPeer.Start(home, folder, kafka, postgres, $"{Worker}.outbox");
            if (peer is null)
            {
                Console.WriteLine("  Debezium is not there (peers/debezium beside the Kafka distribution): no second baseline");
                return;
            }

            using var routed = new ArrivalWatch(kafka, DebeziumPeer.Topic, s_partitions);
            var debezium = Best(await Repeat(() => peer.Relay(count, routed)));
            Print("Debezium, from commit to the broker", count, debezium);
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  ratio to Debezium: {debezium / ours:0.00}x (level: 1x)"));
            PrintIdle("Debezium", await Idle(routed, PeerIdleSamples, _ => peer.CommitOne()));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  peak memory of Debezium {peer.PeakMemoryMb():N0} MB"));
        }
    }

    private static StatLineV1[] Lines(int count)
    {
        var chance = new SeededRandom(4);
        string[] names = ["pass_yds", "pass_tds", "pass_ints", "rush_atts", "rush_yds", "rush_tds", "recs", "rec_yds", "rec_tds",
            "fumbles_lost"];
        return [.. Enumerable.Range(0, count).Select(n => new StatLineV1(
            $"2016100{n % 9}-game-{n % Games:000}", $"athlete-{chance.Next(AthletesPerGame):0000000}", n,
            names.ToDictionary(s => s, _ => (long)chance.Next(400)),
            DateTimeOffset.UnixEpoch.AddMilliseconds(n)))];
    }

    private static async Task<TimeSpan> Produce(KafkaSettings kafka, StatLineV1[] lines)
    {
        var records = lines.Select(line =>
        {
            var id = DeterministicId.From(line.IdempotencyKey);
            var headers = CloudEvents.Headers(id.ToString(), WireTypes.Of(typeof(StatLineV1)).Name, "contestpipeline/bench",
                line.At, TraceParents.Next(null, id));
            return (To: new TopicPartition(RawTopic, KeyHash.Partition(line.PartitionKey, s_partitions)),
                Record: new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(line.RecordKey), Value = WireJson.Bytes(line),
                    Headers = headers });
        }).ToArray();
        using var producer = new ProducerBuilder<byte[], byte[]>(kafka.Producer()).SetLogHandler((_, _) => { }).Build();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = records.Length;
        var clock = Stopwatch.StartNew();
        foreach (var (to, record) in records)
        {
            producer.Produce(to, record, report =>
            {
                if (report.Error.IsError) done.TrySetException(new KafkaException(report.Error));
                if (Interlocked.Decrement(ref open) == 0) done.TrySetResult();
            });
        }

        await done.Task;
        return clock.Elapsed;
    }

    private static async Task<TimeSpan> Relayed(WorkerDatabase database, StatLineV1[] lines)
    {
        var committed = new Stopwatch();
        await database.Run(
            tx =>
            {
                foreach (var line in lines) tx.Send(line);
                tx.AfterCommit(committed.Start);
                return Task.CompletedTask;
            }, default);
        await Acknowledged(database);
        return committed.Elapsed;
    }

    /// <summary>
    /// Waits until the relay has noted that the broker has everything: offsets do not tell, because transactions take some of
    /// their own.
    /// </summary>
    private static async Task Acknowledged(WorkerDatabase database)
    {
        while (!await database.Run(
            tx => tx.QueryOne<bool>(
                $"select min(sent_position) >= (select last_value from {Worker}.outbox_position) from {Worker}.outbox_slice"),
                default))
            await Task.Delay(ArrivalWatch.PollMs);
    }

    private static async Task<long> CommitOne(WorkerDatabase database, int n)
    {
        long committed = 0;
        await database.Run(
            tx =>
            {
                tx.Send(
                    new StatLineV1($"idle-{n % Games}", "athlete", n, new Dictionary<string, long>(), DateTimeOffset.UnixEpoch));
                tx.AfterCommit(() => committed = Stopwatch.GetTimestamp());
                return Task.CompletedTask;
            }, default);
        return committed;
    }

    /// <param name="commit">Commits one message and says when the commit was known.</param>
    private static async Task<double[]> Idle(ArrivalWatch topic, int samples, Func<int, Task<long>> commit)
    {
        var chance = new SeededRandom(1);
        var sampleMs = new double[samples];
        topic.FollowFromEnd();
        for (var n = 0; n < samples; n++)
        {
            await Task.Delay(20 + chance.Next(20));
            var committed = await commit(n);
            topic.Next();
            sampleMs[n] = Stopwatch.GetElapsedTime(committed).TotalMilliseconds;
        }

        Array.Sort(sampleMs);
        return sampleMs;
    }

    private static async Task MakeTopics(KafkaSettings kafka)
    {
        using var topics = new TopicAdmin(kafka);
        await topics.Provision();
        using var admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
        await admin.CreateTopicsAsync(((string[])[RawTopic, DebeziumPeer.Topic]).Select(
            name => new TopicSpecification { Name = name, NumPartitions = s_partitions, ReplicationFactor = 1 }));
    }

    private static async Task<List<TimeSpan>> Repeat(Func<Task<TimeSpan>> measure)
    {
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++) times.Add(await measure());
        return times;
    }

    private static TimeSpan Best(List<TimeSpan> times) => times.Min();

    private static void Print(string what, int count, TimeSpan time) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {what}: {time.TotalMilliseconds:N0} ms = {count / time.TotalSeconds:N0} messages/s"));

    private static void PrintIdle(string whose, double[] sampleMs) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {whose}, idle, commit to a consumer's hands: p50 {sampleMs[sampleMs.Length / 2]:0.0} ms, p99 "
            + $"{sampleMs[sampleMs.Length * 99 / 100]:0.0} ms of "
            + $"{sampleMs.Length}{(whose == "ours" ? " (level: p99 50 ms)" : "")}"));
}
