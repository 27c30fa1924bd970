using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Moves contests on: those whose timer is due and those that a fact woke. The timers are rows, so a restart loses none, and several workers share
/// them without waiting for each other.
/// </summary>
public sealed class LifecycleJob(ContestDefinitions definitions) : IJob
{
    private const int ContestsMax = 50;

    public async Task<bool> Run(Tx tx)
    {
        var now = tx.NowStored();
        var due = await tx.LockDueContests(now, ContestsMax);
        foreach (var contest in due)
        {
            var rules = await definitions.Find(contest.ContestId, contest.DefinitionHash, tx);
            var view = await LifecycleWriter.Load(contest, rules, tx);
            var time = new LifecycleFact.TimeIs(now);
            var decision = AdvanceLifecycle.Decide(view, time);
            var lines = decision.Finalize ? await tx.Lines([.. view.Games.Keys.Where(g => !AdvanceLifecycle.RuledOut(view, g, now))]) : [];
            if (decision.Finalize && PointsInRange.FindHold(rules, lines) is { } hold) decision = decision with { Hold = hold, Finalize = false };
            await LifecycleWriter.Write(contest, decision, time, tx);
            if (contest.FinalizedRevision is not null) await NoticeLateCorrections(contest.ContestId, view, tx);

            // A final ranking can be large: it gets its transaction to itself and the contests that follow wait for the next run.
            if (!decision.Finalize) continue;
            await Finalize(contest, view, rules, lines, now, tx);
            return true;
        }

        return due.Count == ContestsMax;
    }

    private static async Task Finalize(ContestRow contest, LifecycleView view, ContestRules rules, IReadOnlyList<LineRow> lines, DateTimeOffset now, Tx tx)
    {
        const int Revision = 1;
        if (lines.Any(l => view.Games[l.GameId].StoredVersions.GetValueOrDefault(l.AthleteId) != l.Version))
        {
            // A line arrived since the decision: decide again with it.
            await tx.Wake(contest.ContestId, now);
            return;
        }

        var final = await FinalRanking.Compute(view, rules, lines, now, tx);
        Invariant.Holds(final.EntryCount == contest.EntryCount, $"contest {contest.ContestId}: {final.EntryCount} entries ranked, {contest.EntryCount} counted");
        await tx.MarkFinalized(contest.ContestId, Revision, final.Games);

        for (var chunk = 0; chunk < final.Chunks.Count; chunk++) tx.Send(new RankingChunkV1(contest.ContestId, Revision, chunk, final.Chunks[chunk]));
        tx.Send(new ContestFinalizedV1(
            contest.ContestId, Revision, contest.DefinitionHash, final.EntryCount, final.EntryHash, final.Games, final.Chunks.Count, now));
    }

    /// <summary>After the final ranking a change of the lines no longer counts (policy freeze); somebody should know.</summary>
    private static async Task NoticeLateCorrections(string contestId, LifecycleView view, Tx tx)
    {
        foreach (var (gameId, hash) in await tx.FinalLineHashes(contestId))
        {
            if (view.Games.GetValueOrDefault(gameId)?.State.LineVersions is not { } versions || CanonicalHash.Of(versions) == hash) continue;
            tx.Alert($"late-correction/{contestId}/{gameId}", "warning", "late-correction", contestId,
                $"game {gameId} changed after the final ranking of contest {contestId}; the result stays ({view.Definition.LateCorrectionPolicy})",
                "nothing, unless the players must be told");
        }
    }
}
