using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>The NBA's live documents of one game as canonical messages. Pure.</summary>
internal static class ConvertNba
{
    /// <param name="documents">Name and content, in the order they were published: play-by-plays and boxes.</param>
    /// <param name="confirmed">The last box is the last word.</param>
    /// <returns>Null when the first one is none of the NBA's.</returns>
    /// <exception cref="InvalidDataException">Another one is not, or they are of several games, or no box says when the game
    /// starts.</exception>
    public static (string GameId, DateTimeOffset StartsAt, IReadOnlyList<FeedRecord> Records)? Of(
        IReadOnlyList<(string Name, byte[] Content)> documents, bool confirmed)
    {
        var read = documents.Select(d =>
            (d.Name, Plays: ReadNbaLive.Plays(d.Content), Box: ReadNbaLive.Box(d.Content))).ToArray();
        if (read[0] is { Plays: null, Box: null }) return null;
        if (read.FirstOrDefault(r => r is { Plays: null, Box: null }) is { Name: { } other })
            throw new InvalidDataException($"{other}: expected a play-by-play or a box of the NBA's live documents");
        string[] games = [.. read.Select(r => r.Plays?.GameId ?? r.Box!.GameId).Distinct()];
        if (games.Length > 1)
            throw new InvalidDataException($"the documents are of several games: {string.Join(", ", games)}");
        var startsAt = read.Select(r => r.Box?.StartsAt).FirstOrDefault(s => s is not null)
            ?? throw new InvalidDataException("expected a box among the documents: it says when the game starts");
        var feed = new NbaLiveFeed(startsAt);
        var lastBox = Array.FindLastIndex(read, r => r.Box is not null);
        var records = new List<FeedRecord>();
        foreach (var document in read)
            if (document.Plays is { } plays) records.AddRange(feed.Apply(plays));
        for (var i = 0; i < read.Length; i++)
            if (read[i].Box is { } box) records.AddRange(feed.Apply(box, confirmed && i == lastBox));
        return (games[0], startsAt, records);
    }
}
