using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Follows topics from their beginning and goes on, without a consumer group and without leaving a trace: for spectators, never
/// for work.
/// </summary>
public sealed class TopicFollower(KafkaSettings kafka)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs on a thread of its own until cancelled.</summary>
    /// <param name="apply">Gets every message that is understood, one at a time; within a partition in order.</param>
    public Task Run(IReadOnlyList<string> topics, Action<IMessage> apply, CancellationToken ct) =>
        Task.Factory.StartNew(() => Follow(topics, apply, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Follow(IReadOnlyList<string> topics, Action<IMessage> apply, CancellationToken ct)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer("follower")).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(topics.SelectMany(topic => Enumerable.Range(0, Topics.Find(topic).Partitions)
            .Select(p => new TopicPartitionOffset(kafka.Physical(topic), p, Offset.Beginning))));
        while (!ct.IsCancellationRequested)
        {
            if (consumer.Consume(s_wait) is not { IsPartitionEOF: false } record) continue;
            var envelope = EnvelopeReader.Envelope(kafka.Logical(record.Topic), record);
            if (WireTypes.Find(envelope.WireName) is { } type) apply((IMessage)WireJson.Read(envelope.Body.Span, type));
        }
    }
}
