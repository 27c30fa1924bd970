using System.Reflection;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>What a worker needs of the database: a schema and a role of its name, and its tables.</summary>
/// <param name="Migrations">Assembly with the worker's numbered SQL files.</param>
/// <param name="ConnectionString">The worker's own; when it has a password, the role has it afterwards.</param>
/// <param name="IsOwners">Tables of the owner alone: no role, and neither inbox nor outbox.</param>
public sealed record WorkerSchema(string Name, Assembly Migrations, string? ConnectionString = null, bool IsOwners = false)
{
    /// <summary>A role that looks at what others write, after them in the list: neither inbox nor outbox.</summary>
    public bool IsReader { get; init; }

    /// <summary>With inbox, outbox and what else the machinery keeps.</summary>
    internal bool HandlesMessages => !IsOwners && !IsReader;

    /// <summary>Without the connection string, which holds a password.</summary>
    public override string ToString() => $"{nameof(WorkerSchema)} {{ Name = {Name} }}";
}

/// <summary>
/// Brings the database up to the code: schemas, roles, numbered SQL files, each once. Runs as the owner, one at a time, all or
/// nothing per worker.
/// </summary>
/// <param name="environment"><c>test</c> or <c>live</c>; stamped at first start, refused ever after when it differs.</param>
public sealed class Migrator(string adminConnectionString, string environment)
{
    private const long LockKey = 0x636f6e74657374; // anything, as long as every migrator takes the same
    private const string Stamp =
        """
        create schema if not exists pipeline;
        create table if not exists pipeline.environment (only_row boolean primary key default true check (only_row), name text not null);
        revoke all on schema public from public;
        """;

    /// <returns>The files that were new.</returns>
    /// <exception cref="SettingException">The database belongs to the other environment, or a role whose password would have to
    /// be changed does.</exception>
    /// <exception cref="InvariantException">A landed file was edited or removed.</exception>
    public async Task<IReadOnlyList<MigrationFile>> Apply(IReadOnlyList<WorkerSchema> workers, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(adminConnectionString);
        await connection.OpenAsync(ct);
        await Execute(connection, "select pg_advisory_lock($1)", ct, LockKey);
        await Execute(connection, Stamp, ct);
        await StampEnvironment(connection, ct);
        await WorkerRoles.Prepare(connection, adminConnectionString, environment, [.. workers.Where(w => !w.IsOwners)], ct);
        var applied = new List<MigrationFile>();
        foreach (var worker in workers) applied.AddRange(await Apply(connection, worker, ct));
        await Execute(connection, "select pg_advisory_unlock($1)", ct, LockKey);
        return applied;
    }

    private async Task StampEnvironment(NpgsqlConnection connection, CancellationToken ct)
    {
        await Execute(connection, "insert into pipeline.environment (name) values ($1) on conflict do nothing", ct, environment);
        await using var read = new NpgsqlCommand("select name from pipeline.environment", connection);
        var stamped = (string?)await read.ExecuteScalarAsync(ct);
        if (stamped != environment)
            throw new SettingException(
                "PIPELINE_ENVIRONMENT", $"is {environment}, but this database was stamped {stamped} at its first start");
    }

    private static async Task<IReadOnlyList<MigrationFile>> Apply(
        NpgsqlConnection connection, WorkerSchema worker, CancellationToken ct)
    {
        var schema = worker.Name;
        Invariant.Holds(schema.All(char.IsAsciiLetterLower), $"'{schema}' is no worker name");

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Execute(connection, SchemaSql(schema), ct);
        if (!worker.IsOwners) await Execute(connection, GrantSql(schema), ct);
        var landed = await Landed(connection, schema, ct);
        var files = worker.HandlesMessages
            ? MigrationFiles.OfWorker(worker.Migrations) : MigrationFiles.Of(worker.Migrations, "worker");
        foreach (var (key, checksum) in landed)
        {
            var file = files.FirstOrDefault(f => (f.Source, f.Number) == key);
            Invariant.Holds(file is not null,
                $"{schema}: migration {key.Number:000} of {key.Source} has landed but is no longer in the code");
            Invariant.Holds(file.Checksum == checksum,
                $"{schema}: migration {file.Name} was edited after it landed; write a new file instead");
        }

        var fresh = files.Where(f => !landed.ContainsKey((f.Source, f.Number))).ToArray();
        foreach (var file in fresh)
        {
            await Execute(connection,
                file.Source == "plumbing" ? file.Sql.Replace("{schema}", schema, StringComparison.Ordinal) : file.Sql, ct);
            await Execute(connection, $"insert into {schema}.migration (source, number, name, checksum) values ($1, $2, $3, $4)",
                ct, file.Source, file.Number, file.Name, file.Checksum);
        }

        if (worker.HandlesMessages)
        {
            await Execute(connection, $"select {schema}.outbox_maintain({MaintenanceJob.OutboxRowsPerPartition})", ct);
            await Execute(connection, $"select {schema}.inbox_maintain({Contracts.Topics.InboxDays})", ct);
        }

        if (Contracts.Principals.Workers.Contains(schema)) await BindOutbox(connection, schema, ct);
        await transaction.CommitAsync(ct);
        return fresh;
    }

    /// <summary>
    /// The outbox takes what its worker may send and nothing else, whoever writes into it. What is there already is not looked
    /// at. Only when the topics have changed, for nobody may write meanwhile.
    /// </summary>
    private static async Task BindOutbox(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        var topics = string.Join(", ", Contracts.TopicRights.WrittenBy(schema).Select(topic => $"'{topic}'"));
        await using var read = new NpgsqlCommand(
            "select obj_description(oid, 'pg_constraint') from pg_constraint where conname = 'outbox_topics' and conrelid = "
                + "$1::regclass", connection)
        {
            Parameters = { new() { Value = $"{schema}.outbox" } },
        };
        if (await read.ExecuteScalarAsync(ct) as string == topics) return;
        await Execute(
            connection,
            $"""
            alter table {schema}.outbox drop constraint if exists outbox_topics;
            alter table {schema}.outbox add constraint outbox_topics check (topic in ({topics})) not valid;
            comment on constraint outbox_topics on {schema}.outbox is '{topics.Replace("'", "''", StringComparison.Ordinal)}';
            """, ct);
    }

    private static string SchemaSql(string schema) =>
        $"""
        create schema if not exists {schema};
        revoke all on schema {schema} from public;
        create table if not exists {schema}.migration (
            source text not null, number integer not null, name text not null, checksum text not null,
            applied_at timestamptz not null default now(), primary key (source, number));
        """;

    private static string GrantSql(string schema) =>
        $"""
        grant usage on schema {schema}, pipeline to {schema};
        grant select on pipeline.environment to {schema};
        grant select on {schema}.migration to {schema};
        """;

    private static async Task<Dictionary<(string Source, int Number), string>> Landed(
        NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        var landed = new Dictionary<(string, int), string>();
        await using var command = new NpgsqlCommand(
            $"select source, number, checksum from {schema}.migration order by source, number", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) landed[(reader.GetString(0), reader.GetInt32(1))] = reader.GetString(2);
        return landed;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
