using System.Runtime.CompilerServices;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>Reads what is to be sent.</summary>
internal static class OutboxRows
{
    /// <summary>
    /// A statement of its own, before the rows are read: what was open then, is either below the horizon and visible now, or
    /// above it.
    /// </summary>
    internal static async Task<(long Horizon, long Newest)> Horizon(
        NpgsqlConnection connection, string worker, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select horizon, newest from {worker}.outbox_horizon()", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>In order of position.</summary>
    /// <param name="sent">From which position on each slice is read; other slices are not.</param>
    internal static async IAsyncEnumerable<OutboxRow> Unsent(
        NpgsqlConnection connection, string worker, IReadOnlyDictionary<short, long> sent, long horizon, int rowsMax,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var floors = Enumerable.Range(0, KeyHash.Slices).Select(slice => sent.GetValueOrDefault((short)slice, long.MaxValue))
            .ToArray();
        await using var command = new NpgsqlCommand(
            $"""
            select position, slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body
            from {worker}.outbox
            where position > $1 and position <= $2 and position > ($3::bigint[])[slice + 1]
            order by position
            limit $4
            """, connection)
        {
            Parameters = { new() { Value = floors.Min() }, new() { Value = horizon }, new() { Value = floors },
                new() { Value = rowsMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) yield return Row(reader);
    }

    /// <param name="r">At a row with the columns of <see cref="OutboxRow"/> in their order.</param>
    internal static OutboxRow Row(NpgsqlDataReader r) => new(
        r.GetInt64(0), r.GetInt16(1), r.GetGuid(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6),
        r.GetFieldValue<DateTimeOffset>(7), r.GetString(8), r.GetFieldValue<byte[]>(9));
}
