using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>
/// PostgreSQL, Kafka, the simulated Stripe and the workers as processes of their own, and a proxy on every way between them. Two
/// processes run Payout, so that what one drops - a lease, a partition - the other takes up.
/// </summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    internal const string Broker = "broker";
    internal const string DatabaseName = "database";
    internal const string StripeName = "stripe";
    internal const string DatabaseDisk = "database";
    internal const string BrokerDisk = "broker";

    private const int MissingAtStart = 2;
    private const int DatabaseMegabytes = 1_536;
    private const int BrokerMegabytes = 1_024;

    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly List<(string Name, int ExitCode)> endings = [];

    internal required StateFolder Folder { get; init; }

    internal required StagePlan Plan { get; init; }

    internal required TimeProvider Clock { get; init; }

    internal Dictionary<string, Server> Servers { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, Disk> Disks { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the links that can be disturbed.</summary>
    internal List<string> Links { get; } = [];

    /// <summary>Null: everybody is connected directly.</summary>
    internal Toxiproxy? Proxies { get; private set; }

    internal NpgsqlDataSource Database { get; private set; } = null!;

    internal SimulatorAdmin Stripe { get; private set; } = null!;

    internal PayoutClient Payout { get; private set; } = null!;

    internal StripeSide Lists { get; private set; } = null!;

    /// <summary>Past every proxy: for those who look on.</summary>
    internal KafkaSettings Kafka { get; private set; } = null!;

    internal Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that ended although nobody had asked it to.</summary>
    internal IReadOnlyList<(string Name, int ExitCode)> Endings
    {
        get
        {
            lock (endings) return [.. endings];
        }
    }

    /// <summary>
    /// Workers that fell over: one that finds no database or broker when it starts says so with exit code 2, one that runs waits
    /// for both.
    /// </summary>
    internal IEnumerable<string> Falls => Endings.Where(e => WorkerNames.Contains(e.Name) && e.ExitCode != MissingAtStart)
        .Select(e => $"{e.Name} fell over with exit code {e.ExitCode}");

    /// <param name="toxiproxy">Null: no links between the processes, and no disks to fill.</param>
    internal async Task Start(string? toxiproxy, string kafkaHome, Action<string> say, CancellationToken ct)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        if (toxiproxy is not null) await PrepareTrouble(toxiproxy, say, ct);
        var kafka = Add(Broker, async token =>
        {
            var broker = await PrivateKafka.Start(kafkaHome, FolderOf(BrokerDisk), Plan.Broker, Plan.BrokerSettings, token);
            return new Life(broker.Pid, () => broker.HasExited, () => 0, broker.DisposeAsync);
        });
        var database = Add(DatabaseName, async token =>
        {
            var server = await PrivatePostgres.Start(
                FolderOf(DatabaseDisk), durable: true, ["max_wal_size=256MB"], Log(DatabaseName), Plan.Database, token);
            return new Life(server.Pid, () => server.HasExited, () => 0, server.DisposeAsync);
        });
        await Task.WhenAll(kafka.Start(ct), database.Start(ct));
        Kafka = KafkaSettings.At($"127.0.0.1:{Plan.Broker}");
        using (var admin = new TopicAdmin(Kafka)) await admin.Provision();
        var owner = $"Host=127.0.0.1;Port={Plan.Database};Database=postgres;Username=postgres;Maximum Pool Size=20;Timeout=15";
        await new Migrator(owner, "test").Apply([.. Workers.All.Select(w => new WorkerSchema(w.Name, w.Assembly))], ct);
        Database = NpgsqlDataSource.Create(owner);
        parts.Push(Database);
        await StartStripe(ct);
        if (Proxies is not null)
        {
            foreach (var (name, listen, upstream) in Plan.Links) await Link(name, listen, upstream, ct);
        }

        AddWorkers(owner);
        await Task.WhenAll(WorkerNames.Select(w => Servers[w].Start(ct)));
    }

    /// <summary>The processes that run workers.</summary>
    internal static IReadOnlyList<string> WorkerNames { get; } = ["ingestion", "scoring", "settlement", "payout", "payout-2"];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in WorkerNames.Where(Servers.ContainsKey)) Servers[server].Signal("CONT");
        await Task.WhenAll(WorkerNames.Where(Servers.ContainsKey).Select(w => Servers[w].DisposeAsync().AsTask()));
        while (parts.TryPop(out var part)) await part.DisposeAsync();
    }

    private async Task PrepareTrouble(string toxiproxy, Action<string> say, CancellationToken ct)
    {
        foreach (var (name, megabytes) in new[] { (DatabaseDisk, DatabaseMegabytes), (BrokerDisk, BrokerMegabytes) })
        {
            if (await Disk.Mount(Folder.Sub("disk-" + name), megabytes, ct) is { } disk) Disks[name] = disk;
        }

        if (Disks.Count == 0) say("no disk is filled: mounting needs root (and scripts/chaos)");
        parts.Push(Proxies = await Toxiproxy.Start(toxiproxy, Plan.Toxiproxy, Clock, ct));
    }

    private async Task StartStripe(CancellationToken ct)
    {
        Stripe = new SimulatorAdmin(new Uri($"http://127.0.0.1:{Plan.Stripe}"), DemoEnvironment.StripeKey);
        Lists = new StripeSide(new Uri($"http://127.0.0.1:{Plan.Stripe}"), DemoEnvironment.StripeKey);
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["SIMULATOR_URL"] = $"http://127.0.0.1:{Plan.Stripe}",
            ["SIMULATOR_DATA"] = Folder.Sub("simulator"),
        };
        await Add(StripeName, _ => Lives.Application("ContestPipeline.StripeSimulator", settings, Log(StripeName))).Start(ct);
        await new Await(Clock, TimeSpan.FromSeconds(30))
            .Until("the simulated Stripe answers", () => Lists.Answers(ct), () => StripeName, ct);
        Payout = new PayoutClient(await DemoStripeEndpoints.Open(Stripe, Settings, ct), Clock);

        Settings["STRIPE_API_KEY"] = DemoEnvironment.StripeKey;
        Settings["PAYOUT_RISK_POLICY_FILE"] = "none";

        // Stripe delivers to a proxy, behind which Ingestion listens.
        if (Proxies is null) return;
        var door = new Uri(Settings["INGESTION_HTTP_URL"]!);
        await Link("stripe-to-ingestion", door.Port, Plan.IngestionHttp, ct);
        Settings["INGESTION_HTTP_URL"] = $"http://127.0.0.1:{Plan.IngestionHttp}";
    }

    private void AddWorkers(string owner)
    {
        Settings["PIPELINE_ENVIRONMENT"] = "test";
        Settings["TOPIC_PREFIX"] = "";
        Settings["ADMIN_DATABASE"] = owner;
        foreach (var (name, value) in StagePlan.WorkerSettings) Settings[name] = value;
        foreach (var name in WorkerNames)
        {
            var worker = Workers.All.Single(w => w.Name == name.Split('-')[0]);
            var settings = new Dictionary<string, string?>(Settings, StringComparer.Ordinal)
            {
                ["KAFKA_BOOTSTRAP_SERVERS"] = $"127.0.0.1:{Plan.Port(name + "-to-broker")}",
                ["STRIPE_API_BASE"] = $"http://127.0.0.1:{Plan.Port("payout-to-stripe")}",
                [Plumbing.Settings.DatabaseSetting(worker.Name)] =
                    $"Host=127.0.0.1;Port={Plan.Port(name + "-to-database")};Database=postgres;Username={worker.Name};Maximum "
                        + $"Pool Size=40;Timeout=15;Include Error Detail=true",
            };

            // Some have their partitions back at once after a crash, some wait for the session of the dead to end.
            if (name is "scoring" or "payout" or "payout-2") settings["KAFKA_GROUP_INSTANCE_ID"] = name;
            if (name == "payout-2") settings.Remove("PAYOUT_HTTP_URL");
            Add(name, _ => Lives.Application(worker.Application, settings, Log(name)));
        }
    }

    private Server Add(string name, Func<CancellationToken, Task<Life>> start)
    {
        var server = new Server(name, start, Ended, Clock);
        Servers.Add(name, server);
        if (!WorkerNames.Contains(name)) parts.Push(server);
        return server;
    }

    private async Task Link(string name, int listen, int upstream, CancellationToken ct)
    {
        await Proxies!.Link(name, listen, upstream, ct);
        Links.Add(name);
    }

    private void Ended(Server server, int exitCode)
    {
        lock (endings) endings.Add((server.Name, exitCode));
    }

    private Action<string> Log(string name) => new ConcurrentLines(Folder.Sub(name + ".log")).Add;

    private string FolderOf(string disk) =>
        Disks.TryGetValue(disk, out var mounted) ? Path.Combine(mounted.Folder, "data") : Folder.Sub(disk);
}
