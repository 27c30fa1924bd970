using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>Reads topics from their beginning to what is their end when asked, without a consumer group and without leaving a trace.</summary>
/// <param name="watch">Who is told, topic by topic, how many records of how many have been read; disposed at the topic's end where it can be.</param>
public sealed class TopicReader(KafkaSettings kafka, Func<string, IProgress<(long Done, long Total)>>? watch = null)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>All records of a topic, partition by partition in turn as they arrive; within a partition in order.</summary>
    /// <exception cref="TimeoutException">The broker stopped answering.</exception>
    public IEnumerable<Envelope> Read(string topic, CancellationToken ct = default)
    {
        var config = kafka.Consumer("reader");
        config.EnablePartitionEof = true;
        config.FetchWaitMaxMs = 20;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var partitions = Partitions(topic);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        var open = partitions.Count;
        var watcher = watch?.Invoke(topic);
        using var ended = watcher as IDisposable;
        var total = watcher is null ? 0 : partitions.Select(p => consumer.QueryWatermarkOffsets(p, s_patience)).Sum(ends => ends.High.Value - ends.Low.Value);
        var done = 0L;
        var ends = new HashSet<int>();
        while (ends.Count < open)
        {
            ct.ThrowIfCancellationRequested();
            var record = consumer.Consume(s_patience) ?? throw new TimeoutException($"{topic}: nothing more came within {s_patience.TotalSeconds} s");
            watcher?.Report((++done, total));
            if (record.IsPartitionEOF) ends.Add(record.Partition.Value);
            else if (!ends.Contains(record.Partition.Value)) yield return EnvelopeReader.Envelope(topic, record);
        }
    }

    /// <summary>The messages of one type on its topic.</summary>
    public IEnumerable<Received<T>> Read<T>(CancellationToken ct = default) where T : IMessage
    {
        var wire = WireTypes.Of(typeof(T));
        foreach (var envelope in Read(wire.Topic, ct))
        {
            if (envelope.WireName == wire.Name) yield return new Received<T>(WireJson.Read<T>(envelope.Body.Span), envelope);
        }
    }

    private List<TopicPartition> Partitions(string topic) =>
        [.. Enumerable.Range(0, Topics.Find(topic).Partitions).Select(p => new TopicPartition(kafka.Physical(topic), p))];
}
