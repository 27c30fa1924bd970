using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>
/// Does PostgreSQL answer, is its clock right, is it new enough and the primary, is it migrated, can each role touch its own
/// schema and no other?
/// </summary>
internal static class DatabaseChecks
{
    private const int OldestVersionNumber = 150000;

    public static async Task<IReadOnlyList<Finding>> All(Session session, CancellationToken ct)
    {
        var findings = new List<Finding>();
        if (session.Settings.Optional(Settings.AdminSetting) is { } admin && MayConnect(session, Settings.AdminSetting))
            findings.AddRange(await Owner(session, admin, ct));
        foreach (var worker in session.Workers.Where(w => w.ConnectionString is not null
            && MayConnect(session, Settings.DatabaseSetting(w.Name)))) findings.Add(await Role(worker, ct));
        return findings;
    }

    /// <summary>What SettingChecks refuses as plaintext is not tried.</summary>
    private static bool MayConnect(Session session, string setting) =>
        TransportSecurity.Refusals(session.Settings, [new OutgoingConnection.Postgres(setting)]).Count == 0;

    private static async Task<IReadOnlyList<Finding>> Owner(Session session, string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(ct);
            var findings =
                new List<Finding> { Finding.Ok(
                    "PostgreSQL", $"answers at {connection.Host}:{connection.Port}, database {connection.Database}") };
            var asked = session.Clock.GetUtcNow();
            var server = await connection.Server(ct);
            findings.Add(ClockCheck.Compare("PostgreSQL", asked, server.Time, session.Clock.GetUtcNow()));
            findings.AddRange(Server(server, session.Settings.Optional("PIPELINE_ENVIRONMENT")));
            foreach (var worker in session.Workers) findings.Add(Migrations(worker, await connection.Landed(worker.Name, ct)));
            return findings;
        }
        catch (NpgsqlException e)
        {
            return [Finding.Failed("PostgreSQL", $"ADMIN_DATABASE does not answer: {e.Message}",
                "start PostgreSQL, or correct host, port, user and password in ADMIN_DATABASE")];
        }
        catch (ArgumentException e)
        {
            return [Finding.Failed("PostgreSQL", $"ADMIN_DATABASE is no connection string: {e.Message}",
                "write it as Host=…;Database=…;Username=…;Password=…")];
        }
    }

    private static IEnumerable<Finding> Server(ServerRow server, string? environment)
    {
        yield return server.VersionNumber >= OldestVersionNumber
            ? Finding.Ok("PostgreSQL version", $"{server.VersionNumber / 10000}")
            : Finding.Failed("PostgreSQL version", $"{server.VersionNumber / 10000} is too old", "use PostgreSQL 15 or newer");
        yield return server.IsStandby
            ? Finding.Failed("PostgreSQL primary", "this server is a standby",
                "point the settings at the primary: workers refuse to run against a standby")
            : Finding.Ok("PostgreSQL primary", "it takes writes");
        yield return server.Environment is null
            ? Finding.Failed("environment stamp", "the database was never migrated", "run contestctl migrate")
            : server.Environment == environment ? Finding.Ok("environment stamp", server.Environment)
            : Finding.Failed("environment stamp",
                $"the database is stamped {server.Environment}, PIPELINE_ENVIRONMENT is {environment ?? "not set"}",
                "use the database of this environment, or correct PIPELINE_ENVIRONMENT");
    }

    private static Finding Migrations(WorkerSchema worker, IReadOnlyList<LandedRow> landed)
    {
        var check = $"migrations of {worker.Name}";
        var files = MigrationFiles.OfWorker(worker.Migrations);
        foreach (var row in landed)
        {
            var file = files.FirstOrDefault(f => (f.Source, f.Number) == (row.Source, row.Number));
            if (file is null)
                return Finding.Failed(
                    check, $"{row.Name} has landed but is not in this release", "run the release that made it, or a newer one");
            if (file.Checksum != row.Checksum)
                return Finding.Failed(
                    check, $"{row.Name} was edited after it landed", "restore the file and write a new one instead");
        }

        return landed.Count == files.Count ? Finding.Ok(check, $"{files.Count} landed")
            : Finding.Failed(check, $"{landed.Count} of {files.Count} have landed", "run contestctl migrate");
    }

    private static async Task<Finding> Role(WorkerSchema worker, CancellationToken ct)
    {
        var check = $"role {worker.Name}";
        var setting = Settings.DatabaseSetting(worker.Name);
        try
        {
            await using var connection = new NpgsqlConnection(worker.ConnectionString);
            await connection.OpenAsync(ct);
            var role = await connection.Role(worker.Name, ct);
            return role.CurrentRole != worker.Name
                ? Finding.Failed(
                    check, $"{setting} connects as {role.CurrentRole}", $"connect as {worker.Name}: each worker has its own role")
                : role.IsSuperuser ? Finding.Failed(check, "is a superuser", $"alter role {worker.Name} nosuperuser")
                : !role.UsesOwnSchema ? Finding.Failed(check, "may not use its own schema", "run contestctl migrate")
                : role.OtherSchemas.Length > 0
                    ? Finding.Failed(check, $"may also use {role.OtherSchemas}",
                        $"revoke all on schema {role.OtherSchemas} from {worker.Name}")
                : Finding.Ok(check, "signs in and may use its own schema only");
        }
        catch (NpgsqlException e)
        {
            return Finding.Failed(check, $"{setting} does not connect: {e.Message}",
                $"run contestctl migrate (it makes the role with the password in {setting})");
        }
        catch (ArgumentException e)
        {
            return Finding.Failed(
                check, $"{setting} is no connection string: {e.Message}", "write it as Host=…;Database=…;Username=…;Password=…");
        }
    }
}
