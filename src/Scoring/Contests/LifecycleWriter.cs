using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Loads what the lifecycle decides from, and writes and announces what it decided.</summary>
public static class LifecycleWriter
{
    public static async Task<LifecycleView> Load(ContestRow contest, ContestRules rules, Tx tx)
    {
        var rows = await tx.GamesOf(contest.ContestId);
        var closed = rows.Where(g => g.ConfirmedAt is not null).Select(g => g.GameId).ToArray();
        var lines = closed.Length == 0 ? [] : await tx.Lines(closed);
        var stored = lines.ToLookup(l => l.GameId, StringComparer.Ordinal);
        var games = rows.ToDictionary(
            g => g.GameId,
            g => new GameFacts(
                WireJson.Read<GameStateV1>(System.Text.Encoding.UTF8.GetBytes(g.Body)), g.StartedAt, g.ConfirmedAt,
                stored[g.GameId].ToDictionary(l => l.AthleteId, l => l.Version, StringComparer.Ordinal)),
            StringComparer.Ordinal);
        return new LifecycleView(
            rules.Definition, contest.State, contest.LastStepAt, contest.EntryCount, games, contest.FinalizedRevision, contest.SettledAt, contest.PaidAt,
            contest.SettledRevision, contest.FinalizedRevision is null ? null : (await tx.FinalGames(contest.ContestId)).ToDictionary(g => g.GameId, StringComparer.Ordinal));
    }

    /// <summary>What is not paid by now never takes part. A cancellation says so for all entries at once.</summary>
    private static async Task RefuseUnpaid(string contestId, LifecycleStepV1 step, Tx tx)
    {
        var unpaid = await tx.RefuseReserved(contestId, step.At);
        if (step.State == ContestStates.Cancelled) return;
        foreach (var entry in unpaid)
            tx.Send(new EntryRefusedV1(
                contestId, entry.EntryId, entry.PlayerId, Reasons.ContestLocked, "the contest locked before the entry's fee was paid", step.At));
    }

    /// <summary>Writes the steps and sends one <see cref="LifecycleV1"/> for each, and one more when the hold changed.</summary>
    public static async Task Write(ContestRow contest, LifecycleDecision decision, LifecycleFact fact, Tx tx)
    {
        var contestId = contest.ContestId;
        var (version, state, at) = (contest.LifecycleVersion, contest.State, contest.LastStepAt);
        var steps = (await tx.Steps(contestId)).ToList();
        for (var i = 0; i < decision.Steps.Count; i++)
        {
            var step = decision.Steps[i] with { At = new DateTimeOffset(decision.Steps[i].At.UtcTicks / 10 * 10, TimeSpan.Zero) };
            await tx.InsertStep(contestId, step);
            steps.Add(step);
            (state, at) = (step.State, step.At);
            if (step.State is ContestStates.Locked or ContestStates.Cancelled) await RefuseUnpaid(contestId, step, tx);
            var hold = i == decision.Steps.Count - 1 ? decision.Hold?.Reason : null;
            tx.Send(new LifecycleV1(contestId, state, ++version, [.. steps], hold));
            if (step.State == ContestStates.Cancelled && fact is LifecycleFact.TimeIs)
                tx.Send(new ContestCancelledV1(contestId, null, step.Cause, "rule", step.At));
        }

        if (decision.Steps.Count == 0 && decision.Hold?.Reason != contest.Hold)
            tx.Send(new LifecycleV1(contestId, state, ++version, steps, decision.Hold?.Reason));
        await tx.UpdateLifecycle(contestId, state, version, at, decision.Hold?.Reason, decision.WakeAt);

        if (decision.Hold is { Alerts: true } held && held.Reason != contest.Hold)
        {
            tx.Alert($"contest-held/{contestId}/{version}", "critical", "contest-held", contestId, held.Reason,
                "mend the feed (recovery message or correction); the contest goes on by itself, or cancel it");
        }
    }
}
