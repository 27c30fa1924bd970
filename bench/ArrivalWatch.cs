using Confluent.Kafka;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Bench;

/// <summary>
/// Sees what has arrived on a topic: how many records the broker has acknowledged to anyone, or each new record as a consumer
/// gets it.
/// </summary>
internal sealed class ArrivalWatch : IDisposable
{
    internal const int PollMs = 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly TopicPartition[] partitions;

    internal ArrivalWatch(KafkaSettings kafka, string topic, int partitionCount)
    {
        consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer("bench")).SetLogHandler((_, _) => { }).Build();
        partitions = [.. Enumerable.Range(0, partitionCount).Select(p => new TopicPartition(topic, p))];
    }

    internal long Records() => partitions.Sum(p => consumer.QueryWatermarkOffsets(p, s_patience).High.Value);

    /// <exception cref="TimeoutException">They did not come.</exception>
    internal async Task Until(long records)
    {
        for (var poll = 0; Records() < records; poll++)
        {
            if (poll * PollMs > s_patience.TotalMilliseconds)
                throw new TimeoutException($"{partitions[0].Topic} has {Records()} records, not {records}");
            await Task.Delay(PollMs);
        }
    }

    internal void FollowFromEnd() =>
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, consumer.QueryWatermarkOffsets(p, s_patience).High)));

    internal void Next() =>
        _ = consumer.Consume(s_patience) ?? throw new TimeoutException($"nothing came on {partitions[0].Topic}");

    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }
}
