using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// One game's stream of canonical messages, made from the NBA's live documents. The first play-by-play gives everything it knows;
/// each later one only what changed: new actions, edited ones as revisions, tombstones for actions that are gone.
/// </summary>
/// <param name="startsAt">Scheduled start, UTC.</param>
public sealed class NbaLiveFeed(DateTimeOffset startsAt)
{
    private readonly GameStream stream = new(startsAt);
    private readonly Dictionary<string, (int Revision, string Content)> known = new(StringComparer.Ordinal);
    private DateTimeOffset last;

    /// <returns>What the document adds to what was sent before.</returns>
    public IReadOnlyList<FeedRecord> Apply(NbaPlays plays)
    {
        if (last < startsAt.AddSeconds(-GameStream.LeadSeconds)) last = startsAt.AddSeconds(-GameStream.LeadSeconds);
        if (stream.Status is null)
            stream.SetStatus(plays.GameId, GameStatus.Scheduled, startsAt.AddSeconds(-GameStream.LeadSeconds), null);
        foreach (var action in plays.Actions.OrderBy(a => a.At).ThenBy(a => a.Order)) Play(plays.GameId, action);
        var present = plays.Actions.Select(a => a.ActionId).ToHashSet(StringComparer.Ordinal);
        var gone = known.Where(k => k.Value.Content.Length > 0 && !present.Contains(k.Key)).OrderBy(
            k => k.Key, StringComparer.Ordinal).ToArray();
        foreach (var (actionId, seen) in gone)
        {
            known[actionId] = (seen.Revision + 1, "");
            Send(plays.GameId, actionId, seen.Revision + 1, PlayOps.Delete, [], last, null);
        }

        return stream.Take();
    }

    /// <summary>The league's own count; a final one ends the game.</summary>
    /// <param name="confirmed">It is the last word: the game is closed.</param>
    public IReadOnlyList<FeedRecord> Apply(NbaBox box, bool confirmed)
    {
        if (box.IsFinal && stream.Status == GameStatus.InProgress)
            stream.SetStatus(box.GameId, GameStatus.Complete, last, "Final");
        string[] covered = [.. NbaStats.BoxNames.Keys.Order(StringComparer.Ordinal)];
        stream.Emit(last, new FeedBoxV1(
            box.GameId, stream.NextSequence(box.GameId, last), covered, box.Lines, last));
        if (confirmed && stream.Status == GameStatus.Complete)
            stream.SetStatus(box.GameId, GameStatus.Closed, last, "Final");
        return stream.Take();
    }

    private void Play(string gameId, NbaAction action)
    {
        var athletes = NbaStats.Of(action);
        var content = CanonicalHash.Of(athletes);
        var isRevision = known.TryGetValue(action.ActionId, out var seen);
        if (isRevision && seen.Content == content) return;

        // An edited action is reported when it was edited, not when it happened.
        var time = isRevision ? action.EditedAt : action.At;
        if (time < last) time = last;
        if (stream.Status == GameStatus.Scheduled) stream.SetStatus(gameId, GameStatus.InProgress, time, null);
        known[action.ActionId] = (seen.Revision + 1, content);
        Send(gameId, action.ActionId, seen.Revision + 1, PlayOps.Upsert, athletes, time, $"Q{action.Period} {action.Clock}");
    }

    private void Send(
        string gameId, string actionId, int revision, string op, IReadOnlyList<AthleteStatsV1> athletes, DateTimeOffset time,
        string? clock)
    {
        last = time;
        stream.Emit(time, new FeedPlayV1(
            gameId, actionId, stream.NextSequence(gameId, time), revision, op, true, athletes, time, clock));
    }
}
