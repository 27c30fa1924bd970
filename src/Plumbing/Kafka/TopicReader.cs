using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Reads topics from their beginning to what is their end when asked, without a consumer group and without leaving a trace.
/// </summary>
/// <param name="watch">Who is told, topic by topic, how many records of how many have been read; disposed at the topic's end
/// where it can be.</param>
public sealed class TopicReader(KafkaSettings kafka, Func<string, IProgress<(long Done, long Total)>>? watch = null)
{
    /// <summary>All records of a topic, partition by partition in turn as they arrive; within a partition in order.</summary>
    /// <exception cref="TimeoutException">The broker stopped answering.</exception>
    public IEnumerable<Envelope> Read(string topic, CancellationToken ct = default)
    {
        var watcher = watch?.Invoke(topic);
        using var ended = watcher as IDisposable;
        var (done, total) = (0L, 0L);
        foreach (var record in new TopicRanges(kafka).Read(topic, all => total = all, ct))
        {
            watcher?.Report((++done, total));
            yield return record.Envelope;
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
}
