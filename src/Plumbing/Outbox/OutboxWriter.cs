using ContestPipeline.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Plumbing;

/// <summary>Writes what a transaction wants sent, in one round trip just before its commit.</summary>
internal static class OutboxWriter
{
    private const int HeaderBytesMax = 2_000;

    internal static string Channel(string schema) => schema + "_outbox";

    internal static async Task Flush(Tx tx)
    {
        foreach (var message in await AlertEpisodes.Store(tx, tx.AlertActs)) tx.Send(message);
        if (tx.Outgoing.Count == 0) return;
        var rows = new Rows(tx.Outgoing, tx.Schema);
        await using var batch = new NpgsqlBatch(tx.Connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"select {tx.Schema}.outbox_begin()"),
                rows.Insert(tx.Schema),
                new NpgsqlBatchCommand($"select pg_notify('{Channel(tx.Schema)}', '')"),
            },
        };
        await batch.ExecuteNonQueryAsync(tx.Ct);
    }

    /// <summary>The messages as columns.</summary>
    private sealed class Rows
    {
        private readonly short[] slices;
        private readonly Guid[] ids;
        private readonly string[] topics;
        private readonly string[] wireNames;
        private readonly string[] partitionKeys;
        private readonly string[] recordKeys;
        private readonly string[] traceParents;
        private readonly byte[][] bodies;
        private readonly DateTimeOffset[] times;

        internal Rows(IReadOnlyList<Outgoing> outgoing, string worker)
        {
            var n = outgoing.Count;
            times = [.. outgoing.Select(o => o.Time.ToUniversalTime())];
            (slices, ids, topics, wireNames) = (new short[n], new Guid[n], new string[n], new string[n]);
            (partitionKeys, recordKeys, traceParents, bodies) = (new string[n], new string[n], new string[n], new byte[n][]);
            for (var i = 0; i < n; i++)
            {
                var message = outgoing[i].Message;
                Invariant.Holds(TopicRights.MaySend(worker, outgoing[i].Topic),
                    $"{worker} may not send {message.IdempotencyKey}: {outgoing[i].Topic} is not its topic");
                ids[i] = DeterministicId.From(message.IdempotencyKey);
                topics[i] = outgoing[i].Topic;
                wireNames[i] = WireTypes.Of(message.GetType()).Name;
                partitionKeys[i] = message.PartitionKey;
                recordKeys[i] = message.RecordKey;
                slices[i] = KeyHash.Slice(message.PartitionKey);
                traceParents[i] = TraceParents.Next(outgoing[i].TraceParent, ids[i]);
                bodies[i] = WireJson.Bytes(message);
                var bytesMax = Topics.Find(topics[i]).MaxMessageBytes - HeaderBytesMax;
                Invariant.Holds(bodies[i].Length <= bytesMax,
                    $"{message.IdempotencyKey} is {bodies[i].Length} bytes; {topics[i]} takes {bytesMax}");
            }
        }

        internal NpgsqlBatchCommand Insert(string schema) => new(
            $"""
            insert into {schema}.outbox (slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body)
            select slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) with ordinality
                as row (slice, message_id, topic, wire_name, partition_key, record_key, trace_parent, body, at, n)
            order by n
            """)
        {
            Parameters =
            {
                Column(slices, NpgsqlDbType.Smallint), Column(ids, NpgsqlDbType.Uuid), Column(topics, NpgsqlDbType.Text),
                Column(wireNames, NpgsqlDbType.Text),
                Column(partitionKeys, NpgsqlDbType.Text), Column(recordKeys, NpgsqlDbType.Text),
                Column(traceParents, NpgsqlDbType.Text),
                Column(bodies, NpgsqlDbType.Bytea), Column(times, NpgsqlDbType.TimestampTz),
            },
        };

        private static NpgsqlParameter Column(Array values, NpgsqlDbType type) =>
            new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
