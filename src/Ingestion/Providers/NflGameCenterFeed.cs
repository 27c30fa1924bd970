using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// One game's stream of canonical messages, made from GameCenter documents. The first document gives everything it knows; each
/// later one of the same game only what changed: new plays, higher revisions, tombstones for plays that are gone, a new box.
/// </summary>
/// <param name="kickoff">Scheduled start, UTC: the anchor of the simulated arrival times.</param>
public sealed class NflGameCenterFeed(DateTimeOffset kickoff)
{
    /// <summary>A heartbeat follows whenever nothing else was sent for so long.</summary>
    public const int HeartbeatSeconds = 10;

    private const int LeadSeconds = 60;
    private readonly NflGameClock clock = new(kickoff);
    private readonly Dictionary<string, (int Revision, string Content)> known = new(StringComparer.Ordinal);
    private readonly List<FeedRecord> stream = [];
    private long sequence;
    private string? status;
    private string? boxContent;
    private DateTimeOffset sentAt;

    /// <param name="confirmed">
    /// True once a final document is known to be the last word: only then is the game <c>closed</c>. Real documents have said
    /// "final" and gone on.
    /// </param>
    public IReadOnlyList<FeedRecord> Apply(NflGameCenterDocument game, bool confirmed)
    {
        stream.Clear();
        if (status is null) SetStatus(game.GameId, GameStatus.Scheduled, kickoff.AddSeconds(-LeadSeconds), null);
        if (game.Plays.Count > 0 && status != GameStatus.InProgress && HasNews(game))
            SetStatus(game.GameId, GameStatus.InProgress, status == GameStatus.Scheduled ? kickoff : clock.After(1), null);

        AddPlays(game);
        AddWithdrawals(game);
        if (game.IsFinal) Finish(game, confirmed);
        return [.. stream];
    }

    private bool HasNews(NflGameCenterDocument game) =>
        status == GameStatus.Scheduled || !game.IsFinal || game.Plays.Count != known.Count(k => k.Value.Content != "")
            || game.Plays.Any(p => IsNew(game, p));

    private bool IsNew(NflGameCenterDocument game, NflPlay play) =>
        !known.TryGetValue(play.PlayId, out var seen) || seen.Content != Content(NflPlayStats.Of(game, play));

    private void AddPlays(NflGameCenterDocument game)
    {
        foreach (var play in game.Plays)
        {
            var athletes = NflPlayStats.Of(game, play);
            var content = Content(athletes);
            var isRevision = known.TryGetValue(play.PlayId, out var seen);
            if (isRevision && seen.Content == content) continue;

            // A changed play is reported now, not when it was played.
            var time = isRevision ? clock.After(2) : clock.At(play.Quarter, play.Clock);
            var revision = seen.Revision + 1;
            known[play.PlayId] = (revision, content);
            var text = NflGameClock.Text(play.Quarter, play.Clock);
            Emit(time, new FeedPlayV1(
                game.GameId, play.PlayId, NextSequence(game.GameId, time), revision, "upsert", true, athletes, time, text));
        }
    }

    private void AddWithdrawals(NflGameCenterDocument game)
    {
        var present = game.Plays.Select(p => p.PlayId).ToHashSet(StringComparer.Ordinal);
        var gone = known.Where(k => k.Value.Content != "" && !present.Contains(k.Key)).OrderBy(k => k.Key, StringComparer.Ordinal)
            .ToArray();
        foreach (var (playId, seen) in gone)
        {
            var time = clock.After(2);
            known[playId] = (seen.Revision + 1, "");
            Emit(time, new FeedPlayV1(
                game.GameId, playId, NextSequence(game.GameId, time), seen.Revision + 1, "delete", true, [], time));
        }
    }

    private void Finish(NflGameCenterDocument game, bool confirmed)
    {
        if (status == GameStatus.InProgress) SetStatus(game.GameId, GameStatus.Complete, clock.After(30), game.Quarter);
        var lines = NflBox.Lines(game);
        var sums = NflBox.Sums(game);
        var content = CanonicalHash.Of(new { lines, sums });
        if (content != boxContent)
        {
            boxContent = content;
            var time = clock.After(30);
            Emit(time, new FeedBoxV1(game.GameId, NextSequence(game.GameId, time), NflBox.CoveredStats, lines, time, sums));
        }

        if (confirmed && status == GameStatus.Complete) SetStatus(game.GameId, GameStatus.Closed, clock.After(120), game.Quarter);
    }

    private void SetStatus(string gameId, string next, DateTimeOffset time, string? text)
    {
        Emit(time, new FeedStatusV1(gameId, NextSequence(gameId, time), next, time, text));
        status = next;
    }

    /// <summary>Before a message goes out, the silence before it is filled with heartbeats.</summary>
    private long NextSequence(string gameId, DateTimeOffset time)
    {
        if (status is not null && status != GameStatus.Scheduled)
        {
            for (var beat = sentAt.AddSeconds(HeartbeatSeconds); beat < time; beat = beat.AddSeconds(HeartbeatSeconds))
                Emit(beat, new FeedHeartbeatV1(gameId, sequence, beat));
        }

        return ++sequence;
    }

    private void Emit(DateTimeOffset time, IMessage message)
    {
        sentAt = time;
        stream.Add(new FeedRecord((long)(time - kickoff).TotalMilliseconds + LeadSeconds * 1000L, time, message));
    }

    private static string Content(IReadOnlyList<AthleteStatsV1> athletes) => CanonicalHash.Of(athletes);
}
