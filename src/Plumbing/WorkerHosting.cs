using System.Reflection;
using ContestPipeline.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>Adds a worker to a host.</summary>
public static class WorkerHosting
{
    private static readonly TimeSpan s_maintenanceEvery = TimeSpan.FromSeconds(30);

    /// <param name="name">Worker name: schema, database role and consumer group.</param>
    /// <param name="migrations">Assembly with the numbered SQL files as embedded resources
    /// (<c>Sql/NNN-what-it-does.sql</c>).</param>
    /// <exception cref="SettingException">A setting is missing or wrong.</exception>
    public static void AddWorker(
        this IHostApplicationBuilder host, string name, Assembly migrations, Action<WorkerBuilder> declare)
    {
        host.Services.TryAddSingleton<TimeProvider>(new SteadyClock(TimeProvider.System));
        var worker = new WorkerBuilder(host, name);
        declare(worker);
        worker.On<AlertResolvedV1, AlertEndings>();
        worker.Job<MaintenanceJob>("maintenance", s_maintenanceEvery);
        worker.Job<ClockJob>("clock", s_maintenanceEvery);

        foreach (var consumption in worker.Consumptions)
            host.Services.AddSingleton(
                new Subscription(name, consumption.Topic, consumption.MessageType is { } type ? WireTypes.Of(type).Name : null));

        var environment = host.Configuration.PipelineEnvironment();
        var kafka = KafkaSettings.From(host.Configuration);
        var connectionString = host.Configuration.Require(
            Settings.DatabaseSetting(name), $"say how {name} connects to PostgreSQL");
        host.Services.AddKeyedSingleton(name, (services, _) =>
            new WorkerDatabase(
                name, connectionString, services.GetRequiredService<TimeProvider>(), services.GetService<ILoggerFactory>()));
        AddOfTheProcess(host, name);
        host.Services.AddSingleton<OutgoingConnection>(new OutgoingConnection.Postgres(Settings.DatabaseSetting(name)));
        AddLoops(worker, migrations, environment, kafka, Consumer(host.Configuration));
    }

    /// <summary>Once, however many workers the process runs, and before all their loops.</summary>
    private static void AddOfTheProcess(IHostApplicationBuilder host, string name)
    {
        host.Services.AddSingleton(new WorkerName(name));
        if (host.Services.Any(service => service.ServiceType == typeof(HealthServer))) return;
        foreach (var connection in (OutgoingConnection[])[OutgoingConnection.Broker, OutgoingConnection.BrokerTokens,
            .. OutgoingConnection.Telemetry]) host.Services.AddSingleton(connection);
        host.Services.AddSingleton<IHostedService>(services =>
            new SettingsCheck(host.Configuration, services.GetServices<WorkerName>(),
                services.GetRequiredService<ILogger<SettingsCheck>>()));
        host.Services.AddSingleton<IHostedService>(services =>
            new TransportCheck(host.Configuration, services.GetServices<OutgoingConnection>()));
        host.Services.AddSingleton<IHostedService>(services =>
            new TelemetryExport(host.Configuration, services.GetServices<WorkerName>()));
        host.Services.AddSingleton(services => new HealthServer(
            services, services.GetRequiredService<TimeProvider>(), host.Configuration,
            services.GetRequiredService<ILogger<HealthServer>>()));
        host.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<HealthServer>());
    }

    /// <summary>Each loop is registered by itself: AddHostedService silently drops a second one of the same type.</summary>
    private static void AddLoops(
        WorkerBuilder worker, Assembly migrations, string environment, KafkaSettings kafka, ConsumerOptions options)
    {
        var name = worker.Name;
        var measureEvery = TimeSpan.FromMilliseconds(worker.Host.Configuration.Whole("OTEL_METRIC_EXPORT_INTERVAL"));
        worker.Services.TryAddSingleton<ReadWritten>(new TopicRanges(kafka).Written);
        worker.Services.AddKeyedSingleton(
            name, (services, _) => new OffsetWatch(
                name, kafka, Database(services), worker.OnWentBack,
                services.GetRequiredService<ReadWritten>(), Log(services, "offsets")));
        worker.Services.AddKeyedSingleton(name,
            (services, _) =>
                new StartCheck(name, migrations, environment, kafka, Database(services), Offsets(services), worker.OnStart));
        worker.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<StartCheck>(name));
        worker.Services.AddSingleton(services => new Readiness(
            name, services.GetRequiredKeyedService<StartCheck>(name), kafka,
            services.GetRequiredKeyedService<KafkaConsumerLoop>(name)));
        worker.Services.AddSingleton<IHostedService>(services =>
            new OutboxRelay(name, kafka, Database(services), Clock(services), Log(services, "outbox")));
        worker.Services.AddKeyedSingleton(name, (services, _) => new KafkaConsumerLoop(
            name, kafka, Database(services), () => TopicPlan.Of(worker, services), options, Offsets(services), Clock(services),
            Log(services, "consumer")));
        worker.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<KafkaConsumerLoop>(name));
        worker.Services.AddSingleton<IHostedService>(services => new MeasureLoop(
            name, Database(services), services.GetKeyedServices<IMeasure>(name), measureEvery, Clock(services),
            Log(services, "measure")));
        foreach (var job in worker.Jobs)
        {
            worker.Services.AddSingleton<IHostedService>(services => new JobLoop(
                job.Name, job.Every, () => job.Job(services), Database(services), Clock(services), Log(services, "job")));
        }

        OffsetWatch Offsets(IServiceProvider services) => services.GetRequiredKeyedService<OffsetWatch>(name);
        WorkerDatabase Database(IServiceProvider services) => services.GetRequiredKeyedService<WorkerDatabase>(name);
        ILogger Log(IServiceProvider services, string part) =>
            services.GetRequiredService<ILoggerFactory>().CreateLogger($"{name}.{part}");
        static TimeProvider Clock(IServiceProvider services) => services.GetRequiredService<TimeProvider>();
    }

    private static ConsumerOptions Consumer(IConfiguration configuration) => new(
        configuration.Whole("CONSUMER_BATCH_COUNT_MAX"), configuration.Whole("CONSUMER_BATCH_BYTES_MAX"),
        configuration.Whole("CONSUMER_LINGER_MS"));
}

/// <summary>
/// Runs a process of workers: a missing or wrong setting is one sentence on stderr and exit code 2; SIGTERM is a clean stop
/// within ten seconds.
/// </summary>
public static class WorkerHost
{
    private const int Broken = 1;
    private const int WrongSetting = 2;

    private const string Help =
        "Runs until it is told to stop (SIGTERM). It takes no arguments: settings are environment variables, see "
            + "docs/settings.md; contestctl doctor checks them.";

    /// <summary>With <c>--help</c> it says in one line what the program is, and starts nothing.</summary>
    public static async Task<int> Run(string[] args, Action<IHostApplicationBuilder> add)
    {
        if (args is ["-h" or "--help"])
        {
            Console.WriteLine(Help);
            return 0;
        }

        var stopping = CancellationToken.None;
        try
        {
            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(9));
            builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            add(builder);
            using var host = builder.Build();
            var loops = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
            stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await host.RunAsync();
            return await HowItEnded(loops);
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return WrongSetting;
        }
        catch (NpgsqlException gone)
        {
            await Console.Error.WriteLineAsync($"PostgreSQL stopped answering while this process started ({gone.Message}).");
            return WrongSetting;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Before it had started.
            return 0;
        }
        catch (OperationCanceledException late)
        {
            await Console.Error.WriteLineAsync(
                $"This process gave up while it started: something it needs did not answer in time ({late.Message}).");
            return WrongSetting;
        }
    }

    /// <summary>A loop may find out only later, when what it asks answers at last, that a setting is wrong.</summary>
    private static async Task<int> HowItEnded(IReadOnlyList<BackgroundService> loops)
    {
        var broken = loops.Select(loop => loop.ExecuteTask).Where(task => task is { IsFaulted: true })
            .Select(task => task!.Exception!.InnerException).ToArray();
        if (broken.OfType<SettingException>().FirstOrDefault() is not { } wrong) return broken.Length > 0 ? Broken : 0;
        await Console.Error.WriteLineAsync(wrong.Message);
        return WrongSetting;
    }
}
