using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Folds what is not a play: statuses, boxes, heartbeats, clocks and sequence numbers. The highest sequence number has the last
/// word.
/// </summary>
public static class TrackSequence
{
    public static void Apply(GameFold game, FeedStatusV1 status)
    {
        game.Received.Add(status.Sequence);
        SetClock(game, status.Sequence, status.Clock);
        if (status.StartsAt is { } startsAt && status.Sequence > game.StartsAtSequence)
            (game.StartsAt, game.StartsAtSequence) = (Tx.Stored(startsAt), status.Sequence);
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

    public static void Apply(GameFold game, FeedSnapshotCompleteV1 complete)
    {
        game.AnnouncedSequence = Math.Max(game.AnnouncedSequence, complete.LastSequence);
        foreach (var unused in complete.UnusedSequences ?? []) game.Received.Add(unused);
    }

    public static void Apply(GameFold game, FeedPlayV1 play)
    {
        game.Received.Add(play.Sequence);
        SetClock(game, play.Sequence, play.Clock);
    }

    /// <summary>
    /// One number is one message. Another message under a number that is taken says that the provider counts anew, or counts
    /// wrongly: which of the two is right nobody can tell here.
    /// </summary>
    /// <returns>Null when the number is free, or is this message's.</returns>
    public static FeedProblem? Contradiction(GameFold game, IMessage message)
    {
        if (message is FeedSnapshotCompleteV1 complete) return UsedAllTheSame(game, complete);
        var (number, name) = message switch
        {
            FeedPlayV1 play => (play.Sequence, $"event {play.EventId}"),
            FeedStatusV1 status => (status.Sequence, $"status {status.Status}"),
            FeedBoxV1 other => (other.Sequence, "a box"),
            _ => (0, ""),
        };
        if (number == 0) return null;
        var taken = game.PlayAt.TryGetValue(number, out var eventId) && !(message is FeedPlayV1 same && same.EventId == eventId)
            ? $"event {eventId}"
            : game.StatusSequence == number && !(message is FeedStatusV1 again && again.Status == game.Status)
                ? $"status {game.Status}"
            : game.Box?.Sequence == number && !(message is FeedBoxV1 box && Same(box, game.Box)) ? "a box with its figures"
            : IsOfAnother(game, message, number) ? "a message that was overtaken" : null;
        return taken is null ? null : new FeedProblem(
            "sequence-contradicted", "sequence",
            string.Create(CultureInfo.InvariantCulture, $"a number of its own: {number} is {taken}"),
            string.Create(CultureInfo.InvariantCulture, $"{number} for {name}"));
    }

    /// <summary>A number that a message holds cannot be one that none was given.</summary>
    private static FeedProblem? UsedAllTheSame(GameFold game, FeedSnapshotCompleteV1 complete)
    {
        foreach (var number in complete.UnusedSequences ?? [])
        {
            var holder = game.PlayAt.TryGetValue(number, out var eventId) ? $"event {eventId}"
                : game.StatusSequence == number ? $"status {game.Status}" : game.Box?.Sequence == number ? "a box" : null;
            if (holder is null) continue;
            return new FeedProblem("sequence-contradicted", "unusedSequences", "numbers under which no message has come",
                string.Create(CultureInfo.InvariantCulture, $"{number}, which is {holder}"));
        }

        return null;
    }

    /// <summary>
    /// Whose a number is is not kept once its message was overtaken. But a play that was overtaken is known at a higher revision,
    /// and a status or box by a higher number: what is not was never taken in, and the number is another's.
    /// </summary>
    private static bool IsOfAnother(GameFold game, IMessage message, long number) => game.Received.Has(number) && message switch
    {
        FeedPlayV1 play => !game.Plays.ContainsKey(play.EventId),
        FeedStatusV1 => number > game.StatusSequence,
        FeedBoxV1 => number > (game.Box?.Sequence ?? 0),
        _ => false,
    };

    private static bool Same(FeedBoxV1 a, FeedBoxV1 b) =>
        FoldedText.Of(a with { ProviderTime = b.ProviderTime }) == FoldedText.Of(b);

    private static void SetClock(GameFold game, long sequence, string? clock)
    {
        if (clock is null || sequence < game.ClockSequence) return;
        game.Clock = clock;
        game.ClockSequence = sequence;
    }
}

/// <summary>
/// When a game began, from everything that says so: a status, a play that counts, a box with a figure. The provider's time is
/// taken, for a feed may come late; a status that is late or never comes makes no game unbegun.
/// </summary>
public static class TellStart
{
    /// <summary>
    /// A provider's time that lies further back is that of an old file which is played again: then the time at which it was heard
    /// counts.
    /// </summary>
    public static readonly TimeSpan LateMax = TimeSpan.FromHours(24);

    /// <param name="now">When the message is handled, UTC.</param>
    public static void Hear(GameFold game, IMessage message, DateTimeOffset now)
    {
        DateTimeOffset? time = message switch
        {
            FeedStatusV1 status when GameStatus.HasBegun(status.Status) => status.ProviderTime,
            FeedPlayV1 { Op: "upsert", Official: true } play => play.ProviderTime,
            FeedBoxV1 box when HasFigure(box) => box.ProviderTime,
            _ => null,
        };
        if (time is not { } said) return;
        var at = Tx.Stored(said <= now && said >= now - LateMax ? said : now);
        if (game.StartedAt is null || at < game.StartedAt) game.StartedAt = at;
    }

    /// <summary>Once all messages of a batch were heard: a start of which nothing is left was told in error.</summary>
    public static void Settle(GameFold game)
    {
        if (!GameStatus.HasBegun(game.Status) && !game.Plays.Values.Any(p => p.Counts)
            && !(game.Box is { } box && HasFigure(box))) game.StartedAt = null;
    }

    private static bool HasFigure(FeedBoxV1 box) => box.Lines.Any(l => l.Stats.Values.Any(v => v != 0));
}
