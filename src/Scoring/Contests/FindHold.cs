using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// Finds why a contest must wait, and names the game, athlete and stat: of several reasons the first about which somebody must do
/// something. What needs only waiting for becomes such a reason once its <see cref="HoldPatience"/> is over.
/// </summary>
public static class FindHold
{
    /// <summary>
    /// A game that the feed never names keeps its contest from its end; whoever wrote its id, or sends the feed, has to know.
    /// </summary>
    /// <returns>From when on, UTC, a game of which nothing is known holds the contest; null: something is known of every
    /// one.</returns>
    public static DateTimeOffset? UnknownFrom(LifecycleView c)
    {
        if (c.Definition.GameIds.All(c.Games.ContainsKey)) return null;
        var from = c.Definition.LockAt + (c.State == ContestStates.Locked ? c.Patience.FirstGame : c.Patience.LastGame);
        return c.Definition.ScoringEndsAt < from ? c.Definition.ScoringEndsAt : from;
    }

    /// <summary>
    /// A start that the feed tells of so long before it is due is an error until the time comes near: it neither locks nor
    /// cancels a contest.
    /// </summary>
    public static readonly TimeSpan EarlyMax = TimeSpan.FromHours(12);

    /// <summary>
    /// Schedules are known for a season at most: a contest that is to lock later than this after a start locks with its first
    /// game, whenever that is.
    /// </summary>
    public static readonly TimeSpan ScheduleMax = TimeSpan.FromDays(366);

    /// <summary>Whether a start is told of so long before it is due that it is more likely an error.</summary>
    public static bool IsDoubtful(LifecycleView c, string gameId, GameFacts game, DateTimeOffset now) =>
        c.State == ContestStates.Scheduled && game.StartedAt is { } at && StartOf(c, gameId, game) is var due
        && at < due - EarlyMax && now < due - EarlyMax && due - at <= ScheduleMax;

    /// <summary>A start that cannot be right: meanwhile nobody enters or swaps.</summary>
    public static Hold? WhileScheduled(LifecycleView c, DateTimeOffset now) => Loudest(
        from gameId in c.Definition.GameIds
        where c.Games.TryGetValue(gameId, out var known) && IsDoubtful(c, gameId, known, now)
        let game = c.Games[gameId]
        select new Hold(
            $"game {gameId} is told to have begun at {game.StartedAt:u} and is due at {StartOf(c, gameId, game):u}; the feed "
                + $"must take it back ({GameStatus.Scheduled}), and entries wait",
            Alerts: true, LookAgainAt: StartOf(c, gameId, game) - EarlyMax));

    /// <summary>
    /// While games run only what takes too long holds a contest; once all are over or ruled out, what is not confirmed does. A
    /// hold without a reason only says when to look again.
    /// </summary>
    public static Hold? WhileOpen(LifecycleView c, DateTimeOffset now)
    {
        if (UnknownFrom(c) <= now) return Unknown(c.Definition.GameIds.First(g => !c.Games.ContainsKey(g)));
        var holds = new List<Hold>();
        var (ruledOut, isRunning) = (0, false);
        foreach (var gameId in c.Definition.GameIds)
        {
            if (!c.Games.TryGetValue(gameId, out var game)) isRunning = true;
            else if (AdvanceLifecycle.RuledOut(c, gameId, now)) ruledOut++;
            else
            {
                if (OfOpenGame(c, gameId, game, now) is { } hold) holds.Add(hold);
                isRunning |= game.State.Status == GameStatus.InProgress
                    || game.State.Status is GameStatus.Scheduled or GameStatus.Delayed
                        && (game.StartedAt is not null || !(c.Definition.ScoringEndsAt <= now));
            }
        }

        if (isRunning) return Loudest(holds.Select(h => h.IsOverdue ? h : new Hold("", Alerts: false, h.LookAgainAt)));
        return ruledOut == c.Definition.GameIds.Count && c.State == ContestStates.Locked
            ? new Hold(
                "every game is cancelled or ruled out and none was played; the contest can only be cancelled", Alerts: true)
            : Loudest(holds);
    }

    /// <summary>What stands against computing the result: reopened, incomplete, unreconciled or not yet arrived.</summary>
    public static Hold? BeforeFinal(LifecycleView c, DateTimeOffset now) => Loudest(
        from gameId in c.Definition.GameIds
        where !AdvanceLifecycle.RuledOut(c, gameId, now)
        let hold = c.Games.TryGetValue(gameId, out var game) ? OfGame(c, gameId, game, now) : Unknown(gameId)
        where hold is not null
        select hold);

    /// <summary>What the other workers owe the contest once its final ranking is published.</summary>
    public static Hold? AfterFinal(LifecycleView c, DateTimeOffset now)
    {
        if (c.IsRecalled) return null;
        if (c.FinalizedRevision is { } revision && c.SettledRevision != revision)
        {
            return Overdue(c.FinalizedAt ?? c.LastStepAt, c.Patience.Result, now,
                $"revision {revision} was handed to Settlement and is not settled; see the alerts and parked messages of "
                    + $"settlement, contestctl contest retry and cancel");
        }

        return c.State == ContestStates.Settled && c.SettledAt is { } settledAt
            ? Overdue(settledAt, c.Patience.Payouts, now,
                "the contest is settled and not every payout has come to an end; see contestctl payouts list") : null;
    }

    private static Hold? OfOpenGame(
        LifecycleView c, string gameId, GameFacts game, DateTimeOffset now) => game.State.Status switch
    {
        GameStatus.Closed => null,
        GameStatus.Complete => Patient(game.State.At, c.Patience.Confirmation, now, $"game {gameId} is over but not confirmed"),
        GameStatus.Postponed =>
            new Hold($"game {gameId} is postponed; it must be played, cancelled, or the scoring period must end", Alerts: true),
        GameStatus.Suspended =>
            new Hold($"game {gameId} is suspended; it must be played on, cancelled or postponed", Alerts: true),
        // Not ruled out by this clock alone: it may have begun, and what says so not have been read yet.
        GameStatus.Scheduled or GameStatus.Delayed when game.StartedAt is null => c.Definition.ScoringEndsAt <= now
            ? new Hold(
                $"game {gameId} is {game.State.Status}, and the scoring period is over; it must be postponed or cancelled, or "
                    + $"it counts when it is played", Alerts: true)
            : Overdue(StartOf(c, gameId, game), c.Patience.LastGame, now,
                $"game {gameId} is {game.State.Status} and should have begun; it must be played, postponed or cancelled"),
        _ => c.Definition.Kind == ContestKinds.Activity && c.Definition.ScoringEndsAt is { } end
            ? Overdue(end, c.Patience.Confirmation, now,
                $"stream {gameId} is {game.State.Status}, and its scoring period is over; the feed must end it")
            : Overdue(
                game.StartedAt ?? game.State.At,
                c.Definition.Kind == ContestKinds.Activity ? c.Patience.Stream : c.Patience.Running, now,
                $"game {gameId} is {game.State.Status} and should be over; the feed must say how it ended"),
    };

    private static DateTimeOffset StartOf(LifecycleView c, string gameId, GameFacts game)
    {
        var start = game.State.StartsAt
            ?? (c.Definition.GameStarts?.TryGetValue(gameId, out var at) == true ? at : c.Definition.LockAt);
        return start > c.Definition.LockAt ? start : c.Definition.LockAt;
    }

    private static Hold Unknown(string gameId) => new($"nothing is known of game {gameId}", Alerts: true);

    private static Hold? OfGame(LifecycleView c, string gameId, GameFacts game, DateTimeOffset now)
    {
        var state = game.State;
        if (state.Status != GameStatus.Closed)
            return new Hold($"game {gameId} was confirmed and is now {state.Status}", Alerts: true);
        if (state.Incomplete)
        {
            var missing = state.MissingSequences.Count == 0
                ? "" : $"; missing sequence numbers {string.Join(", ", state.MissingSequences)}";
            return new Hold($"game {gameId} is incomplete{missing}", Alerts: true);
        }

        if (!state.BoxReceived) return new Hold($"game {gameId} has no box to compare its plays with", Alerts: true);
        foreach (var d in state.Differences)
        {
            if (Math.Abs(d.FromPlays - d.FromBox) > c.Definition.ReconcileTolerance)
            {
                return new Hold(
                    $"game {gameId}, athlete {d.AthleteId}, stat {d.Stat}: the plays say {d.FromPlays}, the box says "
                        + $"{d.FromBox}, "
                    + $"the tolerance is {c.Definition.ReconcileTolerance}", Alerts: true);
            }
        }

        return OfLines(c, gameId, game, now);
    }

    private static Hold? OfLines(LifecycleView c, string gameId, GameFacts game, DateTimeOffset now)
    {
        if (game.State.LineVersions is not { } named)
            return new Hold($"game {gameId} is confirmed without its line versions", Alerts: true);
        foreach (var (athleteId, version) in named.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var stored = game.StoredVersions.GetValueOrDefault(athleteId);
            if (stored == version) continue;
            var what = $"game {gameId}, athlete {athleteId}: line version {version} is named, {stored} is stored";
            var due = game.State.At + c.Patience.Line;
            return due > now ? new Hold($"{what}; the rest is on its way", Alerts: false, LookAgainAt: due)
                : new Hold(
                    $"{what}; the rest has not come for {HoldPatience.Words(c.Patience.Line)}, is it parked?", Alerts: true);
        }

        var extra = game.StoredVersions.Keys.Where(a => !named.ContainsKey(a)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (extra is null && game is { State.LinesHash: { } said, StoredHash: { } hash } && said != hash)
        {
            return new Hold(
                $"game {gameId}: lines of the versions that it names are stored with other statistics than it was confirmed "
                    + $"with; a version was used twice, its versions must be raised", Alerts: true);
        }

        return extra is null
            ? null : Patient(game.State.At, c.Patience.Line, now,
                $"game {gameId}, athlete {extra}: a line is stored that the game does not name");
    }

    /// <summary>Shown from the beginning, told to a person once it takes too long.</summary>
    private static Hold Patient(
        DateTimeOffset since, TimeSpan patience, DateTimeOffset now, string reason) => since + patience <= now
        ? new Hold($"{reason}, for {HoldPatience.Words(patience)}", Alerts: true, IsOverdue: true)
        : new Hold(reason, Alerts: false, LookAgainAt: since + patience);

    /// <summary>Nothing is shown before it takes too long.</summary>
    private static Hold Overdue(
        DateTimeOffset since, TimeSpan patience, DateTimeOffset now, string reason) => since + patience <= now
        ? new Hold($"{reason} ({HoldPatience.Words(patience)} after {since:u})", Alerts: true, IsOverdue: true)
        : new Hold("", Alerts: false, LookAgainAt: since + patience);

    /// <summary>
    /// What somebody must do something about comes before what only needs waiting for; whatever comes next is looked at when it
    /// is due.
    /// </summary>
    private static Hold? Loudest(IEnumerable<Hold> holds)
    {
        var all = holds.ToArray();
        return (all.FirstOrDefault(h => h.Alerts)
            ?? all.FirstOrDefault(h => h.Reason.Length > 0) ?? all.FirstOrDefault()) is { } loudest
            ? loudest with { LookAgainAt = all.Min(h => h.LookAgainAt) } : null;
    }
}
