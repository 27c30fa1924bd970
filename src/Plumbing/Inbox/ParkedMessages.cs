using System.Text.Json;

namespace ContestPipeline.Plumbing;

/// <summary>A message as it was parked.</summary>
internal sealed record ParkedMessage(string Topic, int Partition, long RecordOffset, string Key, string Headers, byte[] Body, DateTimeOffset FirstSeen)
{
    internal Envelope Envelope() => EnvelopeReader.Envelope(
        Topic, Partition, RecordOffset, Key, JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!, Body, FirstSeen);
}

/// <summary>
/// Keys whose message could not be handled. The messages wait in order; <see cref="Retry"/> asks the worker that owns the partition to handle them again,
/// from the first one on. Here: what the worker does with them.
/// </summary>
public static partial class Parked
{
    /// <summary>The keys of these that are parked.</summary>
    internal static async Task<HashSet<(string Topic, string Key)>> Among(Tx tx, IReadOnlyList<string> topics, IReadOnlyList<string> keys)
    {
        var found = await tx.Query<TopicKey>(
            $"""
            select k.topic, k.key
            from {tx.Schema}.parked_key k
            where exists (select from unnest(@topics::text[], @keys::text[]) as asked (topic, key) where asked.topic = k.topic and asked.key = k.key)
            """,
            new { topics, keys });
        return [.. found.Select(f => (f.Topic, f.Key))];
    }

    /// <param name="error">Null: it only queues behind an earlier message of its key.</param>
    internal static async Task Add(Tx tx, Envelope envelope, string? error)
    {
        var row = new
        {
            envelope.Topic, Key = KeyOf(envelope), envelope.Partition, RecordOffset = envelope.Offset, tx.Now,
            Headers = JsonSerializer.Serialize(envelope.Headers), Body = envelope.Body.ToArray(), Error = Storable(error ?? "waits behind an earlier message of its key"),
        };
        await tx.Execute(
            $"insert into {tx.Schema}.parked_key (topic, key, partition, parked_at) values (@Topic, @Key, @Partition, @Now) on conflict do nothing", row);
        var written = await tx.Execute(
            $"""
            insert into {tx.Schema}.parked (topic, partition, record_offset, key, headers, body, error, first_seen)
            values (@Topic, @Partition, @RecordOffset, @Key, @Headers::jsonb, @Body, @Error, @Now)
            on conflict do nothing
            """, row);
        if (written == 1) tx.AfterCommit(() => Metrics.Parked.Add(1, Metrics.Of(tx.Schema, envelope.Topic)));
        if (error is null || written == 0) return;
        tx.Alert(
            $"parked/{tx.Schema}/{envelope.Topic}/{envelope.Partition}/{envelope.Offset}", "critical", "message-parked", $"{envelope.Topic} key {KeyOf(envelope)}",
            Storable(error), $"Mend the cause, then: contestctl parked retry {tx.Schema} {envelope.Topic} {Quoted(KeyOf(envelope))}");
    }

    /// <summary>The message at the head of a key. The key is locked first: the owner that handles it and the operator who discards it take turns.</summary>
    internal static async Task<ParkedMessage?> First(Tx tx, string topic, string key)
    {
        await LockKey(tx, topic, key);
        return await tx.QueryOne<ParkedMessage>(
            $"""
            select topic, partition, record_offset, key, headers::text as headers, body, first_seen
            from {tx.Schema}.parked
            where topic = @topic and key = @key
            order by record_offset
            limit 1
            """, new { topic, key });
    }

    internal static Task Remove(Tx tx, ParkedMessage message) => tx.Execute(
        $"delete from {tx.Schema}.parked where topic = @Topic and partition = @Partition and record_offset = @RecordOffset", message);

    internal static Task RemoveKey(Tx tx, string topic, string key) => tx.Execute(
        $"delete from {tx.Schema}.parked_key where topic = @topic and key = @key", new { topic, key });

    /// <summary>The request is done with, unless the message was discarded meanwhile: then it is about the next one.</summary>
    internal static async Task FailedAgain(Tx tx, ParkedMessage message, string error)
    {
        await LockKey(tx, message.Topic, message.Key);
        var still = await tx.Execute(
            $"update {tx.Schema}.parked set error = @error where topic = @Topic and partition = @Partition and record_offset = @RecordOffset",
            new { message.Topic, message.Partition, message.RecordOffset, error = Storable(error) });
        if (still == 1) await tx.Execute($"update {tx.Schema}.parked_key set retry_requested = false where topic = @Topic and key = @Key", message);
    }

    internal static Task<IReadOnlyList<RetryRequest>> RetryRequests(Tx tx) => tx.Query<RetryRequest>(
        $"select topic, key, partition from {tx.Schema}.parked_key where retry_requested order by parked_at, topic, key");

    /// <summary>A record without a key has no order to keep: it is parked by itself.</summary>
    internal static string KeyOf(Envelope envelope) => envelope.Key.Length > 0 ? envelope.Key : $"(no key, partition {envelope.Partition}, offset {envelope.Offset})";

    /// <summary>Records may go on being parked behind it: their foreign key takes a weaker lock.</summary>
    private static Task LockKey(Tx tx, string topic, string key) => tx.Query<int>(
        $"select 1 from {tx.Schema}.parked_key where topic = @topic and key = @key for no key update", new { topic, key });

    /// <summary>As one word of a shell.</summary>
    private static string Quoted(string key) =>
        key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':') ? key : $"'{key.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    /// <summary>Constructor order is column order.</summary>
    private sealed record TopicKey(string Topic, string Key);

    /// <summary>Constructor order is column order.</summary>
    internal sealed record RetryRequest(string Topic, string Key, int Partition);
}
