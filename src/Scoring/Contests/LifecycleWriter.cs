using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Loads what the lifecycle decides from, and writes and announces what it decided.</summary>
public static class LifecycleWriter
{
    public static async Task<LifecycleView> Load(ContestRow contest, ContestRules rules, HoldPatience patience, Tx tx)
    {
        var rows = await tx.GamesOf(contest.ContestId);
        var closed = rows.Where(g => g.ConfirmedAt is not null).Select(g => g.GameId).ToArray();
        var lines = closed.Length == 0 ? [] : await tx.Lines(closed);
        var stored = lines.ToLookup(l => l.GameId, StringComparer.Ordinal);
        var games = rows.ToDictionary(
            g => g.GameId,
            g => new GameFacts(
                WireJson.Read<GameStateV1>(System.Text.Encoding.UTF8.GetBytes(g.Body)), g.StartedAt, g.ConfirmedAt,
                stored[g.GameId].ToDictionary(l => l.AthleteId, l => l.Version, StringComparer.Ordinal),
                g.ConfirmedAt is null
                    ? null
                    : LinesHash.Of(
                        stored[g.GameId].Select(l => (l.AthleteId,
                            (IReadOnlyDictionary<string, long>)LineSql.ReadStats(l.Stats))))),
            StringComparer.Ordinal);
        return new LifecycleView(
            rules.Definition, contest.State, contest.LastStepAt, contest.EntryCount, games, contest.FinalizedRevision,
            contest.SettledAt, contest.PaidAt, contest.SettledRevision,
            contest.FinalizedRevision is null
                ? null : (await tx.FinalGames(contest.ContestId)).ToDictionary(g => g.GameId, StringComparer.Ordinal),
            contest.FinalizedAt)
        {
            Patience = patience, RecallAskedAt = contest.RecallAskedAt, IsRecalled = contest.RecalledAt is not null,
            Proofs = rules.Definition.Verified is null ? null : await tx.ProofFacts(contest.ContestId),
            RuledOutWhenComplete = (await tx.RuledOutGames(contest.ContestId)).ToHashSet(StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// What is not paid by now never takes part. Of payments made before the lock the news may come after it, so that entries
    /// wait a while, but not beyond the counting of those that take part.
    /// </summary>
    /// <returns>When unpaid entries are refused, UTC; null: there are none.</returns>
    private static async Task<DateTimeOffset?> RefuseUnpaid(
        string contestId, string state, IReadOnlyList<LifecycleStepV1> steps, DateTimeOffset now, Tx tx)
    {
        if (state == ContestStates.Scheduled || !await tx.HasReserved(contestId)) return null;
        var mayWait = state is ContestStates.Locked or ContestStates.Live;
        var due = mayWait ? steps.First(s => s.State == ContestStates.Locked).At + PaidInTime.Wait : steps[^1].At;
        // The feed's clock may be ahead: a contest whose entries are counted does not wait for it.
        if (mayWait && due > now) return due;
        var unpaid = await tx.RefuseReserved(contestId, due);

        // A cancellation says so for all entries at once.
        if (state == ContestStates.Cancelled) return null;
        foreach (var entry in unpaid)
            tx.Send(new EntryRefusedV1(
                contestId, entry.EntryId, entry.PlayerId, Reasons.ContestLocked,
                "the contest locked, and no payment of the entry's fee from before was heard of", due));
        return null;
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
            if (step.State == ContestStates.Complete && decision.Terms is { } terms)
                await ChallengeResult.DecideOpen(contest, terms, step.At, tx);
            var hold = i == decision.Steps.Count - 1 ? decision.Hold?.Reason : null;
            tx.Send(new LifecycleV1(contestId, state, ++version, [.. steps], hold));
            if (step.State == ContestStates.Cancelled && fact is LifecycleFact.TimeIs)
                tx.Send(new ContestCancelledV1(contestId, null, step.Cause, "rule", step.At));
        }

        if (decision.Steps.Count == 0 && decision.Hold?.Reason != contest.Hold)
            tx.Send(new LifecycleV1(contestId, state, ++version, steps, decision.Hold?.Reason));
        if (decision.RuledOut.Count > 0) await tx.RuleOut(contestId, decision.RuledOut);
        var refuseAt = await RefuseUnpaid(contestId, state, steps, fact.Now, tx);
        var wakeAt = decision.WakeAt is { } wake && (refuseAt is null || wake < refuseAt) ? wake : refuseAt;
        var isOther = decision.Hold?.Reason != contest.Hold;
        long? holdVersion = decision.Hold is null ? null : isOther ? version : contest.HoldVersion;
        await tx.UpdateLifecycle(contestId, state, version, at, decision.Hold?.Reason, holdVersion, wakeAt);

        if (isOther && contest.HoldVersion is { } told)
            tx.ResolveAlert(Told(told),
                decision.Hold is { } other ? $"the contest waits for something else: {other.Reason}" : "the contest goes on");
        if (decision.Hold is { Alerts: true } held && isOther)
        {
            tx.Alert(ScoringAlerts.Held(Told(version), contestId, held.Reason));
        }

        if (decision.Steps.Any(s => s.State is ContestStates.Settled or ContestStates.Cancelled))
        {
            tx.ResolveAlertsUnder($"swaps-taken-back/{contestId}/", $"the contest is {state}");
            tx.ResolveAlertsUnder($"{ScoringAlerts.LateEntriesKind}/{contestId}/", $"the contest is {state}");
        }

        string Told(long holdVersion) => $"contest-held/{contestId}/{holdVersion}";
    }
}
