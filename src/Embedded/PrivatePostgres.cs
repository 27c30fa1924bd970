using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Embedded;

/// <summary>
/// A PostgreSQL of our own in a folder, on a free port of 127.0.0.1, that ends with this process. Root starts it as another user,
/// because PostgreSQL refuses to run as root.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const int StartAttemptsMax = 5;
    private const int AnswerPollsMax = 600;
    private const int PollMs = 50;

    private readonly ChildProcess server;
    private readonly string? temporaryFolder;

    private PrivatePostgres(ChildProcess server, int port, string? temporaryFolder) =>
        (this.server, Port, this.temporaryFolder) = (server, port, temporaryFolder);

    public int Port { get; }

    /// <summary>Of the process that all others of the server belong to.</summary>
    public int Pid => server.Pid;

    /// <summary>The server has ended, whoever ended it.</summary>
    public bool HasExited => server.HasExited;

    /// <summary>Its owner, on the database every cluster has.</summary>
    public string AdminConnectionString => ConnectionString("postgres", "postgres");

    /// <param name="user">A role; every local one may connect without a password.</param>
    public string ConnectionString(string database, string user) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={user};Maximum Pool Size=40;Timeout=15;Include Error "
            + $"Detail=true";

    /// <param name="folder">Made if absent; an existing cluster in it is started again.</param>
    /// <param name="durable">False: no fsync, for tests, whose data dies with them.</param>
    /// <param name="settings">More <c>name=value</c> server settings.</param>
    /// <param name="port">The same folder and port again is a restart; null: a free one.</param>
    public static async Task<PrivatePostgres> Start(
        string folder, bool durable, IReadOnlyList<string>? settings = null, Action<string>? onLine = null, int? port = null,
        CancellationToken ct = default)
    {
        var bin = PostgresBinaries.Find();
        var user = Environment.IsPrivilegedProcess ? await UserForRoot(ct) : null;
        var (data, temporary) = await Prepare(folder, user, ct);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await Run(user, Path.Combine(bin, "initdb"),
                ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], ct);

        for (var attempt = 1; ; attempt++)
        {
            var lines = new List<string>();
            var listens = port ?? FreePorts.One();
            var (file, arguments) = As(user, Path.Combine(bin, "postgres"), Arguments(data, listens, durable, settings ?? []));
            var server = await ChildProcess.Start(file, arguments, onLine: line =>
            {
                lock (lines) lines.Add(line);
                onLine?.Invoke(line);
            }, stopSignal: "INT");
            var postgres = new PrivatePostgres(server, listens, temporary);
            if (await postgres.Answers(ct)) return postgres;
            await server.DisposeAsync();
            if (attempt == StartAttemptsMax)
                throw new InvariantException($"PostgreSQL in {data} does not start: {string.Join(" | ", lines.TakeLast(5))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await server.DisposeAsync();
        if (temporaryFolder is not null && Directory.Exists(temporaryFolder)) Directory.Delete(temporaryFolder, recursive: true);
    }

    private static string[] Arguments(string data, int port, bool durable, IReadOnlyList<string> settings)
    {
        string[] own =
        [
            $"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400",
            "shared_buffers=256MB", "synchronous_commit=on", "max_wal_size=4GB", "checkpoint_timeout=15min", "jit=off",
            "wal_compression=on", "timezone=UTC", "autovacuum_naptime=10s", $"fsync={(durable ? "on" : "off")}",
            $"full_page_writes={(durable ? "on" : "off")}", "log_min_messages=warning",
        ];
        return ["-D", data, .. own.Concat(settings).SelectMany(s => (string[])["-c", s])];
    }

    private async Task<bool> Answers(CancellationToken ct)
    {
        for (var poll = 0; poll < AnswerPollsMax && !server.HasExited; poll++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AdminConnectionString + ";Pooling=false;Timeout=5");
                await connection.OpenAsync(ct);
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(PollMs, ct);
            }
        }

        return false;
    }

    /// <summary>The data folder; a temporary one where the other user cannot reach the folder asked for.</summary>
    private static async Task<(string Data, string? Temporary)> Prepare(string folder, string? user, CancellationToken ct)
    {
        var data = Path.Combine(Path.GetFullPath(folder), "pg");
        if (user is null)
        {
            Directory.CreateDirectory(data);
            await Run(null, "chmod", ["700", data], ct);
            return (data, null);
        }

        Directory.CreateDirectory(folder);
        string? temporary = null;
        if (await Exit("setpriv", [.. AsUser(user), "test", "-x", Path.GetFullPath(folder)], ct) != 0)
        {
            temporary = Directory.CreateTempSubdirectory("contestpipeline-pg-").FullName;
            await Run(null, "chmod", ["755", temporary], ct);
            data = Path.Combine(temporary, "pg");
        }

        Directory.CreateDirectory(data);
        await Run(null, "chown", ["-R", user, data], ct);
        await Run(null, "chmod", ["700", data], ct);
        return (data, temporary);
    }

    private static async Task<string> UserForRoot(CancellationToken ct) =>
        await Exit("id", ["postgres"], ct) == 0 ? "postgres" : "nobody";

    private static string[] AsUser(string user) =>
        [$"--reuid={user}", $"--regid={(user == "nobody" ? "nogroup" : user)}", "--clear-groups"];

    private static (string File, string[] Arguments) As(string? user, string file, string[] arguments) =>
        user is null ? (file, arguments) : ("setpriv", [.. AsUser(user), file, .. arguments]);

    private static async Task Run(string? user, string file, string[] arguments, CancellationToken ct)
    {
        (file, arguments) = As(user, file, arguments);
        var (code, words) = await Collect(file, arguments, ct);
        Invariant.Holds(code == 0, $"{file} {string.Join(' ', arguments)} ended with {code}: {words.Trim()}");
    }

    private static async Task<int> Exit(string file, string[] arguments, CancellationToken ct) =>
        (await Collect(file, arguments, ct)).Code;

    private static async Task<(int Code, string Words)> Collect(string file, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(
            file) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output + await errors);
    }
}
