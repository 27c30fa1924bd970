using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// The slices of the keys this relay sends, each owned by an advisory lock of one lasting connection: whoever holds the lock
/// sends that slice, nobody else does. Relays count each other and keep a fair share; when a connection ends, its slices are free
/// at once.
/// </summary>
internal sealed class RelaySlices(NpgsqlConnection connection, string schema)
{
    private const int PresenceKey = 1000;
    private const int AnswerSecondsMax = 10;
    private readonly Dictionary<short, long> sentPositions = [];
    private bool present;

    /// <summary>
    /// Holds the locks. What is to be sent is read through it as well: another one might reach another server, which shows
    /// neither locks nor all rows.
    /// </summary>
    internal NpgsqlConnection Connection => connection;

    internal IReadOnlyDictionary<short, long> SentPositions => sentPositions;

    /// <summary>
    /// Takes free slices up to a fair share and gives back what is above it. Call it only while nothing is on its way to the
    /// broker.
    /// </summary>
    /// <returns>Whether it took any.</returns>
    internal async Task<bool> Balance(CancellationToken ct)
    {
        if (!present) present = await Ask<bool>("select pg_try_advisory_lock_shared($1, $2)", ct, Class, PresenceKey);
        var relays = await Ask<long>(
            "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = $1::oid and objid = "
                + "$2::oid and database = "
            + "(select oid from pg_database where datname = current_database())", ct, (long)Class, (long)PresenceKey);
        var share = (int)((KeyHash.Slices + Math.Max(1, relays) - 1) / Math.Max(1, relays));
        var extra = sentPositions.Keys.OrderDescending().Take(Math.Max(0, sentPositions.Count - share)).ToArray();
        foreach (var slice in extra) sentPositions.Remove(slice);
        if (extra.Length > 0)
            await Ask<long>("select count(pg_advisory_unlock($1, slice)) from unnest($2::int[]) as slice", ct, Class,
                extra.Select(s => (int)s).ToArray());
        return sentPositions.Count < share && await Take(share - sentPositions.Count, ct);
    }

    /// <summary>
    /// Locks first and reads afterwards: what the last owner wrote before it gave a slice back is seen. A row beyond the limit is
    /// not asked for its lock.
    /// </summary>
    private async Task<bool> Take(int slicesMax, CancellationToken ct)
    {
        var candidates = Enumerable.Range(0, KeyHash.Slices).Where(s => !sentPositions.ContainsKey((short)s)).ToArray();
        var taken = await Ask<int[]>(
            "select array(select slice from unnest($2::int[]) as slice where pg_try_advisory_lock($1, slice) limit $3)", ct,
            Class, candidates, slicesMax);
        if (taken.Length == 0) return false;
        await using var command = new NpgsqlCommand(
            $"select slice, sent_position from {schema}.outbox_slice where slice = any($1)", connection)
        {
            Parameters = { new() { Value = taken } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) sentPositions[reader.GetInt16(0)] = reader.GetInt64(1);
        return true;
    }

    /// <summary>
    /// Everything of these slices up to this position is at the broker. Written through the connection that holds the locks.
    /// </summary>
    internal async Task Advance(IEnumerable<short> slices, long position, CancellationToken ct)
    {
        var behind = slices.Where(s => sentPositions[s] < position).ToArray();
        if (behind.Length == 0) return;
        await using var command = new NpgsqlCommand(
            $"update {schema}.outbox_slice set sent_position = $1 where slice = any($2) and sent_position < $1", connection)
        {
            Parameters = { new() { Value = position }, new() { Value = behind } },
        };
        await command.ExecuteNonQueryAsync(ct);
        foreach (var slice in behind) sentPositions[slice] = position;
    }

    /// <summary>Asks the server through the connection that holds the locks.</summary>
    /// <exception cref="NpgsqlException">It is gone, and the locks with it, or does not answer in time.</exception>
    internal async Task StillOurs(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select 1", connection) { CommandTimeout = AnswerSecondsMax };
        await command.ExecuteScalarAsync(ct);
    }

    /// <summary>
    /// Locks of different schemas of one database must differ; the name's hash is the same for every relay of the schema.
    /// </summary>
    private int Class { get; } = KeyHash.LockClass(schema + ".outbox") | 1;

    private async Task<T> Ask<T>(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
