using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Server;

namespace ContestPipeline.WebConsole.Replays;

/// <summary>The replays of this process, where it may carry them out.</summary>
/// <param name="Replays">Null: it is not the owner of the database, or knows no broker.</param>
internal sealed record ReplayService(ServerReplays? Replays)
{
    public const string Missing =
        "This console carries out no replays: that needs ADMIN_DATABASE and KAFKA_BOOTSTRAP_SERVERS (docs/settings.md).";
}

/// <summary>Puts replays into a host: their service, and one loop that plans and one that runs.</summary>
internal static class ReplayParts
{
    private const string SecondPersonSetting = "CONSOLE_REPLAY_APPROVER_ABOVE_MINOR";

    public static void AddReplays(
        this IServiceCollection services, IConfiguration settings, TimeProvider clock, WorkerDatabase database)
    {
        if (settings.Optional(Settings.AdminSetting) is null || settings.Optional("KAFKA_BOOTSTRAP_SERVERS") is null)
        {
            services.AddSingleton(new ReplayService(null));
            return;
        }

        TransportSecurity.Require(settings,
            [OutgoingConnection.Broker, OutgoingConnection.BrokerTokens, new OutgoingConnection.Postgres(Settings.AdminSetting)]);
        var instance = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");
        var replays = new ServerReplays(settings, clock, settings.Whole(SecondPersonSetting));
        services.AddSingleton(_ => replays); // By a factory: the host disposes of it.
        services.AddSingleton(own => new ReplayService(own.GetRequiredService<ServerReplays>()));
        foreach (var isPlanning in (bool[])[true, false])
            services.AddSingleton<IHostedService>(own => new ReplayLoop(
                settings, own.GetRequiredService<ServerReplays>(), database, instance, isPlanning, clock,
                own.GetRequiredService<ILoggerFactory>().CreateLogger<ReplayLoop>()));
    }
}
