using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ContestPipeline.Simulation;

/// <summary>
/// A place for one process of a worker: its connections outlive the process, because making new ones would take longer than the
/// whole seed.
/// </summary>
internal sealed class SimSlot(string worker, int number, string connectionString, string ownersConnectionString)
    : IAsyncDisposable
{
    private readonly ProcessClock clock = new();
    private WorkerDatabase? database;
    private WorkerDatabase? desk;

    internal string Worker => worker;

    internal int Number => number;

    internal SimProcess? Process { get; set; }

    internal SimWorld? World { get; private set; }

    /// <summary>The clock of the machine that the slot is on: that of the seed, a little ahead of it or behind.</summary>
    internal TimeProvider Clock => clock;

    internal WorkerDatabase Database =>
        database ??= new WorkerDatabase(worker, connectionString, clock) { AtCommit = AtCommit, AfterStatement = AfterStatement };

    /// <summary>Where an operator sits: nothing goes wrong there.</summary>
    internal WorkerDatabase Desk => desk ??= new WorkerDatabase(worker, ownersConnectionString, clock);

    internal NpgsqlConnection Lasting { get; } = new(connectionString + ";Pooling=false;Max Auto Prepare=20");

    public async ValueTask DisposeAsync()
    {
        await Lasting.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        if (desk is not null) await desk.DisposeAsync();
    }

    internal void Enter(SimWorld world)
    {
        (World, Process) = (world, null);
        (clock.True, clock.Off) = (world.Clock, world.Clock.Off());
    }

    /// <summary>Somebody sets the clock of the machine; whoever runs there does not hear of it.</summary>
    internal void SetClock() => clock.Off = World!.Clock.Off();

    private Task AfterStatement() => World!.AfterStatement(Process!);

    private Task AtCommit(Tx tx, bool isDone) => World!.Commit(Process!, tx.Outgoing, isDone);

    private sealed class ProcessClock : TimeProvider
    {
        /// <summary>Of the seed that is being played.</summary>
        internal TimeProvider True { private get; set; } = TimeProvider.System;

        internal TimeSpan Off { private get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => True.GetUtcNow() + Off;

        public override long GetTimestamp() => True.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            True.CreateTimer(callback, state, dueTime, period);
    }
}

/// <summary>A database in which one seed after the other is played, each from a clean beginning.</summary>
internal sealed class SimLane : IAsyncDisposable
{
    internal const int ProcessesPerWorker = 2;

    private readonly NpgsqlConnection admin;
    private readonly Func<string, string> connectionString;
    private SimPlan plan = SimPlan.Usual;
    private int seeds;

    private SimLane(NpgsqlConnection admin, Func<string, string> connectionString) =>
        (this.admin, this.connectionString) = (admin, connectionString);

    internal IReadOnlyList<SimSlot> Slots { get; private set; } = [];

    internal NpgsqlConnection Admin => admin;

    internal static async Task<SimLane> Open(SimPostgres postgres, string database, CancellationToken ct)
    {
        await using (var owner = new NpgsqlConnection(postgres.ConnectionString("postgres", "postgres") + ";Pooling=false"))
        {
            await owner.OpenAsync(ct);
            await Execute(owner, $"create database {database}", ct);
        }

        var connectionString = postgres.ConnectionString(database, "postgres");
        await new Migrator(connectionString, "test").Apply(DeclaredWorkers.Schemas, ct);
        var admin = new NpgsqlConnection($"{connectionString};Max Auto Prepare=100;Options=-c session_replication_role=replica");
        await admin.OpenAsync(ct);
        await Execute(admin, SimReset.Prepare(SimRun.Start), ct);
        await Execute(admin, SimBackUp.Prepare, ct);
        var lane = new SimLane(admin, user => postgres.ConnectionString(database, user));
        await lane.Connect(ct);
        return lane;
    }

    /// <summary>From the next seed on the workers' statements are run like this.</summary>
    internal async Task Use(SimPlan next, CancellationToken ct)
    {
        if (next == plan) return;
        plan = next;
        foreach (var slot in Slots) await slot.DisposeAsync();
        await Connect(ct);
    }

    private async Task Connect(CancellationToken ct)
    {
        Slots =
        [
            .. DeclaredWorkers.All.SelectMany(w => Enumerable.Range(1, ProcessesPerWorker).Select(n => new SimSlot(
                w.Name, n, $"{connectionString(w.Name)};Options=-c lock_timeout=20ms {plan.Options}",
                connectionString("postgres")))),
        ];
        foreach (var slot in Slots) await slot.Lasting.OpenAsync(ct);
    }

    internal async Task Reset(SimWorld world, CancellationToken ct)
    {
        await Execute(admin, SimReset.Run, ct);
        if (++seeds % plan.SeedsPerSweep == 0) await Execute(admin, SimReset.Sweep, ct);
        foreach (var slot in Slots) slot.Enter(world);
    }

    /// <summary>A new process in the slot: the locks of the last one went with its connection.</summary>
    internal static async Task<SimProcess> Start(SimWorld world, SimSlot slot, CancellationToken ct)
    {
        await FreeLocks(slot, ct);
        SimProcess? process = null;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings(slot.Worker));
        builder.Services.AddLogging();
        builder.Services.AddSingleton(slot.Clock);
        builder.Services.AddSingleton(services => world.Stripe.Connection(
            services.GetRequiredService<PayoutOptions>(), slot.Clock, () => process!));
        builder.Services.AddKeyedSingleton(
            StripeWire.ReadingStripe, (services, _) => services.GetRequiredService<StripeConnection>().Looking);
        DeclaredWorkers.All.Single(w => w.Name == slot.Worker).Add(builder);
        builder.Services.AddKeyedSingleton<WorkerDatabase>(slot.Worker, slot.Database);
        builder.Services.AddSingleton<ReadWritten>((topic, since, isWanted, _) => world.Broker.Written(topic, since, isWanted));
        process = new SimProcess(world, slot, builder.Build());
        slot.Process = process;
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Slots) await slot.DisposeAsync();
        await admin.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings(string worker) => new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test",
        ["KAFKA_BOOTSTRAP_SERVERS"] = "simulation:1",
        [Plumbing.Settings.DatabaseSetting(worker)] = "Host=simulation",
        ["STRIPE_API_KEY"] = "sk_test_simulation", ["PAYOUT_RISK_POLICY_FILE"] = "none",
        ["STRIPE_API_BASE"] = "http://simulation",
        ["PAYOUT_PARALLEL"] = "1",
        ["PAYOUT_RATE_PER_SECOND"] = "1000",
        ["PAYOUT_LINK_KEY"] = "simulation-simulation-simulation-simulation",
    };

    private static Task FreeLocks(SimSlot slot, CancellationToken ct) =>
        Execute(slot.Lasting, "select pg_advisory_unlock_all()", ct);

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
