using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// What comes between the beginning and the end of the stream in some seeds: a pause of hours or days, or no end at all.
/// </summary>
/// <param name="Status">That it gets instead of going on.</param>
/// <param name="ResumedAfter">Null: it never does.</param>
/// <param name="ScoringEndsAt">What is postponed then is ruled out; null: it holds its contests for good.</param>
internal sealed record GameCourse(string Status, bool HasStarted, TimeSpan? ResumedAfter, DateTimeOffset? ScoringEndsAt)
{
    private const int OddPercent = 18;

    /// <summary>As soon as it has begun: nothing that comes later tells of that a second time.</summary>
    private const int AtOncePercent = 40;

    internal static GameCourse? Of(SeededRandom random, DateTimeOffset lockAt)
    {
        if (!random.Chance(OddPercent)) return null;
        var resumedAfter = random.Pick([TimeSpan.FromHours(2), TimeSpan.FromHours(26), TimeSpan.FromDays(3)]);
        var hasStarted = random.Chance(75);
        return random.Next(6) switch
        {
            0 => new GameCourse(GameStatus.Delayed, hasStarted, resumedAfter, null),
            1 => new GameCourse(GameStatus.Suspended, HasStarted: true, resumedAfter, null),
            2 => new GameCourse(GameStatus.Postponed, hasStarted, resumedAfter,
                random.Chance(50) ? lockAt + resumedAfter.Multiply(2) + TimeSpan.FromDays(4) : null),
            3 => new GameCourse(
                GameStatus.Postponed, hasStarted, null, random.Chance(70) ? lockAt.AddHours(1 + random.Next(60)) : null),
            _ => new GameCourse(GameStatus.Cancelled, hasStarted, null, random.Chance(50) ? lockAt.AddHours(5) : null),
        };
    }

    /// <summary>Its athletes score nothing.</summary>
    internal bool IsRuledOut => ResumedAfter is null && (Status == GameStatus.Cancelled || ScoringEndsAt is not null);

    internal bool IsResumed => ResumedAfter is not null;

    /// <summary>A contest that has one of these as its hold has come to its end: it waits for a person.</summary>
    internal bool IsHeldBy(string hold) => !IsResumed && (
        IsRuledOut && IsRuledOutHold(hold)
        || !IsRuledOut && hold.StartsWith("game ", StringComparison.Ordinal)
            && hold.Contains("is postponed; it must be played", StringComparison.Ordinal));

    internal static bool IsRuledOutHold(string hold) =>
        hold.StartsWith("every game is cancelled or ruled out", StringComparison.Ordinal);

    internal string Words =>
        $"game {Status}{(HasStarted ? "" : " before it began")}{(IsResumed ? ", resumed" : ScoringEndsAt is null ? "" : ", scoring ends")}";

    /// <summary>It is interrupted before it begins, or while it goes on and before its box.</summary>
    /// <param name="feed">As it would have been: scheduled, in progress, plays and the end.</param>
    internal List<FeedRecord> Apply(List<FeedRecord> feed, SeededRandom random)
    {
        var pausedAt = !HasStarted
            ? 1 : random.Chance(AtOncePercent) ? 2 : 2 + random.Next(feed.FindIndex(r => r.Message is FeedBoxV1) - 1);
        var (before, last) = (feed.Take(pausedAt).ToList(), feed[pausedAt - 1]);
        before.Add(last with { Message = new FeedStatusV1(last.Message.PartitionKey, pausedAt + 1, Status, last.Time) });
        if (ResumedAfter is not { } pause) return FeedDisorder.Renumber(before);
        var more = (long)pause.TotalMilliseconds;
        if (HasStarted)
            before.Add(new FeedRecord(last.AtMs + more, last.Time + pause,
                new FeedStatusV1(last.Message.PartitionKey, pausedAt + 2, GameStatus.InProgress, last.Time + pause)));
        return FeedDisorder.Renumber([.. before,
            .. feed.Skip(pausedAt).Select(r => r with { AtMs = r.AtMs + more, Time = r.Time + pause })]);
    }
}
