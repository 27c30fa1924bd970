using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>One game of a feed that is judged: folded as Ingestion folds it.</summary>
internal sealed class GameJudge(string gameId, JudgeFeed judge, IReadOnlySet<string>? known)
{
    private const int MissingMax = 20;
    private const int DifferencesMax = 5;
    private readonly GameFold fold = new(gameId);
    private readonly Dictionary<string, (string Fact, string Hash)> bodies = new(StringComparer.Ordinal);
    private readonly HashSet<string> reported = new(StringComparer.Ordinal);
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private readonly FeedPace pace = new(gameId, judge);
    private long closedAtMs;
    private long correctedBy;

    public string GameId => gameId;

    public void Take(FeedEntry entry, IMessage message)
    {
        pace.Hear(entry);
        if (IsRepeated(entry, message)) return;
        var number = Number(message);
        if (number > 0)
        {
            judge.See(FeedRules.Numbering);
            if (TrackSequence.Contradiction(fold, message) is { } taken)
            {
                Fail(FeedRules.Numbering, entry, $"expected {taken.Expected}, got {taken.Got}");
                return;
            }

            CheckOrder(entry, number);
        }

        switch (message)
        {
            case FeedPlayV1 play: Take(entry, play); break;
            case FeedBoxV1 box:
                CheckStats(entry, box.Lines);
                TrackSequence.Apply(fold, box);
                break;
            case FeedStatusV1 status:
                TrackSequence.Apply(fold, status);
                if (fold.Status == GameStatus.Closed && fold.StatusSequence == number) closedAtMs = entry.AtMs;
                break;
            case FeedHeartbeatV1 beat: TrackSequence.Apply(fold, beat); break;
            case FeedSnapshotCompleteV1 complete: Take(entry, complete); break;
        }
    }

    /// <summary>Judges what only the whole shows.</summary>
    public void End()
    {
        pace.End();
        judge.See(FeedRules.Gap);
        var missing = fold.Received.Missing(0, Math.Max(fold.Received.Highest, fold.AnnouncedSequence), MissingMax);
        if (missing.Count > 0)
            judge.Fail(FeedRules.Gap, gameId, null, $"numbers {string.Join(", ", missing)}"
                + $"{(missing.Count == MissingMax ? " and maybe more" : "")} have not come");
        var unheard = fold.Plays.Where(p => p.Value.IsDeleted && !reported.Contains(p.Key));
        foreach (var (eventId, _) in unheard.OrderBy(p => p.Key, StringComparer.Ordinal))
            judge.Fail(FeedRules.Withdrawal, gameId, null, $"event {eventId} is withdrawn and was never reported");
        if (fold.Status == GameStatus.Closed)
        {
            var unofficial = fold.Plays.Where(p => p.Value is { IsDeleted: false, IsOfficial: false });
            foreach (var (eventId, _) in unofficial.OrderBy(p => p.Key, StringComparer.Ordinal))
                judge.Fail(FeedRules.Unofficial, gameId, null, $"event {eventId} is still unofficial though the game is closed");
        }

        if (fold.IsOver) CompareBox();
    }

    private void CompareBox()
    {
        judge.See(FeedRules.Box);
        if (fold.Box is not { } box)
        {
            judge.Fail(FeedRules.Box, gameId, null, $"it is {fold.Status} and has no box");
            return;
        }

        var rule = correctedBy > box.Sequence ? FeedRules.Correction : FeedRules.Box;
        var differences = ReconcileBox.Compare(fold.Lines, box);
        foreach (var d in differences.Take(DifferencesMax))
            judge.Fail(rule, gameId, null, $"{d.AthleteId} {d.Stat}: the plays say {d.FromPlays}, the box says {d.FromBox}");
        if (differences.Count > DifferencesMax)
            judge.Fail(rule, gameId, null, $"{differences.Count - DifferencesMax} more figures differ");
    }

    private void Take(FeedEntry entry, FeedSnapshotCompleteV1 complete)
    {
        judge.See(FeedRules.Gap);
        if (TrackSequence.Contradiction(fold, complete) is { } taken)
            Fail(FeedRules.Gap, entry, $"{taken.Field}: expected {taken.Expected}, got {taken.Got}");
        else TrackSequence.Apply(fold, complete);
    }

    private void Take(FeedEntry entry, FeedPlayV1 play)
    {
        if (!play.Official) judge.See(FeedRules.Unofficial);
        if (play.Op == PlayOps.Delete) judge.See(FeedRules.Withdrawal);
        else reported.Add(play.EventId);
        if (play.Revision > 1) judge.See(FeedRules.Revision);
        if (fold.IsOver && play.Sequence > fold.StatusSequence)
        {
            judge.See(FeedRules.Correction);
            correctedBy = Math.Max(correctedBy, play.Sequence);
        }

        CheckStats(entry, play.Athletes);
        if (FoldPlays.TooManyAthletes(fold, play) is { } crowd)
        {
            Fail(FeedRules.Readable, entry, $"{crowd.Field}: {crowd.Reason}; expected {crowd.Expected}, got {crowd.Got}");
            return;
        }

        if (fold.Plays.GetValueOrDefault(play.EventId) is { } before && Backwards(play, before))
            Fail(FeedRules.Revision, entry, $"event {play.EventId}: number {play.Sequence} has revision {play.Revision}, number "
                + $"{before.Sequence} has revision {before.Revision}");
        else if (FoldPlays.Apply(fold, play) == FoldOutcome.Contradicted)
            Fail(FeedRules.Revision, entry, $"event {play.EventId}: revision {play.Revision} came before with other content");
        TrackSequence.Apply(fold, play);
    }

    /// <summary>The later number is the later word, so its revision cannot be the lower one.</summary>
    private static bool Backwards(FeedPlayV1 play, PlayFold before) =>
        before.Sequence > 0 && (play.Sequence > before.Sequence ? play.Revision < before.Revision
            : play.Sequence < before.Sequence && play.Revision > before.Revision);

    private void CheckOrder(FeedEntry entry, long number)
    {
        if (number > fold.Received.Highest) return;
        judge.See(FeedRules.Disorder);
        var lateMs = entry.AtMs - closedAtMs;
        if (fold.Status == GameStatus.Closed && number < fold.StatusSequence && lateMs > FeedRules.LateAfterClosedSeconds * 1000L)
            Fail(FeedRules.Disorder, entry, $"number {number} came {lateMs / 1000} s after the game was closed");
    }

    private void CheckStats(FeedEntry entry, IReadOnlyList<AthleteStatsV1> athletes)
    {
        if (known is null) return;
        foreach (var (stat, amount) in athletes.SelectMany(a => a.Stats))
        {
            judge.See(FeedRules.UnknownStat);
            if (amount == 0 || known.Contains(stat) || !unknown.Add(stat)) continue;
            var nearest = KnownStats.Nearest(known, stat) is { } meant ? $"; the nearest is {meant}" : "";
            Fail(FeedRules.UnknownStat, entry, $"the rule set knows no {stat}{nearest}");
        }
    }

    /// <summary>An id that was there before is a repetition; a number under it that is another fact's was given twice.</summary>
    private bool IsRepeated(FeedEntry entry, IMessage message)
    {
        var body = (Fact(message), CanonicalHash.OfBytes(WireJson.Bytes(message)));
        if (bodies.TryAdd(entry.Id, body)) return false;
        var (fact, _) = bodies[entry.Id];
        if (bodies[entry.Id] == body) judge.See(FeedRules.Duplicate);
        else if (fact != body.Item1)
            Fail(FeedRules.Numbering, entry, $"number {Number(message)} is {fact}, and now {body.Item1}");
        else Fail(FeedRules.Duplicate, entry, $"id {entry.Id} came before with another body");
        return true;
    }

    private static string Fact(IMessage message) => message switch
    {
        FeedPlayV1 play => $"event {play.EventId}",
        FeedStatusV1 => "a status",
        FeedBoxV1 => "a box",
        FeedSnapshotCompleteV1 => "the end of a recovery",
        _ => "a heartbeat",
    };

    private static long Number(IMessage message) => message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        _ => 0,
    };

    private void Fail(string rule, FeedEntry entry, string words) => judge.Fail(rule, gameId, entry.Place, words);
}
