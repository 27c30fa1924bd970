using System.Text.Json;

namespace ContestPipeline.Plumbing;

/// <summary>A key that waits for a person: what failed first, and how many messages queue behind that one.</summary>
/// <param name="FirstSeen">When the message at the head was parked.</param>
public sealed record ParkedKey(
    string Topic, string Key, int Partition, DateTimeOffset ParkedAt, bool RetryRequested, long Messages, long HeadOffset,
    DateTimeOffset FirstSeen, string Error)
{
    public long QueuedBehind => Messages - 1;
}

/// <summary>A parked message, whole.</summary>
/// <param name="Error">Of the first time it could not be handled.</param>
/// <param name="Failures">How often it could not be handled; 0: it only queues.</param>
/// <param name="LastError">Of the latest retry; null: it was never tried again.</param>
/// <param name="Arrival">Its number in the order of arrival: of this worker, never given twice.</param>
public sealed record ParkedRecord(
    string Topic, int Partition, long Offset, string Key, string Headers, byte[] Body, string Error, DateTimeOffset FirstSeen,
    int Failures, string? LastError, long Arrival)
{
    public IReadOnlyDictionary<string, string> HeaderTexts() => JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!;

    /// <summary>As its worker would read it.</summary>
    public Envelope Envelope() => EnvelopeReader.Envelope(Topic, Partition, Offset, Key, HeaderTexts(), Body, FirstSeen);
}

/// <summary>A parked message that a person gave up.</summary>
public sealed record DiscardedRecord(
    long DiscardNo, string Topic, int Partition, long Offset, string Key, string Headers, byte[] Body, string Error,
    DateTimeOffset FirstSeen, DateTimeOffset DiscardedAt, string DiscardedBy, string Reason, string? LastError,
    string? ApprovedBy);

/// <summary>What an operator does with parked keys.</summary>
public static partial class Parked
{
    /// <summary>
    /// Each request has a number, so that the failure of an attempt that was under way is not taken for the answer to a later
    /// one.
    /// </summary>
    private const string Request = "retry_requested = true, request_no = request_no + 1";

    public static Task<IReadOnlyList<ParkedKey>> List(
        WorkerDatabase database, CancellationToken ct) => database.Run(tx => tx.Query<ParkedKey>(
        $"""
        select k.topic, k.key, k.partition, k.parked_at, k.retry_requested, all_of_it.messages, head.record_offset as head_offset, head.first_seen, head.error
        from {tx.Schema}.parked_key k
        cross join lateral (
            select p.record_offset, p.first_seen, p.error from {tx.Schema}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) as head
        cross join lateral (select count(*) as messages from {tx.Schema}.parked p where p.topic = k.topic and p.key_hash = k.key_hash) as all_of_it
        order by k.parked_at, k.topic, k.key
        """), ct);

    /// <summary>The messages of one key in the order of their arrival; the first is the one that could not be handled.</summary>
    /// <param name="key">The key, or the name of one that is too long to be shown (<see cref="KeyName"/>).</param>
    public static Task<IReadOnlyList<ParkedRecord>> Show(
        WorkerDatabase database, string topic, string key, int limit, CancellationToken ct) =>
        database.Run(tx => Records(tx, topic, key, limit), ct);

    /// <summary>What was given up, the latest first.</summary>
    public static Task<IReadOnlyList<DiscardedRecord>> AllDiscarded(
        WorkerDatabase database, int limit, CancellationToken ct) => database.Run(tx => tx.Query<DiscardedRecord>(
        $"""
        select discard_no, topic, partition, record_offset as "offset", key, headers::text as headers, body, error, first_seen,
            discarded_at, discarded_by, reason, last_error, approved_by
        from {tx.Schema}.parked_discarded
        order by discard_no desc
        limit @limit
        """, new { limit }), ct);

    private static Task<IReadOnlyList<ParkedRecord>> Records(
        Tx tx, string topic, string key, int limit) => tx.Query<ParkedRecord>(
        $"""
        select topic, partition, record_offset as "offset", key, headers::text as headers, body, error, first_seen, failures, last_error, arrival
        from {tx.Schema}.parked
        where topic = @topic and key_hash = any(@hashes)
        order by arrival
        limit @limit
        """, new { topic, hashes = KeyName.Meant(key), limit });
}
