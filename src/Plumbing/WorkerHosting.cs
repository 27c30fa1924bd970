using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>Adds a worker to a host.</summary>
public static class WorkerHosting
{
    /// <param name="name">Worker name: schema, database role and consumer group.</param>
    /// <param name="migrations">Assembly with the numbered SQL files as embedded resources (<c>Sql/NNN-what-it-does.sql</c>).</param>
    /// <exception cref="SettingException">A setting is missing or wrong.</exception>
    public static void AddWorker(this IHostApplicationBuilder host, string name, Assembly migrations, Action<WorkerBuilder> declare)
    {
        host.Services.TryAddSingleton(TimeProvider.System);
        var worker = new WorkerBuilder(host, name);
        declare(worker);

        _ = host.Configuration.PipelineEnvironment();
        _ = KafkaSettings.From(host.Configuration);
        var connectionString = host.Configuration.Require(Settings.DatabaseSetting(name), $"say how {name} connects to PostgreSQL");
        host.Services.AddKeyedSingleton(name, (services, _) =>
            new WorkerDatabase(name, connectionString, services.GetRequiredService<TimeProvider>(), services.GetService<ILoggerFactory>()));
        _ = migrations;
    }
}
