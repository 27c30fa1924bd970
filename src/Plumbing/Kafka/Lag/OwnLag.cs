using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>
/// How far one consumer is behind on the partitions it has, from what its client knows already; asked of the broker only where
/// nothing was read yet.
/// </summary>
internal sealed class OwnLag(string worker, KafkaSettings kafka, IReadOnlyCollection<string> topics, TimeProvider clock)
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly Dictionary<TopicPartition, long> goesOnFrom = [];
    private readonly Dictionary<TopicPartition, long> read = [];
    private readonly Dictionary<TopicPartition, long> ends = [];
    private long toldAt;

    /// <param name="next">What comes after it is to be handled next.</param>
    internal void Handled(TopicPartitionOffset next) => goesOnFrom[next.TopicPartition] = next.Offset.Value;

    /// <param name="record">Read, and to be handled.</param>
    internal void Read(ConsumeResult<byte[], byte[]> record)
    {
        if (Metrics.Lag.Enabled) read[record.TopicPartition] = record.Offset.Value + 1;
    }

    /// <param name="end">Nothing was left to read below it: what lies there after the last record are the ends of producers'
    /// transactions, which nobody gets.</param>
    internal void AtEnd(TopicPartitionOffset end) => ends[end.TopicPartition] = end.Offset.Value;

    internal void Gone(TopicPartition place)
    {
        goesOnFrom.Remove(place);
        read.Remove(place);
        ends.Remove(place);
    }

    /// <summary>Once a second, and only while somebody listens.</summary>
    internal void Tell(IConsumer<byte[], byte[]> consumer)
    {
        if (!Metrics.Lag.Enabled || clock.GetElapsedTime(toldAt) < s_every) return;
        toldAt = clock.GetTimestamp();
        var assigned = consumer.Assignment;
        Learn(consumer, [.. assigned.Where(place => !goesOnFrom.ContainsKey(place))]);
        var behind = topics.ToDictionary(topic => topic, _ => 0L, StringComparer.Ordinal);
        foreach (var place in assigned)
        {
            if (!goesOnFrom.TryGetValue(place, out var next)) continue;
            if (ends.TryGetValue(place, out var end) && next >= read.GetValueOrDefault(place)) next = Math.Max(next, end);
            var there = consumer.GetWatermarkOffsets(place);
            if (!there.High.IsSpecial)
                behind[kafka.Logical(place.Topic)] += Math.Max(
                    0, there.High.Value - Math.Max(next, there.Low.IsSpecial ? 0 : there.Low.Value));
        }

        foreach (var (topic, lag) in behind) Metrics.Lag.Record(lag, Metrics.Of(worker, topic));
        Metrics.Partitions.Record(assigned.Count, Metrics.Of(worker));
    }

    private void Learn(IConsumer<byte[], byte[]> consumer, IReadOnlyList<TopicPartition> unknown)
    {
        if (unknown.Count == 0) return;
        try
        {
            foreach (var committed in consumer.Committed(unknown, s_patience))
                goesOnFrom[committed.TopicPartition] = committed.Offset.IsSpecial ? 0 : committed.Offset.Value;
        }
        catch (KafkaException)
        {
            // Asked again at the next turn; until then these partitions are not counted.
        }
    }
}
