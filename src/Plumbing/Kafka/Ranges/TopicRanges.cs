using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>Part of a partition: from an offset on, up to but not with another.</summary>
public sealed record PartitionRange(int Partition, long From, long To);

/// <summary>A record as the broker gave it: read, and with its untouched bytes for whoever produces it again.</summary>
/// <param name="WrittenAt">The record's own time, UTC; not the message's.</param>
public sealed record KafkaRecord(Envelope Envelope, DateTimeOffset WrittenAt)
{
    internal byte[]? Key { get; init; }

    internal byte[]? Value { get; init; }

    internal Headers? Headers { get; init; }
}

/// <summary>Reads what a topic has that was written since a moment and is wanted; within a partition in order.</summary>
/// <exception cref="TimeoutException">The broker does not answer.</exception>
public delegate IReadOnlyList<Envelope> ReadWritten(
    string topic, DateTimeOffset since, Func<Envelope, bool> isWanted, CancellationToken ct);

/// <summary>Reads parts of topics whose ends are fixed beforehand. Joins no group and leaves no trace.</summary>
public sealed class TopicRanges(KafkaSettings kafka)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The broker gives up a transaction whose producer has gone, at the latest ten seconds after it may.</summary>
    private static readonly TimeSpan s_transactionsPatience = KafkaSettings.TransactionMax + TimeSpan.FromSeconds(15);

    /// <summary>
    /// What the broker has of each partition at this moment, with what a transaction that is still open hides from readers.
    /// </summary>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public IReadOnlyList<PartitionRange> All(string topic)
    {
        var places = Enumerable.Range(0, Topics.Find(topic).Partitions).Select(p => new TopicPartition(kafka.Physical(topic), p))
            .ToArray();
        try
        {
            var bounds = Task.Run(() => PartitionBounds.Of(kafka, places, IsolationLevel.ReadUncommitted)).GetAwaiter()
                .GetResult();
            return [.. places.Select(place =>
                new PartitionRange(place.Partition.Value, bounds[place].Beginning, bounds[place].End))];
        }
        catch (KafkaException silent)
        {
            throw new TimeoutException($"{topic}: the broker does not say what it holds ({silent.Error.Reason})", silent);
        }
    }

    /// <summary>All that the broker has at this moment.</summary>
    /// <param name="total">Told beforehand how many records that is at most.</param>
    /// <exception cref="TimeoutException">The broker does not answer, or stopped answering.</exception>
    public IEnumerable<KafkaRecord> Read(string topic, Action<long> total, CancellationToken ct)
    {
        var all = All(topic);
        total(all.Sum(r => r.To - r.From));
        foreach (var record in Read(topic, all, ct)) yield return record;
    }

    /// <summary>
    /// Moves the beginnings to the first record that was written at the time or later. A broker that keeps no index of times
    /// leaves them where they are: who selects by time looks at each record all the same.
    /// </summary>
    public IReadOnlyList<PartitionRange> NotBefore(string topic, IReadOnlyList<PartitionRange> ranges, DateTimeOffset time)
    {
        using var consumer = Build();
        var found = consumer.OffsetsForTimes(
            ranges.Select(r => new TopicPartitionTimestamp(kafka.Physical(topic), r.Partition, new Timestamp(time))), s_patience)
            .ToDictionary(o => o.Partition.Value, o => o.Offset.Value);
        return [.. ranges.Select(r => found[r.Partition] is var first and >= 0
            ? r with { From = Math.Clamp(first, r.From, Math.Max(r.From, r.To)) } : r)];
    }

    /// <summary>What was written at the time or later, and is wanted; partition by partition, within one in order.</summary>
    /// <exception cref="TimeoutException">The broker does not answer, or stopped answering.</exception>
    internal IReadOnlyList<Envelope> Written(
        string topic, DateTimeOffset since, Func<Envelope, bool> isWanted, CancellationToken ct) =>
        [.. Read(topic, NotBefore(topic, All(topic), since), ct).Where(r => r.WrittenAt >= since).Select(r => r.Envelope)
            .Where(isWanted)];

    /// <summary>
    /// The records in these ranges, partition by partition in turn as they arrive; within a partition in order. Where a
    /// transaction is still open, it waits for its end: records behind it may be committed long since.
    /// </summary>
    /// <exception cref="TimeoutException">The broker stopped answering, or a transaction does not end.</exception>
    public IEnumerable<KafkaRecord> Read(string topic, IReadOnlyList<PartitionRange> ranges, CancellationToken ct)
    {
        var open = ranges.Where(r => r.From < r.To).ToDictionary(r => r.Partition, r => r.To);
        if (open.Count == 0) yield break;
        using var consumer = Build();
        consumer.Assign(ranges.Where(r => open.ContainsKey(r.Partition))
            .Select(r => new TopicPartitionOffset(kafka.Physical(topic), r.Partition, r.From)));
        while (open.Count > 0)
        {
            ct.ThrowIfCancellationRequested();
            var record = consumer.Consume(s_transactionsPatience)
                ?? throw new TimeoutException($"{topic}: nothing more came within {s_transactionsPatience.TotalSeconds} s");
            if (!open.TryGetValue(record.Partition.Value, out var end)) continue;
            if (!record.IsPartitionEOF && record.Offset.Value < end)
                yield return new KafkaRecord(
                    EnvelopeReader.Envelope(topic, record), EnvelopeReader.RecordTime(record.Message.Timestamp.UnixTimestampMs))
                {
                    Key = record.Message.Key, Value = record.Message.Value, Headers = record.Message.Headers,
                };
            if (record.Offset.Value >= (record.IsPartitionEOF ? Math.Min(end, Held(record)) : end - 1))
                open.Remove(record.Partition.Value);
        }

        // As the last answer had it: a partition that was cut short meanwhile ends where it ends.
        long Held(ConsumeResult<byte[], byte[]> read) => consumer.GetWatermarkOffsets(read.TopicPartition).High.Value;
    }

    private IConsumer<byte[], byte[]> Build()
    {
        var config = kafka.Consumer("reader", toldOfEnds: true);
        config.FetchWaitMaxMs = 20;
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }
}
