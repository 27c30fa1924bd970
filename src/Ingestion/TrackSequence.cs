using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>Folds what is not a play: statuses, boxes, heartbeats, clocks and sequence numbers. The highest sequence number has the last word.</summary>
public static class TrackSequence
{
    public static void Apply(GameFold game, FeedStatusV1 status)
    {
        game.Received.Add(status.Sequence);
        SetClock(game, status.Sequence, status.Clock);
        if (status.Sequence <= game.StatusSequence) return;
        game.Status = status.Status;
        game.StatusSequence = status.Sequence;
    }

    public static void Apply(GameFold game, FeedBoxV1 box)
    {
        game.Received.Add(box.Sequence);
        if (game.Box is { } known && known.Sequence >= box.Sequence) return;
        game.Box = box;
    }

    public static void Apply(GameFold game, FeedHeartbeatV1 beat)
    {
        game.AnnouncedSequence = Math.Max(game.AnnouncedSequence, beat.LastSequence);
        SetClock(game, beat.LastSequence, beat.Clock);
    }

    public static void Apply(GameFold game, FeedPlayV1 play)
    {
        game.Received.Add(play.Sequence);
        SetClock(game, play.Sequence, play.Clock);
    }

    private static void SetClock(GameFold game, long sequence, string? clock)
    {
        if (clock is null || sequence < game.ClockSequence) return;
        game.Clock = clock;
        game.ClockSequence = sequence;
    }
}
