using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>What a worker has not read yet of one partition.</summary>
/// <param name="Committed">The offset it goes on from; null: it never committed one here and begins with the oldest
/// record.</param>
/// <param name="Beginning">The oldest offset the broker still has.</param>
/// <param name="OldestUnreadAt">When the next record was written; null when there is none.</param>
/// <param name="HoldsNoRecord">
/// What is left are offsets without a record, as a producer's transactions leave them: nobody gets those to read, so nobody's
/// offset moves past them.
/// </param>
public sealed record UnreadPartition(
    string Worker, string Topic, int Partition, long? Committed, long Beginning, long End, DateTimeOffset? OldestUnreadAt,
    bool HoldsNoRecord = false)
{
    public long GoesOnFrom => Math.Max(Committed ?? Beginning, Beginning);

    public long Lag => HoldsNoRecord ? 0 : End - GoesOnFrom;

    /// <summary>How many of them are below an offset, such as the end at an earlier moment.</summary>
    public long LagUpTo(long offset) => Math.Max(0, Math.Min(offset - GoesOnFrom, Lag));

    /// <summary>Records that the broker dropped before they were read.</summary>
    public long Missed => Committed is { } committed ? Math.Max(0, Beginning - committed) : 0;
}

/// <summary>Asks the broker how far workers are behind. Joins no group and leaves no trace.</summary>
/// <param name="partitions">Of each topic, as the broker has them.</param>
public sealed class UnreadRecords(KafkaSettings kafka, IReadOnlyDictionary<string, int> partitions)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <param name="topics">What each worker reads. A topic the broker does not have is left out.</param>
    /// <param name="isBegun">Only partitions of which a worker has committed an offset.</param>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public async Task<IReadOnlyList<UnreadPartition>> Of(
        IReadOnlyCollection<(string Worker, string Topic)> topics, bool isBegun = false)
    {
        try
        {
            var unread = (await Counted(topics)).Where(u => !isBegun || u.Committed is not null).ToArray();
            var wanted = unread.Where(u => u.Lag > 0).Select(u => (u.Topic, u.Partition, u.GoesOnFrom)).Distinct().ToArray();
            var times = await Task.Run(() => Times(wanted));
            return [.. unread.Select(u => times.TryGetValue((u.Topic, u.Partition, u.GoesOnFrom), out var next)
                ? u with { OldestUnreadAt = next.WrittenAt, HoldsNoRecord = next.WrittenAt is null && next.Offset >= u.End }
                : u)];
        }
        catch (KafkaException trouble)
        {
            throw new TimeoutException($"Kafka: {trouble.Error.Reason}", trouble);
        }
    }

    private Task<IReadOnlyList<UnreadPartition>> Counted(IReadOnlyCollection<(string Worker, string Topic)> topics) =>
        PartitionBounds.Patiently(() => CountedOnce(topics));

    /// <summary>Committed offsets first: the end that is asked for afterwards is never below them.</summary>
    private async Task<IReadOnlyList<UnreadPartition>> CountedOnce(IReadOnlyCollection<(string Worker, string Topic)> topics)
    {
        var asked = topics.GroupBy(t => t.Worker)
            .Select(worker => Task.Run(() => Committed(worker.Key, [.. worker.Select(t => t.Topic).Distinct()])));
        var committed = (await Task.WhenAll(asked)).SelectMany(c => c).ToArray();
        var bounds = await PartitionBounds.Of(kafka, [.. committed.Select(c => c.Place).Distinct()]);
        return
        [
            .. committed.Select(c => new UnreadPartition(
                c.Worker, kafka.Logical(c.Place.Topic), c.Place.Partition.Value, c.Offset, bounds[c.Place].Beginning,
                bounds[c.Place].End, OldestUnreadAt: null)),
        ];
    }

    private List<(string Worker, TopicPartition Place, long? Offset)> Committed(string worker, IReadOnlyList<string> topics)
    {
        using var consumer = Build(kafka.TopicPrefix + worker);
        var places =
            topics.SelectMany(t =>
                Enumerable.Range(0, partitions.GetValueOrDefault(t)).Select(p => new TopicPartition(kafka.Physical(t), p)))
                .ToArray();
        if (places.Length == 0) return [];
        return [.. consumer.Committed(places, s_patience)
            .Select(c => (worker, c.TopicPartition, c.Offset == Offset.Unset ? (long?)null : c.Offset.Value))];
    }

    /// <summary>
    /// When the first record at or after each offset was written, and where it is; null: there is none up to that offset. Workers
    /// at different offsets of a partition are asked about in turns.
    /// </summary>
    private Dictionary<(string Topic, int Partition, long Offset), (DateTimeOffset? WrittenAt, long Offset)> Times(
        IReadOnlyList<(string Topic, int Partition, long Offset)> wanted)
    {
        var times = new Dictionary<(string, int, long), (DateTimeOffset?, long)>();
        var turns = wanted.GroupBy(w => (w.Topic, w.Partition)).SelectMany(g => g.Select((w, turn) => (w, turn)))
            .GroupBy(w => w.turn, w => w.w);
        foreach (var turn in turns)
        {
            using var consumer = Build("lag");
            var open = turn.ToDictionary(w => new TopicPartition(kafka.Physical(w.Topic), w.Partition));
            consumer.Assign(open.Select(o => new TopicPartitionOffset(o.Key, o.Value.Offset)));
            while (open.Count > 0)
            {
                var record = consumer.Consume(s_patience)
                    ?? throw new TimeoutException($"no record came within {s_patience.TotalSeconds} s");
                if (!open.Remove(record.TopicPartition, out var asked)) continue;
                times[asked] = (record.IsPartitionEOF ? null : record.Message.Timestamp.UtcDateTime, record.Offset.Value);
            }
        }

        return times;
    }

    /// <summary>One record of each partition is enough: little is fetched ahead.</summary>
    private IConsumer<byte[], byte[]> Build(string group)
    {
        var config = kafka.Consumer(group, toldOfEnds: true);
        config.QueuedMinMessages = 1;
        config.MaxPartitionFetchBytes = 4_096;
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }
}
