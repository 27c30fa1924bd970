using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Harness;

/// <summary>How far a copy has come.</summary>
/// <param name="Bytes">Copied so far.</param>
/// <param name="BytesExpected">About as many as there will be.</param>
public sealed record CopyProgress(string Table, long Bytes, long BytesExpected);

/// <summary>
/// A database of its own beside the live one, on the same server, with the workers' tables as they were at one moment; it is
/// dropped at the end. The live one is only read. One at a time: what a killed process left behind is found and dropped by the
/// next.
/// </summary>
public sealed class ShadowDatabase : IAsyncDisposable
{
    private const long LockKey = 0x736861646f77; // one shadow at a time of each live database
    private const int NameCharactersMax = 40;

    private readonly string liveConnectionString;
    private readonly NpgsqlConnection server;
    private readonly string name;

    private ShadowDatabase(string liveConnectionString, NpgsqlConnection server, string name) =>
        (this.liveConnectionString, this.server, this.name) = (liveConnectionString, server, name);

    /// <summary>As the owner.</summary>
    public string ConnectionString => Point(liveConnectionString, name);

    /// <summary>Which migrations both databases have.</summary>
    public string Migrations { get; private set; } = "";

    /// <summary>Makes and fills it.</summary>
    /// <param name="label">Lower-case letters and digits: part of its name.</param>
    /// <exception cref="SettingException">The live database has other migrations than the code.</exception>
    /// <exception cref="InvariantException">Another shadow of the live database is in use.</exception>
    public static async Task<ShadowDatabase> Make(
        string adminConnectionString, string environment, IReadOnlyList<WorkerSchema> workers, string label,
        Action<CopyProgress> tell, CancellationToken ct)
    {
        var server = new NpgsqlConnection(Point(adminConnectionString, database: null));
        ShadowDatabase? shadow = null;
        var stands = false;
        try
        {
            await server.OpenAsync(ct);
            Invariant.Holds(await Ask<bool>(server, "select pg_try_advisory_lock($1)", ct, LockKey),
                "another replay plan of this database is under way");
            var prefix = $"{Short(server.Database!)}_shadow_";
            foreach (var left in await LeftOvers(server, prefix, ct)) await Drop(server, left);
            shadow = new ShadowDatabase(
                adminConnectionString, server, prefix + label) { Migrations = await LiveMigrations.Check(server, workers, ct) };
            await Execute(server, $"create database {Quoted(shadow.name)} template template0", ct);
            await Execute(server, $"alter database {Quoted(shadow.name)} set synchronous_commit = off", ct);
            await new Migrator(shadow.ConnectionString, environment)
                .Apply([.. workers.Select(w => w with { ConnectionString = null })], ct);
            await TableCopy.Run(server, shadow.ConnectionString, [.. workers.Select(w => w.Name)], tell, ct);
            stands = true;
            return shadow;
        }
        finally
        {
            if (!stands)
            {
                if (shadow is not null) await shadow.DisposeAsync();
                else await server.DisposeAsync();
            }
        }
    }

    /// <summary>The databases of this kind that are there.</summary>
    public static async Task<IReadOnlyList<string>> All(NpgsqlConnection live, CancellationToken ct) =>
        await LeftOvers(live, $"{Short(live.Database!)}_shadow_", ct);

    /// <summary>As a worker: with its role's rights where the owner may take the role, else with the owner's.</summary>
    public async Task<string> ConnectionStringOf(string role, CancellationToken ct)
    {
        var mayBe = await Ask<bool>(server, "select pg_has_role(current_user, $1, 'member')", ct, role);
        var worker = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = true };
        if (mayBe) worker.Options = $"-c role={role}";
        return worker.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Drop(server, name);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static string Short(string live) => live.Length <= NameCharactersMax ? live : live[..NameCharactersMax];

    private static async Task<IReadOnlyList<string>> LeftOvers(NpgsqlConnection connection, string prefix, CancellationToken ct)
    {
        var names = new List<string>();
        await using var command = new NpgsqlCommand(
            "select datname from pg_database where starts_with(datname, $1) order by datname", connection)
        {
            Parameters = { new() { Value = prefix } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>Also when the process is being stopped.</summary>
    private static Task Drop(NpgsqlConnection server, string database) =>
        Execute(server, $"drop database if exists {Quoted(database)} with (force)", CancellationToken.None);

    private static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static string Point(string connectionString, string? database)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 5, CommandTimeout = 0 };
        if (database is not null) builder.Database = database;
        return builder.ConnectionString;
    }

    private static async Task<T> Ask<T>(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
