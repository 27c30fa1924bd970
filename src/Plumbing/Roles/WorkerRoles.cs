using System.Security.Cryptography;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// The roles as which workers sign in. They belong to the whole server, not to one database: a comment on each says of which
/// environment it is, and no other changes its password.
/// </summary>
internal static class WorkerRoles
{
    private const string Mark = "pipeline environment ";

    /// <summary>What the role may be used for in another database whose environment could not be asked for.</summary>
    private const string Unknown = "unknown";

    /// <summary>
    /// Makes the roles that are not there, and gives each the password of its worker's connection string where it has another, or
    /// where that cannot be known.
    /// </summary>
    /// <param name="adminConnectionString">That of <paramref name="connection"/>, which is in no transaction.</param>
    /// <param name="environment"><c>test</c> or <c>live</c>.</param>
    /// <exception cref="SettingException">A password would have to be changed of a role that belongs to another environment; then
    /// none is.</exception>
    internal static async Task Prepare(
        NpgsqlConnection connection, string adminConnectionString, string environment, IReadOnlyList<WorkerSchema> workers,
        CancellationToken ct)
    {
        foreach (var worker in workers)
        {
            Invariant.Holds(worker.Name.All(char.IsAsciiLetterLower), $"'{worker.Name}' is no worker name");
            await Execute(connection, CreateSql(worker.Name, environment), ct);
        }

        var passwords = new List<(string Role, string Password)>();
        foreach (var worker in workers)
        {
            var owner = await OwnerOf(connection, adminConnectionString, worker.Name, environment, ct);
            var password = worker.ConnectionString is null
                ? null : new NpgsqlConnectionStringBuilder(worker.ConnectionString).Password;
            if (string.IsNullOrEmpty(password) || await Has(connection, worker.Name, password, ct)) continue;
            Require(worker.Name, environment, owner, password);
            passwords.Add((worker.Name, password));
        }

        foreach (var (role, password) in passwords)
        {
            // Nothing to quote: letters, and what a verifier is made of.
            var verifier = ScramVerifier.Of(password, RandomNumberGenerator.GetBytes(ScramVerifier.SaltBytes));
            await Execute(connection, $"alter role {role} password '{verifier}'", ct);
        }
    }

    private static void Require(string role, string environment, string owner, string password)
    {
        var setting = Settings.DatabaseSetting(role);
        if (owner != environment)
        {
            throw new SettingException(
                setting,
                $"has a password that the role {role} does not have, or that cannot be compared, and on this server that role "
                    + $"belongs to the environment {owner}: use a server of its own for {environment}; "
                + $"only if the role is {environment}'s alone, say so there: comment on role {role} is '{Mark}{environment}'");
        }

        if (!ScramVerifier.IsPlain(password))
            throw new SettingException(
                setting, "has a password with other than printable ASCII characters, which clients do not all send alike");
    }

    /// <summary>
    /// Of which environment the role is. One that has no mark yet, from an earlier release, gets ours if no other environment's
    /// database on the server uses it.
    /// </summary>
    private static async Task<string> OwnerOf(
        NpgsqlConnection connection, string adminConnectionString, string role, string environment, CancellationToken ct)
    {
        if (await Ask(connection, $"select shobj_description(oid, 'pg_authid') from pg_roles where rolname = '{role}'", ct)
            is { } mark
            && mark.StartsWith(Mark, StringComparison.Ordinal))
            return mark[Mark.Length..];
        foreach (var database in await OtherDatabases(connection, role, ct))
            if (await EnvironmentOf(adminConnectionString, database, ct) is { } other && other != environment) return other;
        await Execute(connection, MarkSql(role, environment), ct);
        return environment;
    }

    /// <returns>Null: the database is of no environment, or not there any more.</returns>
    private static async Task<string?> EnvironmentOf(string adminConnectionString, string database, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = database, Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return await Ask(connection, "select to_regclass('pipeline.environment')::text", ct) is null
                ? null : await Ask(connection, "select name from pipeline.environment", ct);
        }
        catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return null;
        }
        catch (NpgsqlException)
        {
            return Unknown;
        }
    }

    /// <returns>True only when it is known: an owner who is no superuser may not see what the server keeps of
    /// passwords.</returns>
    private static async Task<bool> Has(NpgsqlConnection connection, string role, string password, CancellationToken ct) =>
        await Ask(connection, "select has_table_privilege('pg_authid', 'select')::text", ct) == "true"
        && ScramVerifier.IsOf(password, await Ask(connection, $"select rolpassword from pg_authid where rolname = '{role}'", ct));

    private static async Task<IReadOnlyList<string>> OtherDatabases(
        NpgsqlConnection connection, string role, CancellationToken ct)
    {
        var names = new List<string>();
        await using var command = new NpgsqlCommand(
            $"""
            select distinct d.datname
            from pg_shdepend u join pg_database d on d.oid = u.dbid
            where u.refclassid = 'pg_authid'::regclass and u.refobjid = (select oid from pg_roles where rolname = '{role}')
                and d.datname <> current_database() and d.datallowconn
            order by d.datname
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>Two databases of a server may be migrated at once.</summary>
    private static string CreateSql(string role, string environment) =>
        $"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} login;
                comment on role {role} is '{Mark}{environment}';
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """;

    /// <summary>Who may not change the role may not mark it either.</summary>
    private static string MarkSql(string role, string environment) =>
        $"""
        do $$ begin
            comment on role {role} is '{Mark}{environment}';
        exception when insufficient_privilege or unique_violation then null;
        end $$
        """;

    private static async Task<string?> Ask(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
