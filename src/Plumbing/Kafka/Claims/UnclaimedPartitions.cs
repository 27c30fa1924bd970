using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Partitions that the group has given us and that a transaction of a previous owner still holds: they are paused until they are
/// claimed, the others go on.
/// </summary>
internal sealed class UnclaimedPartitions(KafkaSettings kafka, PartitionOwnership ownership)
{
    private readonly HashSet<TopicPartition> paused = [];

    /// <summary>Pauses what is not claimed, lets go on what is by now, and forgets what was taken from us.</summary>
    /// <param name="items">Read before it was known.</param>
    /// <returns>Those of them that belong to claimed partitions; the others are to be read again, from <paramref name="early"/>
    /// on.</returns>
    internal List<ConsumedRecord> Sift(
        IConsumer<byte[], byte[]> consumer, List<ConsumedRecord> items, out IReadOnlyList<ConsumedRecord> early)
    {
        foreach (var place in consumer.Assignment.Where(p => IsUnclaimed(p) && !paused.Contains(p)).ToArray())
        {
            consumer.Pause([place]);
            paused.Add(place);
        }

        foreach (var place in paused.Where(p => !IsUnclaimed(p)).ToArray())
        {
            paused.Remove(place);
            if (consumer.Assignment.Contains(place)) consumer.Resume([place]);
        }

        var ours = items.ToLookup(i => !ownership.IsUnclaimed(i.Envelope.Topic, i.Envelope.Partition));
        early = [.. ours[false]];
        return [.. ours[true]];
    }

    private bool IsUnclaimed(TopicPartition place) => ownership.IsUnclaimed(kafka.Logical(place.Topic), place.Partition.Value);
}
