using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Replay.Run;

/// <summary>The owner's tables, in which replays are kept.</summary>
internal static class Operations
{
    /// <summary>The server notices within half a minute that the other end is gone, and lets go of what it had locked.</summary>
    private const string Lasting =
        ";Pooling=false;KeepAlive=5;Options=-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private static readonly WorkerSchema s_schema = new("operations", typeof(Operations).Assembly, IsOwners: true);

    /// <exception cref="SettingException">The owner's connection is not set, or its database is of the other
    /// environment.</exception>
    internal static async Task<WorkerDatabase> Open(IConfiguration settings, TimeProvider clock, CancellationToken ct)
    {
        await new Migrator(settings.AdminDatabase(), settings.PipelineEnvironment()).Apply([s_schema], ct);
        return new WorkerDatabase(s_schema.Name, settings.AdminDatabase(), clock);
    }

    /// <summary>A connection whose locks end with it, also when the process is killed or its machine is gone.</summary>
    internal static async Task<NpgsqlConnection> OpenLasting(string admin, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(admin + Lasting);
        await connection.OpenAsync(ct);
        return connection;
    }
}
