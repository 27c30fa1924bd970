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
    private readonly NflGameClock clock = new(kickoff);
    private readonly Dictionary<string, (int Revision, string Content)> known = new(StringComparer.Ordinal);
    private readonly GameStream stream = new(kickoff);
    private string? boxContent;

    /// <param name="confirmed">
    /// True once a final document is known to be the last word: only then is the game <c>closed</c>. Real documents have said
    /// "final" and gone on.
    /// </param>
    public IReadOnlyList<FeedRecord> Apply(NflGameCenterDocument game, bool confirmed)
    {
        if (stream.Status is null)
            stream.SetStatus(game.GameId, GameStatus.Scheduled, kickoff.AddSeconds(-GameStream.LeadSeconds), null);
        if (game.Plays.Count > 0 && stream.Status != GameStatus.InProgress && HasNews(game))
        {
            var time = stream.Status == GameStatus.Scheduled ? kickoff : clock.After(1);
            stream.SetStatus(game.GameId, GameStatus.InProgress, time, null);
        }

        AddPlays(game);
        AddWithdrawals(game);
        if (game.IsFinal) Finish(game, confirmed);
        return stream.Take();
    }

    private bool HasNews(NflGameCenterDocument game) =>
        stream.Status == GameStatus.Scheduled || !game.IsFinal || game.Plays.Count != known.Count(k => k.Value.Content != "")
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
            stream.Emit(time, new FeedPlayV1(
                game.GameId, play.PlayId, stream.NextSequence(game.GameId, time), revision, "upsert", true, athletes, time,
                text));
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
            stream.Emit(time, new FeedPlayV1(
                game.GameId, playId, stream.NextSequence(game.GameId, time), seen.Revision + 1, "delete", true, [], time));
        }
    }

    private void Finish(NflGameCenterDocument game, bool confirmed)
    {
        if (stream.Status == GameStatus.InProgress)
            stream.SetStatus(game.GameId, GameStatus.Complete, clock.After(30), game.Quarter);
        var lines = NflBox.Lines(game);
        var sums = NflBox.Sums(game);
        var content = CanonicalHash.Of(new { lines, sums });
        if (content != boxContent)
        {
            boxContent = content;
            var time = clock.After(30);
            stream.Emit(time, new FeedBoxV1(
                game.GameId, stream.NextSequence(game.GameId, time), NflBox.CoveredStats, lines, time, sums));
        }

        if (confirmed && stream.Status == GameStatus.Complete)
            stream.SetStatus(game.GameId, GameStatus.Closed, clock.After(120), game.Quarter);
    }

    private static string Content(IReadOnlyList<AthleteStatsV1> athletes) => CanonicalHash.Of(athletes);
}
