using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>Publishes a feed at a multiple of the speed at which it happened.</summary>
public sealed class PlayFeed(MessageProducer producer, TimeProvider clock)
{
    private const int UnconfirmedMax = 5_000;

    /// <param name="speed">0: without waiting.</param>
    public async Task Run(IReadOnlyList<FeedRecord> records, int speed, CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        var sent = new List<Task>();
        foreach (var record in records)
        {
            if (speed > 0
                && TimeSpan.FromMilliseconds((double)record.AtMs / speed) - clock.GetElapsedTime(startedAt)
                    is { TotalMilliseconds: > 1 } early)
                await Task.Delay(early, clock, ct);
            sent.Add(Publish(record));
            if (sent.Count < UnconfirmedMax) continue;
            await Task.WhenAll(sent);
            sent.Clear();
        }

        await Task.WhenAll(sent);
    }

    /// <summary>Produces every record of a topic once more, exactly as it was.</summary>
    /// <returns>How many.</returns>
    public async Task<int> Replay(KafkaSettings kafka, string topic, CancellationToken ct)
    {
        var originals = new TopicReader(kafka).Read(topic, ct).ToList();
        await Task.WhenAll(originals.Select(o => producer.PublishRaw(topic, o.Key, o.Headers, o.Body.ToArray(), o.Partition)));
        return originals.Count;
    }

    private Task Publish(FeedRecord record) => producer.Publish(record.Message, record.Id, record.Time);

    /// <summary>The topic that <see cref="Run"/> publishes to.</summary>
    public static string Topic => Topics.FeedGames;
}
