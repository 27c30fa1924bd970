using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>Finds the first reason for which a contest must wait, and names the game, athlete and stat.</summary>
public static class FindHold
{
    /// <summary>A line comes before the state that names it; one that is parked does not come.</summary>
    public static readonly TimeSpan LinePatience = TimeSpan.FromMinutes(10);

    /// <summary>Some feeds name a game only when it begins; but by then one of a locked contest's games has begun.</summary>
    public static readonly TimeSpan FirstGamePatience = TimeSpan.FromHours(6);

    /// <summary>A slate may go from Thursday to Monday.</summary>
    public static readonly TimeSpan LastGamePatience = TimeSpan.FromDays(5);

    /// <summary>A game that the feed never names keeps its contest from its end; whoever wrote its id, or sends the feed, has to know.</summary>
    /// <returns>From when on, UTC, a game of which nothing is known holds the contest; null: something is known of every one.</returns>
    public static DateTimeOffset? UnknownFrom(LifecycleView c)
    {
        if (c.Definition.GameIds.All(c.Games.ContainsKey)) return null;
        var from = c.Definition.LockAt + (c.State == ContestStates.Locked ? FirstGamePatience : LastGamePatience);
        return c.Definition.ScoringEndsAt < from ? c.Definition.ScoringEndsAt : from;
    }

    /// <summary>While games run nothing but one that is unknown for too long holds a contest; once all are over or ruled out, what is not confirmed does.</summary>
    public static Hold? WhileOpen(LifecycleView c, DateTimeOffset now)
    {
        if (UnknownFrom(c) <= now) return Unknown(c.Definition.GameIds.First(g => !c.Games.ContainsKey(g)));
        var ruledOut = 0;
        Hold? found = null;
        foreach (var gameId in c.Definition.GameIds)
        {
            if (!c.Games.TryGetValue(gameId, out var game)) return null;
            if (AdvanceLifecycle.RuledOut(c, gameId, now))
            {
                ruledOut++;
                continue;
            }

            switch (game.State.Status)
            {
                case GameStatus.Closed:
                    break;
                case GameStatus.Complete:
                    found ??= new Hold($"game {gameId} is over but not confirmed", Alerts: false);
                    break;
                case GameStatus.Postponed:
                    found ??= new Hold($"game {gameId} is postponed; it must be played, cancelled, or the scoring period must end", Alerts: true);
                    break;
                case GameStatus.Suspended:
                    found ??= new Hold($"game {gameId} is suspended; it must be played on, cancelled or postponed", Alerts: true);
                    break;
                // Not ruled out by this clock alone: it may have begun, and what says so not have been read yet.
                case GameStatus.Scheduled or GameStatus.Delayed when game.StartedAt is null && c.Definition.ScoringEndsAt <= now:
                    found ??= new Hold($"game {gameId} is {game.State.Status}, and the scoring period is over; it must be postponed or cancelled, or it counts when it is played", Alerts: true);
                    break;
                default:
                    return null;
            }
        }

        return ruledOut == c.Definition.GameIds.Count && c.State == ContestStates.Locked
            ? new Hold("every game is cancelled or ruled out and none was played; the contest can only be cancelled", Alerts: true)
            : found;
    }

    /// <summary>What stands against computing the result: reopened, incomplete, unreconciled or not yet arrived.</summary>
    public static Hold? BeforeFinal(LifecycleView c, DateTimeOffset now)
    {
        foreach (var gameId in c.Definition.GameIds)
        {
            if (AdvanceLifecycle.RuledOut(c, gameId, now)) continue;
            if (!c.Games.TryGetValue(gameId, out var game)) return Unknown(gameId);
            if (OfGame(c, gameId, game, now) is { } hold) return hold;
        }

        return null;
    }

    private static Hold Unknown(string gameId) => new($"nothing is known of game {gameId}", Alerts: true);

    private static Hold? OfGame(LifecycleView c, string gameId, GameFacts game, DateTimeOffset now)
    {
        var state = game.State;
        if (state.Status != GameStatus.Closed) return new Hold($"game {gameId} was confirmed and is now {state.Status}", Alerts: true);
        if (state.Incomplete)
        {
            var missing = state.MissingSequences.Count == 0 ? "" : $"; missing sequence numbers {string.Join(", ", state.MissingSequences)}";
            return new Hold($"game {gameId} is incomplete{missing}", Alerts: true);
        }

        if (!state.BoxReceived) return new Hold($"game {gameId} has no box to compare its plays with", Alerts: true);
        foreach (var d in state.Differences)
        {
            if (Math.Abs(d.FromPlays - d.FromBox) > c.Definition.ReconcileTolerance)
            {
                return new Hold(
                    $"game {gameId}, athlete {d.AthleteId}, stat {d.Stat}: the plays say {d.FromPlays}, the box says {d.FromBox}, "
                    + $"the tolerance is {c.Definition.ReconcileTolerance}", Alerts: true);
            }
        }

        return OfLines(gameId, game, now);
    }

    private static Hold? OfLines(string gameId, GameFacts game, DateTimeOffset now)
    {
        if (game.State.LineVersions is not { } named) return new Hold($"game {gameId} is confirmed without its line versions", Alerts: true);
        foreach (var (athleteId, version) in named.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var stored = game.StoredVersions.GetValueOrDefault(athleteId);
            if (stored == version) continue;
            var what = $"game {gameId}, athlete {athleteId}: line version {version} is named, {stored} is stored";
            var patient = game.State.At + LinePatience;
            if (stored > version || patient > now) return new Hold($"{what}; the rest is on its way", Alerts: false, LookAgainAt: stored > version ? null : patient);
            return new Hold($"{what}; the rest has not come for {LinePatience.TotalMinutes} minutes, is it parked?", Alerts: true);
        }

        var extra = game.StoredVersions.Keys.Where(a => !named.ContainsKey(a)).Order(StringComparer.Ordinal).FirstOrDefault();
        return extra is null ? null : new Hold($"game {gameId}, athlete {extra}: a line is stored that the game does not name", Alerts: false);
    }
}
