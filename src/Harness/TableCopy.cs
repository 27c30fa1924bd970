using System.Buffers;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Harness;

/// <summary>Copies every table of some schemas, as one moment left them, into a database that has the same tables.</summary>
internal static class TableCopy
{
    private const int BufferBytes = 256 * 1024;

    /// <param name="server">To the database that is copied; it is only read.</param>
    internal static async Task Run(
        NpgsqlConnection server, string target, IReadOnlyList<string> schemas, Action<CopyProgress> tell, CancellationToken ct)
    {
        await using var to = new NpgsqlConnection(target);
        await to.OpenAsync(ct);
        await using var snapshot = await server.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await Execute(server, "set transaction read only", ct);
        var tables = await Tables(server, schemas, ct);

        // Neither triggers nor foreign keys look at what is only a copy; append-only tables let themselves be emptied of what
        // migrations put there.
        await Execute(to, "set session_replication_role = replica", ct);
        await Empty(to, tables, ct);
        var copied = 0L;
        var full = tables.Where(t => t.Bytes > 0).ToArray();
        var expected = full.Sum(t => t.Bytes);
        foreach (var table in full)
        {
            copied += await Copy(server, to, table, ct);
            tell(new CopyProgress(table.Name, copied, Math.Max(expected, copied)));
        }

        await Sequences(server, to, schemas, ct);
        await snapshot.RollbackAsync(ct);
        if (full.Length > 0) await Execute(to, $"analyze {string.Join(", ", full.Select(t => t.Name))}", ct);
    }

    /// <summary>Only those that have rows: to truncate a hundred that have none takes seconds.</summary>
    private static async Task Empty(NpgsqlConnection to, IReadOnlyList<Table> tables, CancellationToken ct)
    {
        if (tables.Count == 0) return;
        var filled = new List<string>();
        await using (var command =
            new NpgsqlCommand(string.Join(" union all ",
                tables.Select(t =>
                    $"select '{t.Name.Replace("'", "''", StringComparison.Ordinal)}' where exists (select from {t.Name})")), to))
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) filled.Add(reader.GetString(0));
        }

        if (filled.Count > 0) await Execute(to, $"truncate {string.Join(", ", filled)} cascade", ct);
    }

    private static async Task<long> Copy(NpgsqlConnection from, NpgsqlConnection to, Table table, CancellationToken ct)
    {
        var bytes = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        await using var source = await from.BeginRawBinaryCopyAsync(
            $"copy (select {table.Columns} from {table.Name} {table.Only}) to stdout (format binary)", ct);
        await using var sink = await to.BeginRawBinaryCopyAsync(
            $"copy {table.Name} ({table.Columns}) from stdin (format binary)", ct);
        for (var read = await source.ReadAsync(buffer, ct); read > 0; read = await source.ReadAsync(buffer, ct))
        {
            await sink.WriteAsync(buffer.AsMemory(0, read), ct);
            bytes += read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    /// <summary>
    /// Partitions are copied with the table they belong to. What was sent for good of an outbox is left out: nobody reads it
    /// again.
    /// </summary>
    private static async Task<IReadOnlyList<Table>> Tables(
        NpgsqlConnection server, IReadOnlyList<string> schemas, CancellationToken ct)
    {
        var tables = new List<Table>();
        await using var command = new NpgsqlCommand(
            """
            select format('%I.%I', n.nspname, c.relname),
                string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                case when c.relname = 'outbox' then format('where position > (select min(sent_position) from %I.outbox_slice)',
                    n.nspname) else '' end,
                case when c.relkind = 'p' then (select coalesce(sum(pg_relation_size(t.relid)), 0) from pg_partition_tree(c.oid)
                    t)::bigint else pg_relation_size(c.oid) end
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'migration'
            group by n.nspname, c.oid, c.relname, c.relkind
            order by n.nspname, c.relname
            """, server)
        {
            Parameters = { new() { Value = schemas.ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            tables.Add(new Table(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        return tables;
    }

    /// <summary>Read after the snapshot was taken, so that they are past every row in it.</summary>
    private static async Task Sequences(
        NpgsqlConnection server, NpgsqlConnection to, IReadOnlyList<string> schemas, CancellationToken ct)
    {
        var positions = new List<(string Name, long Last)>();
        await using (var command = new NpgsqlCommand(
            "select format('%I.%I', schemaname, sequencename), last_value from pg_sequences where schemaname = any($1) and "
                + "last_value is not null order by 1", server)
        {
            Parameters = { new() { Value = schemas.ToArray() } },
        })
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) positions.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        foreach (var (name, last) in positions)
        {
            await using var set = new NpgsqlCommand(
                "select setval($1::regclass, $2)", to) { Parameters = { new() { Value = name }, new() { Value = last } } };
            await set.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <param name="Only">Which rows; empty: all.</param>
    /// <param name="Bytes">0: it has no row.</param>
    private sealed record Table(string Name, string Columns, string Only, long Bytes);
}
