using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Ingestion;

/// <summary>What became of a play.</summary>
public enum FoldOutcome
{
    /// <summary>It is the latest word about this play now.</summary>
    Applied,

    /// <summary>A higher revision had come before.</summary>
    Superseded,

    /// <summary>The same revision with the same content had come before.</summary>
    Repeated,

    /// <summary>The same revision with another content had come before: the provider contradicts itself.</summary>
    Contradicted,
}

/// <summary>
/// Folds plays into absolute lines. The lines depend on the set of messages only, not on their order, number or grouping.
/// </summary>
public static class FoldPlays
{
    public static FoldOutcome Apply(GameFold game, FeedPlayV1 play)
    {
        var next = new PlayFold(play.Sequence, play.Revision, play.Op == "delete", play.Official, play.Athletes);
        if (game.Plays.TryGetValue(play.EventId, out var known))
        {
            if (known.Revision > next.Revision) return FoldOutcome.Superseded;
            if (known.Revision == next.Revision) return Same(known, next) ? FoldOutcome.Repeated : FoldOutcome.Contradicted;
            if (known.Counts) Add(game, known.Athletes, -1);
            if (game.PlayAt.GetValueOrDefault(known.Sequence) == play.EventId) game.PlayAt.Remove(known.Sequence);
        }

        game.Plays[play.EventId] = next;
        game.PlayAt[play.Sequence] = play.EventId;
        game.ChangedPlays.Add(play.EventId);
        if (next.Counts) Add(game, next.Athletes, 1);
        return FoldOutcome.Applied;
    }

    /// <summary>Adds the increments of every play that counts, for a game just read from the database.</summary>
    public static void Rebuild(GameFold game)
    {
        foreach (var line in game.Lines.Values) line.Stats.Clear();
        foreach (var play in game.Plays.Values.Where(p => p.Counts)) Add(game, play.Athletes, 1);
        foreach (var (eventId, play) in game.Plays.Where(p => p.Value.Sequence > 0)) game.PlayAt[play.Sequence] = eventId;
        foreach (var line in game.Lines.Values) line.IsChanged = false;
    }

    /// <summary>
    /// A game names every line when it is over, and its box must name everybody: more than a box takes would hold its contests
    /// for ever.
    /// </summary>
    /// <returns>Null when the play brings no athlete too many.</returns>
    public static FeedProblem? TooManyAthletes(GameFold game, FeedPlayV1 play)
    {
        var athletes = game.Lines.Count + play.Athletes.Count(a => !game.Lines.ContainsKey(a.AthleteId));
        return athletes <= FeedBoxV1.LinesMax || play.Athletes.All(a => game.Lines.ContainsKey(a.AthleteId))
            ? null : new FeedProblem(
            "too-many-athletes", "athletes", $"{FeedBoxV1.LinesMax} athletes in a game at most, as its box", $"{athletes}");
    }

    /// <summary>
    /// Every line is to be told once more: what was told of them is not known, or was made void with their versions
    /// (docs/runbooks/database-failover.md).
    /// </summary>
    public static void TellAgain(GameFold game)
    {
        foreach (var line in game.Lines.Values) line.IsChanged = true;
    }

    private static void Add(GameFold game, IReadOnlyList<AthleteStatsV1> athletes, int sign)
    {
        foreach (var athlete in athletes)
        {
            if (!game.Lines.TryGetValue(athlete.AthleteId, out var line)) game.Lines[athlete.AthleteId] = line = new LineFold();
            foreach (var (stat, amount) in athlete.Stats)
            {
                if (amount == 0) continue;
                var sum = line.Stats.GetValueOrDefault(stat) + sign * amount;
                if (sum == 0) line.Stats.Remove(stat);
                else line.Stats[stat] = sum;
                line.IsChanged = true;
            }
        }
    }

    private static bool Same(PlayFold a, PlayFold b) =>
        a.IsDeleted == b.IsDeleted && a.IsOfficial == b.IsOfficial && a.Athletes.Count == b.Athletes.Count
        && a.Athletes.OrderBy(x => x.AthleteId, StringComparer.Ordinal)
            .Zip(b.Athletes.OrderBy(x => x.AthleteId, StringComparer.Ordinal))
            .All(pair => pair.First.AthleteId == pair.Second.AthleteId && Same(pair.First.Stats, pair.Second.Stats));

    private static bool Same(IReadOnlyDictionary<string, long> a, IReadOnlyDictionary<string, long> b) =>
        a.Count == b.Count && a.All(stat => b.TryGetValue(stat.Key, out var amount) && amount == stat.Value);
}
