using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Whether a connection has a session of the server to itself. Behind a pooler that lends one for each transaction (PgBouncer's
/// <c>pool_mode=transaction</c>) a lock taken for the session stays with whichever client comes next: two relays would own the
/// same slices, or none.
/// </summary>
internal static class SessionCheck
{
    /// <summary>A pooler that takes its sessions in turn shows itself within as many questions.</summary>
    private const int AskedAgainMax = 5;

    /// <returns>What is wrong, as the end of a sentence about the setting that names the server; null: nothing.</returns>
    internal static async Task<string?> Trouble(WorkerDatabase database, CancellationToken ct)
    {
        await using var first = await database.OpenLasting(ct);
        await using var second = await database.OpenLasting(ct);
        var session = await Ask<int>(first, "select pg_backend_pid()", ct);
        for (var again = 0; again < AskedAgainMax; again++)
            if (await Ask<int>(first, "select pg_backend_pid()", ct) != session) return Lent;
        await using (await second.BeginTransactionAsync(ct))
            if (await Ask<int>(second, "select pg_backend_pid()", ct) == session) return Lent;
        return await Ask<string>(first, "select current_setting('idle_in_transaction_session_timeout')", ct) == "0"
            ? "leads through a pooler that drops the limits of a session (its start-up options); connect to the server itself"
            : null;
    }

    /// <summary>
    /// Whether the text keys of the database can be relied on: with another version of the collation that they were sorted by, an
    /// index may not find what is there, and a second row of one key gets in.
    /// </summary>
    /// <returns>What is wrong, as the end of a sentence about the setting that names the server; null: nothing, or a server
    /// before PostgreSQL 15, which does not say.</returns>
    internal static async Task<string?> CollationTrouble(WorkerDatabase database, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        if (connection.PostgreSqlVersion.Major < 15) return null;
        return await Ask<bool>(
            connection,
            "select datcollversion is distinct from pg_database_collation_actual_version(oid) from pg_database where datname = "
                + "current_database()", ct)
            ? "names a database whose text keys were sorted by another version of its collation than the server has now, so "
                + "that a unique key may be missed; run reindex database and then "
              + "alter database … refresh collation version"
            : null;
    }

    private const string Lent =
        "leads through a pooler that lends a session for each transaction only, and the outbox relay's locks need one that "
            + "lasts; use pool_mode=session, or connect to the server itself";

    private static async Task<T> Ask<T>(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
