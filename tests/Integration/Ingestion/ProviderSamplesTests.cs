using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// The programs in samples/providers, each in its own language with a client that nobody here wrote, against a real Kafka: the
/// embedded one keeps no groups for the clients of Node and Python.
/// </summary>
public sealed class ProviderSamplesTests(ProviderBroker broker, PipelineScope scope)
    : IClassFixture<ProviderBroker>, IClassFixture<PipelineScope>, IDisposable
{
    private static readonly string s_folder = Path.Combine(Samples.Repository(), "samples", "providers");

    private readonly string kept = Directory.CreateTempSubdirectory("provider-tests-").FullName;

    public static TheoryData<string> Languages => [.. new[] { "node", "python", "java", "csharp" }];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_game_arrives_whole_is_repeated_without_effect_and_what_is_refused_is_shown_and_mended(string language)
    {
        Assert.SkipUnless(broker.IsThere, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        var program = await Find(language);
        Assert.SkipWhen(program is null, $"the sample in {language} was not run: its runtime or its Kafka client is not here");
        var folder = Path.Combine(kept, language);
        Directory.CreateDirectory(folder);
        var host = await scope.Start(b => b.AddIngestion(), broker.Settings);
        var events = (await File.ReadAllTextAsync(Path.Combine(s_folder, "events.jsonl"))).Replace("sample-1", $"{language}-1");

        Assert.Equal((0, "repeated 0 | sent 12 | refused 0"), await Run(program, language, folder, events));
        await PipelineScope.Eventually(
            async () => await Game($"{language}-1") == "closed false", $"{language}: the game is whole");
        Assert.Equal(
            ["""qb-7 {"pass_yds":16}""", """rb-22 {"rush_yds":8}""", """wr-11 {"rec_yds":16,"recs":2}"""],
            await Samples.StoredLines(scope, $"{language}-1"));

        var wrong = """
            {"do":"status","game":"LANGUAGE-2","status":"in_progress"}
            {"do":"play","game":"LANGUAGE-2","event":"p1","athletes":{"rb-22":{"rush_yds":99999}}}
            """;
        var (code, said) = await Run(program, language, folder, wrong.Replace("LANGUAGE", language));
        Assert.Equal(1, code);
        Assert.StartsWith(
            $"repeated 12 | sent 2 | refused feed-{language}/{language}-2/2: figure-out-of-range, field athletes", said,
            StringComparison.Ordinal);
        Assert.EndsWith(" | refused 1", said, StringComparison.Ordinal);

        // The mended one counts, although the journal still holds the wrong one before it; nothing is heard of twice.
        var right = """
            {"do":"play","game":"LANGUAGE-2","event":"p1","replaces":2,"athletes":{"rb-22":{"rush_yds":9}}}
            {"do":"status","game":"LANGUAGE-2","status":"suspended"}
            """;
        // A request that waits for it is answered: what is asked for as it was, and the end of it.
        using (var producer = new MessageProducer(broker.Kafka, "contestpipeline/ingestion", TimeProvider.System))
            await producer.Publish(new FeedRecoveryRequestedV1($"{language}-1", 5, 12, [5], 1, TimeProvider.System.GetUtcNow()));
        Assert.Contains($"recovered {language}-1 from 5: 8 messages",
            (await Run(program, language, folder, right.Replace("LANGUAGE", language))).Said, StringComparison.Ordinal);
        Assert.Contains(new TopicReader(broker.Kafka).Read<FeedSnapshotCompleteV1>().Select(r => r.Message),
            c => c.GameId == $"{language}-1" && c.LastSequence == 12);
        await PipelineScope.Eventually(
            async () => await Game($"{language}-2") == "suspended false", $"{language}: the gap is closed");
        Assert.Equal(["""rb-22 {"rush_yds":9}"""], await Samples.StoredLines(scope, $"{language}-2"));
        await PipelineScope.Eventually(() => scope.OutboxIsSent("ingestion"), "everything is sent");
        await scope.Stop(host);
        Assert.DoesNotContain(
            new TopicReader(broker.Kafka).Read<AlertRaisedV1>().Select(r => r.Message),
            a => a.Subject.Contains($"{language}-1", StringComparison.Ordinal)
                || a.Kind is "message-id-reused" or "feed-contradicted");
    }

    public void Dispose() => Directory.Delete(kept, recursive: true);

    /// <returns>Exit code, and what it printed, lines joined.</returns>
    private async Task<(int Code, string Said)> Run(string[] program, string language, string folder, string events)
    {
        var file = Path.Combine(folder, "events.jsonl");
        await File.WriteAllTextAsync(file, events);
        var said = new List<string>();
        await using var process = await ChildProcess.Start(
            "/bin/sh", ["-c", "input=$0; exec \"$@\" < \"$input\"", file, .. program, broker.Kafka.BootstrapServers,
                broker.Kafka.TopicPrefix, $"feed-{language}", Path.Combine(folder, "journal.jsonl")],
            new Dictionary<string, string?> { ["LISTEN_MS"] = "6000" },
            line =>
            {
                lock (said) said.Add(line);
            });
        await process.WaitForExit(TestContext.Current.CancellationToken);
        // What its client logs beside is not ours; a program that failed in another way shows all of it.
        lock (said)
        {
            Assert.True(process.ExitCode is 0 or 1 && said.Any(l => l.StartsWith("refused ", StringComparison.Ordinal)),
                string.Join("\n", said));
            return (process.ExitCode, string.Join(
                " | ", said.Where(l => l.Split(' ')[0] is "repeated" or "sent" or "refused" or "recovered")));
        }
    }

    /// <returns>How to start it; null when what it needs is not here.</returns>
    private static async Task<string[]?> Find(string language)
    {
        switch (language)
        {
            case "node":
                return Directory.Exists(Path.Combine(s_folder, "node", "node_modules", "kafkajs"))
                    ? ["node", Path.Combine(s_folder, "node", "provider.mjs")] : null;
            case "python":
                foreach (var python in (string[])["python3", "/usr/bin/python3"])
                    if (await Succeeds(python, "-c", "import kafka; assert kafka.__version__ >= '2'"))
                        return [python, Path.Combine(s_folder, "python", "provider.py")];
                return null;
            case "java":
                return PrivateKafka.FindHome(AppContext.BaseDirectory) is { } home
                    ? ["java", "-cp", Path.Combine(home, "libs", "*"), Path.Combine(s_folder, "java", "Provider.java")] : null;
            default:
                return ["dotnet", Path.Combine(
                    s_folder, "csharp", "bin", BuildOf(), "net10.0", "ContestPipeline.ProviderSample.dll")];
        }
    }

    private static async Task<bool> Succeeds(string program, params string[] arguments)
    {
        await using var process = await ChildProcess.Start(
            "/bin/sh", ["-c", "command -v \"$0\" && exec \"$0\" \"$@\"", program, .. arguments]);
        await process.WaitForExit(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }

    private Task<string?> Game(string gameId) => scope.Scalar<string>(
        "select status || ' ' || (published::json ->> 'incomplete') from ingestion.game where game_id = @gameId and published "
            + "<> ''", new { gameId });

    /// <summary>Release or Debug, as these tests themselves.</summary>
    private static string BuildOf() => Directory.GetParent(AppContext.BaseDirectory.TrimEnd('/'))!.Name;
}

/// <summary>A Kafka of the tests' own with the pipeline's topics.</summary>
public sealed class ProviderBroker : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("provider-kafka-").FullName;
    private PrivateKafka? broker;

    public bool IsThere => broker is not null;

    public KafkaSettings Kafka { get; private set; } = null!;

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["KAFKA_BOOTSTRAP_SERVERS"] = Kafka.BootstrapServers, ["TOPIC_PREFIX"] = Kafka.TopicPrefix,
    };

    public async ValueTask InitializeAsync()
    {
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home) return;
        broker = await PrivateKafka.Start(home, folder);
        Kafka = KafkaSettings.At(broker.BootstrapServers, "test.");
        using var admin = new TopicAdmin(Kafka);
        await admin.Provision();
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is not null) await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
