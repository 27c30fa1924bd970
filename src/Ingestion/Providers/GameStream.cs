using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>The messages of one game in the order in which they are sent: numbered, timed, silences filled.</summary>
/// <param name="startsAt">Scheduled start, UTC: the anchor of the times of arrival.</param>
internal sealed class GameStream(DateTimeOffset startsAt)
{
    /// <summary>The first message is sent so long before the start.</summary>
    public const int LeadSeconds = 60;

    /// <summary>A heartbeat follows whenever nothing else was sent for so long.</summary>
    private const int HeartbeatSeconds = 10;

    private readonly List<FeedRecord> records = [];
    private long sequence;
    private DateTimeOffset sentAt;

    /// <summary>What was last said of the game; null: nothing yet.</summary>
    public string? Status { get; private set; }

    /// <summary>Everything since it was last taken.</summary>
    public IReadOnlyList<FeedRecord> Take()
    {
        FeedRecord[] taken = [.. records];
        records.Clear();
        return taken;
    }

    public void SetStatus(string gameId, string next, DateTimeOffset time, string? text)
    {
        Emit(time, new FeedStatusV1(gameId, NextSequence(gameId, time), next, time, text));
        Status = next;
    }

    /// <summary>Before a message goes out, the silence before it is filled with heartbeats.</summary>
    public long NextSequence(string gameId, DateTimeOffset time)
    {
        if (Status is not null && Status != GameStatus.Scheduled)
        {
            for (var beat = sentAt.AddSeconds(HeartbeatSeconds); beat < time; beat = beat.AddSeconds(HeartbeatSeconds))
                Emit(beat, new FeedHeartbeatV1(gameId, sequence, beat));
        }

        return ++sequence;
    }

    public void Emit(DateTimeOffset time, IMessage message)
    {
        sentAt = time;
        records.Add(new FeedRecord((long)(time - startsAt).TotalMilliseconds + LeadSeconds * 1000L, time, message));
    }
}
