using System.Text.Json;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>A message as it was parked.</summary>
internal sealed record ParkedMessage(
    string Topic, int Partition, long RecordOffset, string Key, string Headers, byte[] Body, DateTimeOffset FirstSeen)
{
    internal Envelope Envelope() => EnvelopeReader.Envelope(
        Topic, Partition, RecordOffset, Key, JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!, Body, FirstSeen);
}

/// <summary>A record that is not handled now.</summary>
/// <param name="Error">Null: it only queues behind an earlier message of its key.</param>
internal readonly record struct Aside(Envelope Envelope, string? Error);

/// <summary>
/// Keys whose message could not be handled. The messages wait in order; <see cref="Retry"/> asks the worker that owns the
/// partition to handle them again, from the first one on. Here: what the worker does with them.
/// </summary>
public static partial class Parked
{
    /// <summary>The error of a message that only queues, until it becomes the first and fails itself.</summary>
    private const string Queues = "waits behind an earlier message of its key";

    /// <summary>The keys of these that are parked.</summary>
    internal static async Task<HashSet<(string Topic, string Key)>> Among(
        Tx tx, IReadOnlyList<string> topics, IReadOnlyList<string> keys)
    {
        var found = await tx.Query<TopicKey>(
            $"""
            select k.topic, k.key
            from {tx.Schema}.parked_key k
            where exists (select from unnest(@topics::text[], @hashes::bytea[]) as asked (topic, hash) where asked.topic = k.topic and asked.hash = k.key_hash)
            """,
            new { topics, hashes = keys.Select(KeyName.Hash).ToArray() });
        return [.. found.Select(f => (f.Topic, f.Key))];
    }

    /// <summary>
    /// All of them in two statements: a batch may hold thousands that queue behind one key, and others wait for their place in
    /// it. What was to queue behind a key that is gone by now has nothing to wait for, and is asked for at once.
    /// </summary>
    internal static async Task Add(Tx tx, IReadOnlyList<Aside> aside)
    {
        if (aside.Count == 0) return;
        await tx.Execute(
            $"""
            insert into {tx.Schema}.parked_key (topic, key, partition, parked_at, retry_requested)
            select topic, key, (array_agg(partition order by no))[1], @now, bool_and(error is null)
            from unnest(@topics::text[], @keys::text[], @partitions::integer[], @causes::text[]) with ordinality as row (topic, key, partition, error, no)
            group by topic, key
            order by topic, key
            on conflict do nothing
            """, new { topics = Column(a => a.Topic), keys = Column(a => KeyOf(a)), partitions = Column(a => a.Partition),
                causes = aside.Select(a => a.Error).ToArray(), tx.Now });
        var written = await tx.Query<Place>(
            $"""
            insert into {tx.Schema}.parked (topic, partition, record_offset, key, headers, body, error, first_seen, failures)
            select topic, partition, record_offset, key, headers::jsonb, body, coalesce(error, '{Queues}'), @now, case when error is null then 0 else 1 end
            from unnest(@topics::text[], @partitions::integer[], @offsets::bigint[], @keys::text[], @headers::text[], @bodies::bytea[], @errors::text[])
                with ordinality as row (topic, partition, record_offset, key, headers, body, error, no)
            order by no
            on conflict do nothing
            returning topic, partition, record_offset
            """,
            new
            {
                topics = Column(a => a.Topic), partitions = Column(a => a.Partition), offsets = Column(a => a.Offset),
                keys = Column(a => KeyOf(a)),
                headers = Column(a => JsonSerializer.Serialize(a.Headers)), bodies = Column(a => a.Body.ToArray()),
                errors = aside.Select(a => a.Error is { } error ? Storable(error) : null).ToArray(), tx.Now,
            });
        foreach (var topic in written.CountBy(w => w.Topic))
            tx.AfterCommit(() => Metrics.Parked.Add(topic.Value, Metrics.Of(tx.Schema, topic.Key)));
        var fresh = written.ToHashSet();
        foreach (var (envelope, error) in aside)
        {
            if (error is not null && fresh.Contains(Place.Of(envelope))) Alert(tx, envelope, error);
        }

        await RefuseTaken(tx, [.. aside.Select(a => a.Envelope).Where(e => !fresh.Contains(Place.Of(e)))]);

        T[] Column<T>(Func<Envelope, T> value) => [.. aside.Select(a => value(a.Envelope))];
    }

    /// <summary>
    /// What is parked already came again, which is no matter. Another message in its place would be lost: the partition stops
    /// instead, and says why.
    /// </summary>
    /// <exception cref="InvariantException">A topic that was made anew, or lost its end, gave the offset a second
    /// time.</exception>
    private static async Task RefuseTaken(Tx tx, IReadOnlyList<Envelope> known)
    {
        if (known.Count == 0) return;
        var taken = await tx.Query<TakenPlace>(
            $"""
            select p.topic, p.partition, p.record_offset, p.key
            from {tx.Schema}.parked p
            join unnest(@topics::text[], @partitions::integer[], @offsets::bigint[], @keys::text[], @headers::text[], @bodies::bytea[])
                as row (topic, partition, record_offset, key, headers, body)
                on row.topic = p.topic and row.partition = p.partition and row.record_offset = p.record_offset
            where row.key <> p.key or row.headers::jsonb <> p.headers or row.body <> p.body
            order by p.topic, p.partition, p.record_offset
            limit 1
            """,
            new
            {
                topics = known.Select(e => e.Topic).ToArray(), partitions = known.Select(e => e.Partition).ToArray(),
                offsets = known.Select(e => e.Offset).ToArray(),
                keys = known.Select(KeyOf).ToArray(), headers = known.Select(e => JsonSerializer.Serialize(e.Headers)).ToArray(),
                bodies = known.Select(e => e.Body.ToArray()).ToArray(),
            });
        if (taken is [var row])
            throw new InvariantException(
                $"{row.Topic}[{row.Partition}] offset {row.RecordOffset} is the place of a parked message that is another one, "
                    + $"of key {KeyName.Of(row.Key)}: the topic was made anew, or lost "
                + $"its end. Mend or give up what is parked (contestctl parked retry or discard {tx.Schema} {row.Topic} "
                + $"{KeyName.Word(row.Key)}); the partition goes on by itself then");
    }

    private static void Alert(Tx tx, Envelope envelope, string error)
    {
        var retry = $"contestctl parked retry {tx.Schema} {envelope.Topic}";
        if (TellsOfParkedAlert(envelope))
            tx.Alert(PlumbingAlerts.AlertsParked(AlertKey(tx, envelope), envelope.Topic, retry));
        else
            tx.Alert(PlumbingAlerts.Parked(AlertKey(tx, envelope), envelope.Topic, KeyOf(envelope), Storable(error), retry));
    }

    /// <summary>An alert of its own for each would be parked too, and so on without end: there is one for all of them.</summary>
    private static string AlertKey(Tx tx, Envelope envelope) => TellsOfParkedAlert(envelope)
        ? $"parked/{tx.Schema}/{envelope.Topic}"
        : $"parked/{tx.Schema}/{envelope.Topic}/{envelope.Partition}/{envelope.Offset}/{envelope.MessageId}";

    /// <summary>The message is an alert, of any worker, that an alert is parked.</summary>
    private static bool TellsOfParkedAlert(Envelope envelope) =>
        envelope.Topic == Topics.Alerts && KeyOf(envelope).Split('/') is ["parked", _, Topics.Alerts, ..];

    /// <summary>
    /// The message at the head of a key. The key is locked first: the owner that handles it and the operator who discards it take
    /// turns.
    /// </summary>
    internal static async Task<ParkedMessage?> First(Tx tx, string topic, string key)
    {
        await LockKey(tx, topic, key);
        return await tx.QueryOne<ParkedMessage>(
            $"""
            select topic, partition, record_offset, key, headers::text as headers, body, first_seen
            from {tx.Schema}.parked
            where topic = @topic and key_hash = @hash
            order by arrival
            limit 1
            """, new { topic, hash = KeyName.Hash(key) });
    }

    /// <summary>It was handled, which ends its alert.</summary>
    internal static async Task Remove(Tx tx, ParkedMessage message)
    {
        await tx.Execute(
            $"delete from {tx.Schema}.parked where topic = @Topic and partition = @Partition and record_offset = @RecordOffset",
            message);
        tx.ResolveAlert(AlertKey(tx, message.Envelope()), "The message was handled when it was tried again.");
    }

    internal static Task RemoveKey(Tx tx, string topic, string key) => tx.Execute(
        $"delete from {tx.Schema}.parked_key where topic = @topic and key_hash = @hash", new { topic, hash = KeyName.Hash(key) });

    /// <summary>
    /// The request is done with, unless it was made again meanwhile, or the message was discarded: then it is about the next one.
    /// </summary>
    /// <param name="requestNo">Of the request that was followed.</param>
    internal static async Task FailedAgain(Tx tx, ParkedMessage message, long requestNo, string error)
    {
        await LockKey(tx, message.Topic, message.Key);
        var failures = await tx.Query<int>(
            $"""
            update {tx.Schema}.parked
            set error = case when failures = 0 then @error else error end, last_error = @error, failures = failures + 1
            where topic = @Topic and partition = @Partition and record_offset = @RecordOffset
            returning failures
            """,
            new { message.Topic, message.Partition, message.RecordOffset, error = Storable(error) });
        if (failures is not [var count]) return;
        if (count == 1) Alert(tx, message.Envelope(), error);
        await tx.Execute(
            $"""
            update {tx.Schema}.parked_key
            set retry_requested = request_no <> @requestNo, answered_no = @requestNo, answer = 'failed'
            where topic = @Topic and key_hash = @hash
            """,
            new { message.Topic, hash = KeyName.Hash(message.Key), requestNo });
    }

    /// <summary>
    /// This process may not commit for the partition: it says so to whoever asked. The request stands, for the partition's new
    /// owner.
    /// </summary>
    internal static Task Fenced(Tx tx, RetryRequest request) => tx.Execute(
        $"""
        update {tx.Schema}.parked_key set answered_no = @RequestNo, answer = 'fenced'
        where topic = @Topic and key_hash = @hash and request_no = @RequestNo and answered_no < @RequestNo
        """,
        new { request.Topic, hash = KeyName.Hash(request.Key), request.RequestNo });

    internal static Task<IReadOnlyList<RetryRequest>> RetryRequests(Tx tx) => tx.Query<RetryRequest>(
        $"select topic, key, partition, request_no from {tx.Schema}.parked_key where retry_requested order by parked_at, "
            + $"topic, key");

    /// <summary>A record without a key has no order to keep: it is parked by itself.</summary>
    internal static string KeyOf(Envelope envelope) =>
        envelope.Key.Length > 0 ? envelope.Key : $"(no key, partition {envelope.Partition}, offset {envelope.Offset})";

    /// <summary>Records may go on being parked behind it: their foreign key takes a weaker lock.</summary>
    private static Task LockKey(Tx tx, string topic, string key) => tx.Query<int>(
        $"select 1 from {tx.Schema}.parked_key where topic = @topic and key_hash = @hash for no key update",
        new { topic, hash = KeyName.Hash(key) });

    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    /// <summary>Constructor order is column order.</summary>
    private sealed record TopicKey(string Topic, string Key);

    /// <summary>Constructor order is column order.</summary>
    private sealed record Place(string Topic, int Partition, long RecordOffset)
    {
        internal static Place Of(Envelope envelope) => new(envelope.Topic, envelope.Partition, envelope.Offset);
    }

    /// <summary>Constructor order is column order.</summary>
    private sealed record TakenPlace(string Topic, int Partition, long RecordOffset, string Key);

    /// <summary>Constructor order is column order.</summary>
    internal sealed record RetryRequest(string Topic, string Key, int Partition, long RequestNo);
}
