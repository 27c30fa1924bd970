using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Corrections;

/// <summary>What a play is to add to an athlete's line under one stat.</summary>
internal sealed record PlayFigure(string AthleteId, string Stat, long Value);

/// <summary>Makes the messages that correct one play of a game. Pure.</summary>
internal static class CorrectPlay
{
    /// <summary>
    /// The play at its next revision, and the box where it said what the plays said before: it then says what they say after.
    /// A figure of the box that differed from the plays stays as it is: the correction is what brings the two together.
    /// </summary>
    /// <param name="told">All messages of the game, in any order.</param>
    /// <param name="figures">What is to be so; 0 takes a stat away. Empty: the play is withdrawn.</param>
    /// <param name="now">UTC; the time of the new messages.</param>
    /// <returns>One or two messages, numbered on from the game's last.</returns>
    /// <exception cref="RefusedException">The play is not known, or says so already.</exception>
    public static IReadOnlyList<FeedRecord> Make(
        string gameId, string eventId, IReadOnlyList<IMessage> told, IReadOnlyList<PlayFigure> figures, DateTimeOffset now)
    {
        if (told.Count == 0) throw new RefusedException($"{Topics.FeedGames} holds no message of game {gameId}");
        var newest = told.OfType<FeedPlayV1>().GroupBy(p => p.EventId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(p => p.Revision)!, StringComparer.Ordinal);
        if (!newest.TryGetValue(eventId, out var play))
            throw new RefusedException(
                $"game {gameId} has no play {eventId} among its {newest.Count}; contestctl messages search {Topics.FeedGames} "
                    + $"--key {gameId} shows them");
        var corrected = Corrected(play, figures, told.Max(LastSequence) + 1, now);
        var (before, after) = (Counted(play), Counted(corrected));
        var changes = before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k))
            .ToArray();
        if (changes.Length == 0)
            throw new RefusedException(
                $"play {eventId} says so already, in revision {play.Revision.ToString(CultureInfo.InvariantCulture)}");

        var records = new List<FeedRecord> { new(0, now, corrected) };
        if (told.OfType<FeedBoxV1>().MaxBy(b => b.Sequence) is not { } box) return records;
        var lines = Totals([.. newest.Values]);
        newest[eventId] = corrected;
        var agreeing = Agreeing(box, changes, lines, Totals([.. newest.Values]));
        if (!ReferenceEquals(agreeing, box))
            records.Add(new FeedRecord(0, now, agreeing with { Sequence = corrected.Sequence + 1, ProviderTime = now }));
        return records;
    }

    private static FeedPlayV1 Corrected(FeedPlayV1 play, IReadOnlyList<PlayFigure> figures, long sequence, DateTimeOffset now)
    {
        var next = play with { Sequence = sequence, Revision = play.Revision + 1, ProviderTime = now };
        if (figures.Count == 0) return next with { Op = PlayOps.Delete, Athletes = [] };
        var athletes = play.Athletes.ToDictionary(
            a => a.AthleteId, a => new SortedDictionary<string, long>(a.Stats.ToDictionary(), StringComparer.Ordinal),
            StringComparer.Ordinal);
        foreach (var figure in figures)
        {
            if (!athletes.TryGetValue(figure.AthleteId, out var stats))
                athletes[figure.AthleteId] = stats = new SortedDictionary<string, long>(StringComparer.Ordinal);
            if (figure.Value == 0) stats.Remove(figure.Stat);
            else stats[figure.Stat] = figure.Value;
        }

        return next with
        {
            Op = PlayOps.Upsert, Official = true,
            Athletes = [.. athletes.Where(a => a.Value.Count > 0).OrderBy(a => a.Key, StringComparer.Ordinal)
                .Select(a => new AthleteStatsV1(a.Key, a.Value))],
        };
    }

    private static FeedBoxV1 Agreeing(FeedBoxV1 box, (string Athlete, string Stat)[] changes,
        Dictionary<(string Athlete, string Stat), long> before, Dictionary<(string Athlete, string Stat), long> after)
    {
        var lines = box.Lines.ToDictionary(l => l.AthleteId, l => l.Stats, StringComparer.Ordinal);
        var isChanged = false;
        foreach (var change in changes)
        {
            var line = lines.GetValueOrDefault(change.Athlete);
            var isNamed = box.CoveredStats.Contains(change.Stat) || line?.ContainsKey(change.Stat) == true;
            if (!isNamed || (line?.GetValueOrDefault(change.Stat) ?? 0) != before.GetValueOrDefault(change)) continue;
            lines[change.Athlete] = new SortedDictionary<string, long>(line?.ToDictionary() ?? [], StringComparer.Ordinal)
            {
                [change.Stat] = after.GetValueOrDefault(change),
            };
            isChanged = true;
        }

        var sums = box.Sums?.Select(s => Sum(s, before) == s.Total ? s with { Total = Sum(s, after) } : s).ToArray();
        if (sums is not null && !sums.SequenceEqual(box.Sums!)) isChanged = true;
        return isChanged ? box with
        {
            Lines = [.. lines.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new AthleteStatsV1(l.Key, l.Value))],
            Sums = sums,
        } : box;
    }

    private static long Sum(BoxSumV1 sum, Dictionary<(string Athlete, string Stat), long> totals) =>
        sum.Weights.Sum(w => w.Value * totals.GetValueOrDefault((sum.AthleteId, w.Key)));

    private static Dictionary<(string Athlete, string Stat), long> Totals(IReadOnlyList<FeedPlayV1> plays) =>
        plays.SelectMany(Counted).GroupBy(f => f.Key, f => f.Value).ToDictionary(g => g.Key, g => g.Sum());

    /// <summary>What a play adds to lines as it is: nothing where it is withdrawn or not official.</summary>
    private static Dictionary<(string Athlete, string Stat), long> Counted(FeedPlayV1 play) =>
        play is { Op: PlayOps.Upsert, Official: true }
            ? play.Athletes.SelectMany(a => a.Stats.Where(s => s.Value != 0).Select(s => (Key: (a.AthleteId, s.Key), s.Value)))
                .ToDictionary(f => f.Key, f => f.Value)
            : [];

    private static long LastSequence(IMessage message) => message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        FeedHeartbeatV1 beat => beat.LastSequence,
        FeedSnapshotCompleteV1 complete => complete.LastSequence,
        _ => 0,
    };
}
