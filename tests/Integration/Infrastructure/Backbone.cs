using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole;
using Npgsql;

[assembly: AssemblyFixture(typeof(Backbone))]

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>
/// What all integration tests share: one private PostgreSQL with a migrated template database, and one Kafka - the one named by
/// KAFKA_BOOTSTRAP_SERVERS, else a distribution started for the run, else one from Docker where its
/// package was chosen, else the embedded one. Both end with the test process, however it ends.
/// </summary>
public sealed class Backbone : IAsyncLifetime
{
    private const string Template = "pipeline_template";
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-tests-{Environment.ProcessId}");
    private readonly SemaphoreSlim oneAtATime = new(1);
    private IAsyncDisposable? broker;
    private int databases;

    public PrivatePostgres Postgres { get; private set; } = null!;

    /// <summary>Null on a real broker.</summary>
    public EmbeddedKafka? Embedded { get; private set; }

    public string BootstrapServers { get; private set; } = "";

    public bool IsRealBroker => Embedded is null;

    public static IReadOnlyList<WorkerSchema> Workers { get; } =
        [.. ContestPipeline.Demo.Workers.All.Select(w => new WorkerSchema(w.Name, w.Assembly))];

    public async ValueTask InitializeAsync()
    {
        var postgres = PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: false);
        await StartKafka();
        Postgres = await postgres;
        await ExecuteAsAdmin($"create database {Template}");
        await new Migrator(Postgres.ConnectionString(Template, "postgres") + ";Pooling=false", "test")
            .Apply([.. Workers, ConsoleSchema.Of()]);
    }

    /// <summary>A database as a first start leaves it.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> NewDatabase(bool migrated = true)
    {
        await oneAtATime.WaitAsync();
        try
        {
            var name = $"test_{++databases}";
            await ExecuteAsAdmin($"create database {name}{(migrated ? $" template {Template}" : "")}");
            return name;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>
    /// A back-up of a database as it is now, itself a database. Whoever is connected is cut off, and nobody comes in before it is
    /// made: PostgreSQL copies no database in use.
    /// </summary>
    /// <returns>Its name.</returns>
    public async Task<string> CopyOf(string database)
    {
        await oneAtATime.WaitAsync();
        try
        {
            var name = $"test_{++databases}";
            await CutOff(database);
            await ExecuteAsAdmin($"create database {name} template {database}");
            await ExecuteAsAdmin($"alter database {database} allow_connections true");
            return name;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>
    /// The database becomes what it was when it was backed up, under the name that everybody knows. Whoever is connected is cut
    /// off.
    /// </summary>
    public async Task GoBack(string database, string copy)
    {
        await oneAtATime.WaitAsync();
        try
        {
            await CutOff(database);
            await ExecuteAsAdmin($"alter database {database} rename to test_{++databases}_lost");
            await ExecuteAsAdmin($"create database {database} template {copy}");
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (broker is not null) await broker.DisposeAsync();
        Embedded?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartKafka()
    {
        if (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } given)
        {
            BootstrapServers = given;
        }
        else if (PrivateKafka.FindHome(AppContext.BaseDirectory) is { } home
            && Environment.GetEnvironmentVariable("KAFKA_EMBEDDED") is null)
        {
            var kafka = await PrivateKafka.Start(home, Path.Combine(folder, "kafka"));
            (broker, BootstrapServers) = (kafka, kafka.BootstrapServers);
        }
        else if (Environment.GetEnvironmentVariable("KAFKA_EMBEDDED") is null
            && await KafkaInDocker.Start(CancellationToken.None) is { } container)
        {
            (broker, BootstrapServers) = (container, container.BootstrapServers);
        }
        else
        {
            Embedded = new EmbeddedKafka();
            BootstrapServers = Embedded.BootstrapServers;
        }
    }

    private async Task CutOff(string database)
    {
        await ExecuteAsAdmin($"alter database {database} allow_connections false");
        await ExecuteAsAdmin($"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{database}'");
    }

    private async Task ExecuteAsAdmin(string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres.AdminConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
