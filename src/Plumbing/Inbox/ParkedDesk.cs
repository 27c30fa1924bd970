using System.Text.Json;

namespace ContestPipeline.Plumbing;

/// <summary>A key that waits for a person: what failed first, and how many messages queue behind that one.</summary>
/// <param name="FirstSeen">When the message at the head was parked.</param>
public sealed record ParkedKey(
    string Topic, string Key, int Partition, DateTimeOffset ParkedAt, bool RetryRequested, long Messages, long HeadOffset, DateTimeOffset FirstSeen, string Error)
{
    public long QueuedBehind => Messages - 1;
}

/// <summary>A parked message, whole.</summary>
public sealed record ParkedRecord(string Topic, int Partition, long Offset, string Key, string Headers, byte[] Body, string Error, DateTimeOffset FirstSeen)
{
    public IReadOnlyDictionary<string, string> HeaderTexts() => JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!;
}

/// <summary>A parked message that a person gave up.</summary>
public sealed record DiscardedRecord(
    long DiscardNo, string Topic, int Partition, long Offset, string Key, string Headers, byte[] Body, string Error, DateTimeOffset FirstSeen,
    DateTimeOffset DiscardedAt, string DiscardedBy, string Reason);

/// <summary>What came of an operator's wish to discard.</summary>
public abstract record DiscardAnswer
{
    private DiscardAnswer()
    {
    }

    /// <param name="Left">How many messages of the key go on now.</param>
    public sealed record Discarded(ParkedRecord Message, long Left) : DiscardAnswer;

    /// <summary>Nothing of the key is parked.</summary>
    public sealed record NotParked : DiscardAnswer;

    /// <summary>Another message stands at the head: what was looked at was handled or discarded meanwhile, or only queues.</summary>
    public sealed record NotAtTheHead(long HeadOffset) : DiscardAnswer;
}

/// <summary>What an operator does with parked keys.</summary>
public static partial class Parked
{
    /// <summary>Each request has a number, so that the failure of an attempt that was under way is not taken for the answer to a later one.</summary>
    private const string Request = "retry_requested = true, request_no = request_no + 1";

    public static Task<IReadOnlyList<ParkedKey>> List(WorkerDatabase database, CancellationToken ct) => database.Run(tx => tx.Query<ParkedKey>(
        $"""
        select k.topic, k.key, k.partition, k.parked_at, k.retry_requested, all_of_it.messages, head.record_offset as head_offset, head.first_seen, head.error
        from {tx.Schema}.parked_key k
        cross join lateral (
            select p.record_offset, p.first_seen, p.error from {tx.Schema}.parked p where p.topic = k.topic and p.key = k.key order by p.record_offset limit 1) as head
        cross join lateral (select count(*) as messages from {tx.Schema}.parked p where p.topic = k.topic and p.key = k.key) as all_of_it
        order by k.parked_at, k.topic, k.key
        """), ct);

    /// <summary>The messages of one key, in their order.</summary>
    public static Task<IReadOnlyList<ParkedRecord>> Show(WorkerDatabase database, string topic, string key, int limit, CancellationToken ct) =>
        database.Run(tx => Records(tx, topic, key, limit), ct);

    /// <returns>False when nothing of that key is parked.</returns>
    public static async Task<bool> Retry(WorkerDatabase database, string topic, string key, CancellationToken ct) => await database.Run(tx => tx.Execute(
        $"update {tx.Schema}.parked_key set {Request} where topic = @topic and key = @key", new { topic, key }), ct) == 1;

    /// <summary>
    /// Gives the message at the head of a key up: it is kept with who, when and why, and the owner of the partition is asked to go on with the next one.
    /// As the owner of the database only.
    /// </summary>
    /// <param name="offset">Of the message that was looked at; another one at the head is left alone.</param>
    public static Task<DiscardAnswer> Discard(
        WorkerDatabase database, string topic, string key, long offset, string by, string reason, CancellationToken ct) => database.Run<DiscardAnswer>(async tx =>
    {
        await LockKey(tx, topic, key);
        if ((await Records(tx, topic, key, limit: 1)).SingleOrDefault() is not { } head) return new DiscardAnswer.NotParked();
        if (head.Offset != offset) return new DiscardAnswer.NotAtTheHead(head.Offset);

        var kept = await tx.Execute(
            $"""
            insert into {tx.Schema}.parked_discarded
                (topic, partition, record_offset, key, headers, body, error, first_seen, discarded_at, discarded_by, reason)
            values (@Topic, @Partition, @Offset, @Key, @Headers::jsonb, @Body, @Error, @FirstSeen, @Now, @by, @reason)
            """,
            new { head.Topic, head.Partition, head.Offset, head.Key, head.Headers, head.Body, head.Error, head.FirstSeen, tx.Now, by, reason });
        var taken = await tx.Execute(
            $"delete from {tx.Schema}.parked where topic = @Topic and partition = @Partition and record_offset = @Offset", head);
        // Also when nothing is left: the owner takes the key away, and nobody else does.
        var asked = await tx.Execute($"update {tx.Schema}.parked_key set {Request} where topic = @Topic and key = @Key", head);
        Invariant.Holds((kept, taken, asked) == (1, 1, 1), $"{topic} {key}: kept {kept}, taken {taken}, asked {asked} rows");
        var left = await tx.QueryOne<long>($"select count(*) from {tx.Schema}.parked where topic = @topic and key = @key", new { topic, key });
        return new DiscardAnswer.Discarded(head, left);
    }, ct);

    /// <summary>What was given up, the latest first.</summary>
    public static Task<IReadOnlyList<DiscardedRecord>> AllDiscarded(WorkerDatabase database, int limit, CancellationToken ct) => database.Run(tx => tx.Query<DiscardedRecord>(
        $"""
        select discard_no, topic, partition, record_offset as "offset", key, headers::text as headers, body, error, first_seen,
            discarded_at, discarded_by, reason
        from {tx.Schema}.parked_discarded
        order by discard_no desc
        limit @limit
        """, new { limit }), ct);

    private static Task<IReadOnlyList<ParkedRecord>> Records(Tx tx, string topic, string key, int limit) => tx.Query<ParkedRecord>(
        $"""
        select topic, partition, record_offset as "offset", key, headers::text as headers, body, error, first_seen
        from {tx.Schema}.parked
        where topic = @topic and key = @key
        order by record_offset
        limit @limit
        """, new { topic, key, limit });
}
