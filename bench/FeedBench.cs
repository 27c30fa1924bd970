using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// Feed messages through Ingestion and Scoring, each a process of its own on a real broker, until every final line is stored in
/// Scoring and the published standings show it; beside it the same messages merely consumed and copied into a table, and folded
/// by Kafka Streams with exactly_once_v2.
/// </summary>
public static class FeedBench
{
    private const int SlatesDefault = 22;

    /// <param name="args">The number of slates, if another than the default, and the store of Kafka Streams: <c>memory</c>
    /// (default) or <c>rocksdb</c>.</param>
    public static async Task Run(string[] args)
    {
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home)
        {
            Console.WriteLine("feed: skipped, needs a real broker: KAFKA_HOME or ../shared/kafka with its libs, and Java");
            return;
        }

        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : SlatesDefault;
        var folder = Directory.CreateTempSubdirectory("feed-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await using var broker = await PrivateKafka.Start(home, Path.Combine(folder, "kafka"));
            var slates = await FeedSlates.Make(Path.Combine(Checkout(), "samples"), count);
            await Compare(home, folder, postgres, broker, slates, args.Length > 1 ? args[1] : "memory");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Compare(
        string home, string folder, PrivatePostgres postgres, PrivateKafka broker, IReadOnlyList<FeedSlate> slates, string store)
    {
        var kafka = KafkaSettings.At(broker.BootstrapServers, $"bench-{Environment.ProcessId}.");
        using (var topics = new TopicAdmin(kafka)) await topics.Provision();
        WorkerSchema[] workers = [new(IngestionService.Name, typeof(IngestionService).Assembly),
            new(ScoringService.Name, typeof(ScoringService).Assembly)];
        await new Migrator(postgres.AdminConnectionString, "test").Apply(workers);
        await using var admin = NpgsqlDataSource.Create(postgres.AdminConnectionString);
        var all = slates.Sum(s => s.Messages.Count);
        var warmUp = slates.Count / 2;
        var timed = slates.Skip(warmUp).Sum(s => s.Messages.Count);
        var games = slates.Sum(s => s.Contest.GameIds.Count);
        Console.WriteLine(
            Text(
                $"feed: {all:N0} messages of {games} games, {slates[0].Contest.GameIds.Count} at a time; {slates.Count} contests with {FeedSlates.EntriesPerContest:N0} line-ups each; {timed:N0} timed, the others warm up"));

        var expected = FeedSlates.Digest(slates.SelectMany(s => s.Lines));
        FeedTimes ours;
        var servers = new Dictionary<string, int>(StringComparer.Ordinal)
            { ["database"] = postgres.Pid, ["broker"] = broker.Pid };
        await using (var pipeline = await FeedPipeline.Start(postgres, kafka, admin, servers))
            ours = await pipeline.Measure(slates, warmUp);
        Invariant.Holds(await FeedPipeline.StoredDigest(admin) == expected, "the lines in Scoring are not those of the feed");
        var oursPerSecond = timed / ours.RankedSeconds;
        Console.WriteLine(
            Text(
                $"  Ingestion and Scoring          {oursPerSecond,9:N0}/s  folded after {ours.FoldedSeconds:0.00} s, stored after {ours.StoredSeconds:0.00} s, in the standings after {ours.RankedSeconds:0.00} s; peak {ours.Peaks}"));

        Console.WriteLine(Text(
            $"  processor time a message       {ours.Processor.Values.Sum() / timed * 1e6,9:N1} µs  {string.Join(", ", ours.Processor.Select(p => Text($"{p.Key} {p.Value / timed * 1e6:0.0}")))}"));

        // Twice, and the better one counts: the first warms up.
        await FeedBaselines.RawCopy(kafka, admin, all, "raw_first");
        var raw = all / await FeedBaselines.RawCopy(kafka, admin, all, "raw_second");
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(Text(
            $"  consume and COPY               {raw,9:N0}/s  peak {process.PeakWorkingSet64 >> 20:N0} MB with the generator"));
        Console.WriteLine(Text($"  ratio {oursPerSecond / raw:P0} of consume and COPY, target >= 50 %"));

        var libraries = Path.GetFullPath(Environment.GetEnvironmentVariable("KAFKA_STREAMS_LIBS")
            ?? Path.Combine(home, "..", "peers", "kafka-streams", "libs"));
        if (!Directory.Exists(libraries))
        {
            Console.WriteLine("  Kafka Streams: skipped, KAFKA_STREAMS_LIBS or ../shared/peers/kafka-streams/libs is not there");
            return;
        }

        var (seconds, peakMib, digest) = await FeedBaselines.Streams(
            kafka, home, libraries, Path.Combine(Checkout(), "bench", "streams"), folder, all, store);
        Invariant.Holds(digest == expected, "the lines of Kafka Streams are not those of the feed");
        Console.WriteLine(
            Text(
                $"  Kafka Streams exactly_once_v2  {all / seconds,9:N0}/s  peak {peakMib:N0} MB, {store} stores, lines only: no database, no standings"));
        Console.WriteLine(Text($"  ratio {oursPerSecond / (all / seconds):0.00}x of Kafka Streams, target >= 1x"));
    }

    internal static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) return folder.FullName;
        }

        throw new InvariantException($"{AppContext.BaseDirectory} is not inside a checkout");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
