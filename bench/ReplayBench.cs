using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// A replay plan over feed messages that nobody knows yet - shadow made, handled by all four workers, compared, dropped - beside
/// consuming the same messages for real, in Ingestion and Scoring as processes of their own.
/// </summary>
public static class ReplayBench
{
    private const int SlatesDefault = 19;
    private const int WarmUp = 2;
    private const double RatioMax = 2;

    /// <param name="args">The number of slates, if another than the default; two of them warm up.</param>
    public static async Task Run(string[] args)
    {
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home)
        {
            Console.WriteLine("replay: skipped, needs a real broker: KAFKA_HOME or ../shared/kafka with its libs, and Java");
            return;
        }

        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : SlatesDefault;
        var folder = Directory.CreateTempSubdirectory("replay-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await using var broker = await PrivateKafka.Start(home, Path.Combine(folder, "kafka"));
            var slates = await FeedSlates.Make(Path.Combine(FeedBench.Checkout(), "samples"), count);
            await Compare(folder, postgres, KafkaSettings.At(broker.BootstrapServers, $"bench-{Environment.ProcessId}."), slates);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Compare(
        string folder, PrivatePostgres postgres, KafkaSettings kafka, IReadOnlyList<FeedSlate> slates)
    {
        using (var topics = new TopicAdmin(kafka)) await topics.Provision();
        await new Migrator(postgres.AdminConnectionString, "test").Apply(DeclaredWorkers.Schemas);
        await using var admin = NpgsqlDataSource.Create(postgres.AdminConnectionString);
        var file = new FileInfo(Path.Combine(folder, "feed.jsonl"));
        FeedRecord[] timed = [.. slates.Skip(WarmUp).SelectMany(s => s.Messages)];
        await using (var stream = file.Create()) await FeedFile.Write(stream, timed, CancellationToken.None);
        ReplayPlan? plan = null;
        var planned = TimeSpan.Zero;
        var steps = new List<(string Step, TimeSpan At)>();
        FeedTimes real;
        var servers = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var pipeline = await FeedPipeline.Start(postgres, kafka, admin, servers))
        {
            real = await pipeline.Measure(slates, WarmUp, async () =>
            {
                var watch = Stopwatch.StartNew();
                Reached("reading the file", TimeSpan.Zero);
                plan = await new PlanReplay(Settings(postgres, kafka), kafka, TimeProvider.System,
                    p => Reached(p.Step, watch.Elapsed)).Of(file, CancellationToken.None);
                planned = watch.Elapsed;
            });
        }

        void Reached(string step, TimeSpan at)
        {
            var name = step.StartsWith("copying", StringComparison.Ordinal) ? "copying" : step;
            if (steps.Count == 0 || steps[^1].Step != name) steps.Add((name, at));
        }

        Invariant.Holds(plan!.Effect.Messages.New == timed.Length,
            $"{plan.Effect.Messages.New} of {timed.Length} messages were new to the plan");
        var ratio = planned.TotalSeconds / real.RankedSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"replay plan: {timed.Length:N0} messages, {plan.Effect.Total.EntriesRescored:N0} entries rescored, "
                + $"{plan.Effect.Total.ScoresChanged:N0} scores changed: {planned.TotalSeconds:F1} s; consumed for real in "
                + $"{real.RankedSeconds:F1} s; ratio {ratio:F2} (at most {RatioMax})"));
        Console.WriteLine("  seconds: " + string.Join(", ", steps.Zip(steps.Skip(1).Select(s => s.At).Append(planned)).Select(
            step => string.Create(
                CultureInfo.InvariantCulture, $"{step.First.Step} {(step.Second - step.First.At).TotalSeconds:F1}"))));
    }

    private static IConfiguration Settings(PrivatePostgres postgres,
        KafkaSettings kafka) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = kafka.BootstrapServers,
        ["TOPIC_PREFIX"] = kafka.TopicPrefix,
        ["ADMIN_DATABASE"] = postgres.AdminConnectionString,
    }).Build();
}
