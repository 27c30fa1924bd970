using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using ContestPipeline.WebConsole;
using Dapper;
using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>
/// Everything the pipeline stands on, private to one run: PostgreSQL, Kafka, the simulated Stripe, the settings that point the
/// workers to them. Nothing of it outlives the run.
/// </summary>
public sealed class DemoEnvironment : IAsyncDisposable
{
    public const string StripeKey = "sk_test_demo";

    private readonly Stack<IAsyncDisposable> parts = new();

    private PrivatePostgres? postgres;
    private RealBroker? kafka;

    private DemoEnvironment() { }

    public required StateFolder Folder { get; init; }

    public KafkaSettings Kafka { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public SimulatorAdmin Stripe { get; private set; } = null!;

    public ChildProcess? Simulator { get; private set; }

    /// <summary>Payout over HTTP; there only with Stripe.</summary>
    public PayoutClient Payout { get; private set; } = null!;

    /// <summary>The environment variables a worker gets.</summary>
    public Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal);

    /// <param name="broker">Null: Kafka is embedded in this process.</param>
    public static async Task<DemoEnvironment> Build(
        StateFolder folder, RealBroker? broker, bool withStripe, Action<string> say, CancellationToken ct)
    {
        var environment = new DemoEnvironment { Folder = folder };
        var stands = false;
        try
        {
            await environment.StartAll(broker, withStripe, say, ct);
            stands = true;
            return environment;
        }
        finally
        {
            if (!stands) await environment.DisposeAsync();
        }
    }

    /// <returns>What this run stands on and has ended by itself, in words; null while all of it runs.</returns>
    public string? WhatEnded() =>
        Simulator is { HasExited: true } stripe ? $"the simulated Stripe (process {stripe.Pid}, exit code {stripe.ExitCode})"
        : postgres is { HasExited: true } ? "PostgreSQL"
        : kafka is { HasEnded: true } ? "Kafka" : null;

    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part)) await part.DisposeAsync();
    }

    private async Task StartAll(RealBroker? broker, bool withStripe, Action<string> say, CancellationToken ct)
    {
        // The workers see to this for themselves, but there may be none of them in this process.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var starting = PrivatePostgres.Start(Folder.Sub("postgres"), durable: true, ct: ct);
        kafka = broker;
        Kafka = broker?.Settings ?? Embed();
        var server = postgres = await starting;
        parts.Push(server);
        Point(server);
        if (broker is not null) await Provision();
        var simulator = withStripe ? StartSimulator(ct) : Task.CompletedTask;
        WorkerSchema[] schemas = [.. Workers.All.Select(w => new WorkerSchema(w.Name, w.Assembly)), ConsoleSchema.Of()];
        var migrating = new Migrator(server.AdminConnectionString, "test").Apply(schemas, ct);
        await Task.WhenAll(simulator, migrating);
        Database = NpgsqlDataSource.Create(server.AdminConnectionString);
        parts.Push(Database);
        say($"PostgreSQL on port {server.Port}, Kafka at {Kafka.BootstrapServers} "
            + $"({(broker is null ? "embedded" : "real broker")}), {(await migrating).Count} migrations");
    }

    private KafkaSettings Embed()
    {
        var kafka = new EmbeddedKafka();
        parts.Push(new Disposer(kafka));
        kafka.CreateTopics();
        return KafkaSettings.At(kafka.BootstrapServers);
    }

    private async Task Provision()
    {
        using var admin = new TopicAdmin(Kafka);
        await admin.Provision();
    }

    private void Point(PrivatePostgres server)
    {
        Settings["PIPELINE_ENVIRONMENT"] = "test";
        Settings["KAFKA_BOOTSTRAP_SERVERS"] = Kafka.BootstrapServers;
        Settings["TOPIC_PREFIX"] = Kafka.TopicPrefix;
        Settings["ADMIN_DATABASE"] = server.AdminConnectionString;
        foreach (var name in Workers.All.Select(w => w.Name).Append(ConsoleSchema.Name))
            Settings[Plumbing.Settings.DatabaseSetting(name)] = server.ConnectionString("postgres", name);
    }

    private async Task StartSimulator(CancellationToken ct)
    {
        const string Announcement = "simulator listening on ";
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new ConcurrentLines();
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["SIMULATOR_URL"] = "http://127.0.0.1:0",
            ["SIMULATOR_DATA"] = Folder.Sub("simulator"),
        };
        Simulator = await Application.Start("ContestPipeline.StripeSimulator", settings, line =>
        {
            log.Add(line);
            var at = line.IndexOf(Announcement, StringComparison.Ordinal);
            if (at >= 0) address.TrySetResult(new Uri(line[(at + Announcement.Length)..].Trim()));
        });
        parts.Push(Simulator);
        var ended = Simulator.WaitForExit(ct);
        if (await Task.WhenAny(address.Task, ended) == ended) throw new InvariantException($"the simulator did not start: {log}");

        Stripe = new SimulatorAdmin(await address.Task, StripeKey);
        parts.Push(new Disposer(Stripe));
        Settings["STRIPE_API_KEY"] = StripeKey;
        // What shows limits names its own.
        Settings[RiskPolicy.Setting] = "none";
        Settings["STRIPE_API_BASE"] = (await address.Task).ToString().TrimEnd('/');
        Settings["PROOF_FILES_STORE"] = Folder.Sub("proofs");
        Payout = new PayoutClient(await DemoStripeEndpoints.Open(Stripe, Settings, ct), TimeProvider.System);
        parts.Push(new Disposer(Payout));
    }

    /// <summary>Lets a part that stops at once stand in the row of those that take their time.</summary>
    private sealed class Disposer(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
