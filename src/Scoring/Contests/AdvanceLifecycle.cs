using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// The one lifecycle table. Walks a contest through every state that the facts allow, each with the time and cause of its own
/// fact, so that a worker that wakes up late writes the same history as one that was there.
/// </summary>
public static class AdvanceLifecycle
{
    /// <summary>More steps than the table has states: the walk ends before.</summary>
    private const int StepsMax = 8;

    public static LifecycleDecision Decide(LifecycleView contest, LifecycleFact fact)
    {
        var now = fact.Now;
        var steps = new List<LifecycleStepV1>();
        var at = contest;
        for (var i = 0; i < StepsMax && Next(at, now) is { } step; i++)
        {
            // A fact may be older than the state it is heard in (a game confirmed before the contest was seen LIVE): time never
            // runs back.
            var stepAt = step.At < at.LastStepAt ? at.LastStepAt : step.At;
            steps.Add(step with { At = stepAt });
            at = at with { State = step.State, LastStepAt = stepAt };
        }

        if (fact is LifecycleFact.CancelRequested request && MayCancel(at))
        {
            var cancelledAt = now < at.LastStepAt ? at.LastStepAt : now;
            steps.Add(new LifecycleStepV1(ContestStates.Cancelled, cancelledAt, $"cancelled by {request.By}: {request.Reason}"));
            at = at with { State = ContestStates.Cancelled, LastStepAt = cancelledAt };
        }

        var decision = Rest(at, now, steps);
        return steps.Any(s => s.State == ContestStates.Complete)
            ? decision with { RuledOut = [.. at.Definition.GameIds.Where(g => RuledOut(at, g, now))],
                Terms = at.Definition.Verified } : decision;
    }

    /// <summary>
    /// Until Settlement has been told to compute, and again once it has said that it never will: in between a result may exist
    /// and be paid, and history is not edited.
    /// </summary>
    public static bool MayCancel(LifecycleView contest) =>
        (contest.FinalizedRevision is null || contest.IsRecalled)
            && contest.State is not (ContestStates.Settled or ContestStates.Paid or ContestStates.Cancelled);

    private static LifecycleStepV1? Next(LifecycleView c, DateTimeOffset now) => c.State switch
    {
        ContestStates.Scheduled => Locking(c, now),
        ContestStates.Locked when c.Definition.Verified is { } terms => ChallengeTimes.Began(terms, now) is { } began
            ? new LifecycleStepV1(ContestStates.Live, began, "the challenge began") : null,
        ContestStates.Live when c.Definition.Verified is { } terms => ChallengeTimes.Completion(c, terms, now),
        ContestStates.Locked => FirstStart(c, now) is { } start && start.At <= now
            ? new LifecycleStepV1(ContestStates.Live, start.At, $"game {start.GameId} is under way") : null,
        ContestStates.Live => Completion(c, now),
        ContestStates.Complete => c.FinalizedRevision is not null && c.SettledAt is { } settledAt
            ? new LifecycleStepV1(ContestStates.Settled, settledAt, $"settled as revision {c.FinalizedRevision}") : null,
        ContestStates.Settled => c.PaidAt is { } paidAt
            ? new LifecycleStepV1(ContestStates.Paid, paidAt, "every payout is terminal") : null,
        _ => null,
    };

    private static LifecycleStepV1? Locking(LifecycleView c, DateTimeOffset now)
    {
        var start = FirstStart(c, now);
        var early = start is { } s && s.At < c.Definition.LockAt;
        if (!early && c.Definition.LockAt > now) return null;

        var (at, cause) = early
            ? (start!.Value.At, $"game {start.Value.GameId} started before the lock time")
            : (c.Definition.LockAt, "lock time reached");
        if (c.Definition.GuaranteedPoolMinor is null && c.EntryCount < c.Definition.MinEntries)
        {
            return new LifecycleStepV1(
                ContestStates.Cancelled, at,
                $"{cause} with {c.EntryCount} entries; {c.Definition.MinEntries} are needed and the pool is not guaranteed");
        }

        return new LifecycleStepV1(ContestStates.Locked, at, cause);
    }

    private static LifecycleStepV1? Completion(LifecycleView c, DateTimeOffset now)
    {
        var at = DateTimeOffset.MinValue;
        foreach (var gameId in c.Definition.GameIds)
        {
            var over = ConfirmedOrRuledOut(c, gameId, now);
            if (over is null) return null;
            if (over > at) at = over.Value;
        }

        var ruledOut = c.Definition.GameIds.Count(g => RuledOut(c, g, now));
        var cause = ruledOut == 0 ? "every game is confirmed" : $"every game is confirmed or ruled out ({ruledOut})";
        return new LifecycleStepV1(ContestStates.Complete, at, cause);
    }

    /// <summary>
    /// Cancelled, or still postponed when the scoring period ended: the game's athletes score 0. What was ruled out when the
    /// contest completed, or by the first result, stays so.
    /// </summary>
    public static bool RuledOut(
        LifecycleView c, string gameId, DateTimeOffset now) => c.Final?.GetValueOrDefault(gameId) is { } final
        ? final.RuledOut
        : c.RuledOutWhenComplete?.Contains(gameId) == true
            || c.Games.TryGetValue(gameId, out var game) && game.State.Status switch
        {
            GameStatus.Cancelled => true,
            GameStatus.Postponed => c.Definition.ScoringEndsAt <= now,
            _ => false,
        };

    private static DateTimeOffset? ConfirmedOrRuledOut(LifecycleView c, string gameId, DateTimeOffset now)
    {
        if (!c.Games.TryGetValue(gameId, out var game)) return null;
        if (c.RuledOutWhenComplete?.Contains(gameId) == true) return c.LastStepAt;
        if (!RuledOut(c, gameId, now)) return game.ConfirmedAt;
        return game.State.Status == GameStatus.Postponed && c.Definition.ScoringEndsAt > game.State.At
            ? c.Definition.ScoringEndsAt : game.State.At;
    }

    internal static (string GameId, DateTimeOffset At)? FirstStart(LifecycleView c, DateTimeOffset now)
    {
        (string GameId, DateTimeOffset At)? first = null;
        foreach (var gameId in c.Definition.GameIds)
        {
            if (c.Games.TryGetValue(gameId, out var game) && game.StartedAt is { } at
                && !FindHold.IsDoubtful(c, gameId, game, now) && (first is null || at < first.Value.At)) first = (gameId, at);
        }

        return first;
    }

    private static LifecycleDecision Rest(LifecycleView c, DateTimeOffset now, List<LifecycleStepV1> steps)
    {
        LifecycleDecision Waits(Hold? hold, params ReadOnlySpan<DateTimeOffset?> wakeAt) =>
            new(steps, hold is { Reason.Length: > 0 } ? hold : null, Finalize: false, Earliest([hold?.LookAgainAt, .. wakeAt]));
        LifecycleDecision Finalize() => new(steps, null, Finalize: true, now + c.Patience.Result);
        switch (c.State)
        {
            case ContestStates.Scheduled:
                return Waits(FindHold.WhileScheduled(c, now), c.Definition.LockAt);
            case ContestStates.Locked or ContestStates.Live when c.Definition.Verified is { } terms:
                return Waits(null, ChallengeTimes.Next(c, terms, now));
            case ContestStates.Locked or ContestStates.Live:
                // The feed's clock may be ahead of this one.
                return Waits(FindHold.WhileOpen(c, now), Later(FirstStart(c, now)?.At, now), Later(FindHold.UnknownFrom(c), now),
                    Later(c.Definition.ScoringEndsAt, now));
            case ContestStates.Complete when c.FinalizedRevision is null:
                var due = WindowEnd(c, now);
                if (due > now) return Waits(null, due);
                return FindHold.BeforeFinal(c, now) is { } hold ? Waits(hold) : Finalize();
            case ContestStates.Cancelled:
                return Waits(null);
            default:
                var owed = FindHold.AfterFinal(c, now);
                return LateCorrection.Decide(c, now) switch
                {
                    LateCorrection.Wait wait => Waits(owed, wait.Until),
                    LateCorrection.Held held =>
                        Waits(owed is { Alerts: true } ? owed : held.Hold, held.Hold.LookAgainAt, owed?.LookAgainAt),
                    LateCorrection.Revise => Finalize(),
                    LateCorrection.Recall => Waits(owed) with { Recall = true },
                    _ => Waits(owed),
                };
        }
    }

    private static DateTimeOffset? Earliest(ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? first = null;
        foreach (var time in times)
        {
            if (first is null || time < first) first = time;
        }

        return first;
    }

    /// <summary>The correction window runs from the last confirmation, also when a game was confirmed a second time.</summary>
    private static DateTimeOffset WindowEnd(LifecycleView c, DateTimeOffset now)
    {
        var from = c.LastStepAt;
        foreach (var gameId in c.Definition.GameIds)
        {
            if (ConfirmedOrRuledOut(c, gameId, now) is { } at && at > from) from = at;
        }

        return from.AddSeconds(c.Definition.CorrectionWindowSeconds);
    }

    private static DateTimeOffset? Later(DateTimeOffset? at, DateTimeOffset now) => at > now ? at : null;
}
