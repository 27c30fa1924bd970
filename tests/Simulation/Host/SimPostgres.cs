using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// A PostgreSQL that keeps nothing and is reached without a network: what a seed costs is its statements, not their way.
/// </summary>
internal sealed class SimPostgres : IAsyncDisposable
{
    /// <summary>Few connections make the tables of locks small, through which every relay looks each time.</summary>
    private const int ConnectionsMax = 40;

    private const string Prefix = "contestpipeline-simulated-";
    private const string Processes = "/proc";
    private static readonly string s_home = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
    private readonly DirectoryInfo folder;
    private readonly PrivatePostgres server;

    private SimPostgres(DirectoryInfo folder, PrivatePostgres server) => (this.folder, this.server) = (folder, server);

    /// <summary>Whoever was killed could not take its data out of the memory of this machine.</summary>
    internal static void RemoveLeftBehind()
    {
        foreach (var folder in Directory.Exists(Processes) ? Directory.GetDirectories(s_home, Prefix + "*") : [])
        {
            if (Directory.Exists(Path.Combine(Processes, folder[(folder.LastIndexOf('-') + 1)..]))) continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (UnauthorizedAccessException)
            {
                // Somebody else's.
            }
        }
    }

    internal static async Task<SimPostgres> Start(string name, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(s_home, $"{Prefix}{name}-{Environment.ProcessId}"));
        string[] settings =
        [
            $"unix_socket_directories={Sockets(folder)}", $"max_connections={ConnectionsMax}", "synchronous_commit=off",
            "autovacuum=off", "track_activities=off", "track_counts=off", "update_process_title=off", "wal_level=minimal",
            "max_wal_senders=0", "wal_compression=off", "bgwriter_lru_maxpages=0", "plan_cache_mode=force_generic_plan",
            "log_min_messages=fatal",
        ];
        return new SimPostgres(folder, await PrivatePostgres.Start(folder.FullName, durable: false, settings, ct: ct));
    }

    /// <summary>
    /// A connection goes back to its pool as it is, since no worker leaves anything in one, and stays: another would have to
    /// prepare every statement anew.
    /// </summary>
    internal string ConnectionString(string database, string user) =>
        $"Host={Sockets(folder)};Port={server.Port};Database={database};Username={user};Maximum Pool Size=8;No Reset On "
            + $"Close=true;Auto Prepare Min Usages=2;Connection Idle Lifetime=36000;Connection Pruning Interval=3600;SSL "
            + $"Mode=Disable;GSS Encryption Mode=Disable";

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Beside the data: that folder is there, and the server may write to it.</summary>
    private static string Sockets(DirectoryInfo folder) => Path.Combine(folder.FullName, "pg");
}
