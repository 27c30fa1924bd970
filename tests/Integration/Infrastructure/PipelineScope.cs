using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>
/// A pipeline of a test class's own: a fresh migrated database, topics under a prefix of their own. Use as <c>IClassFixture</c>.
/// </summary>
public sealed class PipelineScope(Backbone backbone) : IAsyncLifetime
{
    private const int PollsMax = 4800;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);
    private readonly List<IHost> hosts = [];
    private string database = "";

    public Backbone Backbone { get; } = backbone;

    public KafkaSettings Kafka { get; private set; } = null!;

    public MessageProducer Producer { get; private set; } = null!;

    public string AdminConnection => Backbone.Postgres.ConnectionString(database, "postgres");

    /// <summary>As the settings name it: the worker's own role.</summary>
    public string WorkerConnection(string worker) => Backbone.Postgres.ConnectionString(database, worker);

    /// <summary>The environment variables of this pipeline, for hosts and for child processes.</summary>
    public Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = Backbone.BootstrapServers,
            ["TOPIC_PREFIX"] = Kafka.TopicPrefix,
            ["ADMIN_DATABASE"] = AdminConnection,
            // Limits have tests of their own.
            ["PAYOUT_RISK_POLICY_FILE"] = "none",
        };
        foreach (var worker in Backbone.Workers)
            settings[ContestPipeline.Plumbing.Settings.DatabaseSetting(worker.Name)] = WorkerConnection(worker.Name);
        return settings;
    }

    public async ValueTask InitializeAsync()
    {
        database = await Backbone.NewDatabase();
        Kafka = KafkaSettings.At(Backbone.BootstrapServers, $"{database}-{Environment.ProcessId}.");
        if (Backbone.Embedded is { } embedded) embedded.CreateTopics(Kafka.TopicPrefix);
        else await ProvisionRealTopics();
        Producer = new MessageProducer(Kafka, "tests", TimeProvider.System);
    }

    /// <summary>A host that is not started yet.</summary>
    /// <param name="add">Adds workers; whatever it registers first wins over the defaults, a clock for instance.</param>
    public IHost Build(Action<IHostApplicationBuilder> add, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(Settings());
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        if (Environment.GetEnvironmentVariable("TEST_LOG") is { Length: > 0 })
            builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        add(builder);
        var host = builder.Build();
        hosts.Add(host);
        return host;
    }

    /// <summary>A running host; it is stopped at the end of the test class unless the test stops it.</summary>
    public async Task<IHost> Start(Action<IHostApplicationBuilder> add, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var host = Build(add, settings);
        await host.StartAsync();
        return host;
    }

    public async Task Stop(IHost host)
    {
        hosts.Remove(host);
        await host.StopAsync();
        await Dispose(host);
    }

    /// <summary>A worker's own way into the database, for tests that call handlers or jobs without a running worker.</summary>
    public WorkerDatabase Database(string worker, TimeProvider? clock = null) =>
        new(worker, WorkerConnection(worker), clock ?? TimeProvider.System);

    /// <summary>A back-up of the database as it is now. Whoever is connected is cut off.</summary>
    public async Task<string> BackUp()
    {
        var copy = await Backbone.CopyOf(database);
        NpgsqlConnection.ClearPool(new NpgsqlConnection(AdminConnection));
        return copy;
    }

    /// <summary>
    /// From here on the database is what it was when it was backed up; topics and groups stay as they are. Whoever is connected
    /// is cut off.
    /// </summary>
    public async Task GoBack(string copy)
    {
        await Backbone.GoBack(database, copy);
        NpgsqlConnection.ClearPool(new NpgsqlConnection(AdminConnection));
    }

    /// <summary>Where a stopped worker's group goes on with a partition, as somebody with Kafka's own tools may set it.</summary>
    public void SetGroup(string worker, string topic, int partition, long offset)
    {
        using var group = new ConsumerBuilder<byte[], byte[]>(Kafka.Consumer(Kafka.TopicPrefix + worker)).Build();
        var place = new TopicPartitionOffset(Kafka.Physical(topic), partition, offset);
        // As a member of the group: the embedded broker takes no offset from anybody else.
        group.Subscribe(place.Topic);
        for (var poll = 0; !group.Assignment.Contains(place.TopicPartition); poll++)
        {
            if (poll == PollsMax) throw new TimeoutException($"the group of {worker} does not give {place.Topic} out");
            group.Consume(s_poll);
        }

        group.Commit([place]);
        group.Close();
    }

    /// <summary>Publishes one message after the other and waits until the broker has them all.</summary>
    public Task Publish(params IMessage[] messages) => Task.WhenAll(messages.Select(m => Producer.Publish(m)));

    public IReadOnlyList<Envelope> ReadTopic(string topic) => [.. new TopicReader(Kafka).Read(topic)];

    public IReadOnlyList<T> ReadTopic<T>() where T : IMessage => [.. new TopicReader(Kafka).Read<T>().Select(r => r.Message)];

    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was, within about two minutes.</exception>
    public static async Task Eventually(Func<Task<bool>> isSo, string what)
    {
        for (var poll = 0; poll < PollsMax; poll++)
        {
            if (await isSo()) return;
            await Task.Delay(s_poll);
        }

        throw new TimeoutException($"it never came about: {what}");
    }

    /// <summary>As the owner of the database; the first column of the first row.</summary>
    public async Task<T?> Scalar<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>True when the worker has sent everything that it wrote to its outbox.</summary>
    public async Task<bool> OutboxIsSent(string worker) => await Scalar<long>(
        $"select count(*) from {worker}.outbox o join {worker}.outbox_slice s using (slice) where o.position > s.sent_position")
        == 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.ToArray()) await Stop(host);
        Producer?.Dispose();
    }

    private static async Task Dispose(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    private async Task ProvisionRealTopics()
    {
        using var admin = new TopicAdmin(Kafka);
        await admin.Provision();
    }
}
