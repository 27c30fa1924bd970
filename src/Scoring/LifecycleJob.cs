using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Moves contests on: those whose timer is due and those that a fact woke. The timers are rows, so a restart loses none, and
/// several workers share them without waiting for each other.
/// </summary>
public sealed class LifecycleJob(ContestDefinitions definitions, HoldPatience patience) : IJob
{
    private const int ContestsMax = 50;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        // A database that went back lacks entries that were in time: no contest locks before they are read again.
        if (await tx.IsHandlingAgain()) return false;
        var now = tx.NowStored();
        var due = await tx.LockDueContests(now, ContestsMax, failed.PassedOver(tx));
        foreach (var row in due)
        {
            failed.Begin(row.ContestId);
            var rules = await definitions.Find(row.ContestId, row.DefinitionHash, tx);
            var view = await LifecycleWriter.Load(row, rules, patience, tx);
            await TellLateEntries.Tell(row, view, now, tx);
            var contest = await UndoLateSwaps.Apply(row, view, rules, now, tx);
            using var span = await tx.TraceOf([.. view.Games.Keys.Select(Subject)]) is { } trace
                ? Begin(contest.ContestId, trace) : null;
            var time = new LifecycleFact.TimeIs(now);
            var decision = AdvanceLifecycle.Decide(view, time);
            var lines = decision.Finalize && rules.Definition.Verified is null
                ? await tx.Lines([.. view.Games.Keys.Where(g => !AdvanceLifecycle.RuledOut(view, g, now))]) : [];
            if (decision.Finalize && UnknownStats.FindHold(rules, lines) is not null)
                rules = await definitions.Read(row.ContestId, row.DefinitionHash, tx);
            if (decision.Finalize && (UnknownStats.FindHold(rules, lines) ?? PointsInRange.FindHold(rules, lines)) is { } hold)
                decision = decision with { Hold = hold, Finalize = false };
            await LifecycleWriter.Write(contest, decision, time, tx);
            if (decision.Recall) await Recall(contest, view, now, tx);
            NoticeLateCorrections(contest.ContestId, view, tx);

            // A final ranking can be large: it gets its transaction to itself and the contests that follow wait for the next run.
            if (!decision.Finalize) continue;
            await Finalize(contest, view, rules, lines, now, tx);
            return true;
        }

        return due.Count == ContestsMax;
    }

    /// <summary>What the trace of the message that moved a game is remembered under.</summary>
    internal static string Subject(string gameId) => $"game/{gameId}";

    private static Activity? Begin(string contestId, string trace) =>
        Telemetry.Begin("advance contest", ActivityKind.Internal, trace)?.SetTag("contest_id", contestId);

    /// <summary>
    /// Settlement has not settled the ranking, and the feed has corrected a game since: it is to settle what is right now.
    /// </summary>
    private static async Task Recall(ContestRow contest, LifecycleView view, DateTimeOffset now, Tx tx)
    {
        var (revision, attempt) = (contest.FinalizedRevision!.Value, contest.FinalizedAttempt!.Value);
        await tx.MarkRecallAsked(contest.ContestId, now);
        tx.Send(new RecallRequestedV1(
            contest.ContestId, $"correction of {revision} attempt {attempt}", RecallPurposes.Correction, revision, attempt,
            $"game {LateCorrection.ChangedGames(view)[0]} changed after the final ranking, which is not settled", "rule", now));
    }

    private static async Task Finalize(
        ContestRow contest, LifecycleView view, ContestRules rules, IReadOnlyList<LineRow> lines, DateTimeOffset now, Tx tx)
    {
        var revision = view.IsRecalled ? contest.FinalizedRevision!.Value : (contest.FinalizedRevision ?? 0) + 1;
        var attempt = view.IsRecalled ? contest.FinalizedAttempt!.Value + 1 : 1;
        int? told = attempt == 1 ? null : attempt;
        if (rules.Definition.Verified is not null) lines = await ChallengeResult.Lines(contest.ContestId, tx);
        if (await StandingRanking.Adopt(contest.ContestId, revision, attempt, lines, now, tx)) return;
        if (rules.Definition.Verified is null
            && lines.Any(l => view.Games[l.GameId].StoredVersions.GetValueOrDefault(l.AthleteId) != l.Version))
        {
            // A line arrived since the decision: decide again with it.
            await tx.Wake(contest.ContestId, now);
            return;
        }

        var final = await FinalRanking.Compute(view, rules, lines, now, tx);
        Invariant.Holds(final.EntryCount == contest.EntryCount,
            $"contest {contest.ContestId}: {final.EntryCount} entries ranked, {contest.EntryCount} counted");
        var games = FinalRanking.Stored(final.Games, lines);
        await tx.StoreFinalGames(contest.ContestId, games);

        // A correction that was itself corrected back: the versions are new, what they say is not.
        if (!view.IsRecalled && view.Final is { } known && games.All(g => known[g.GameId].StatsHash == g.StatsHash)) return;

        await tx.MarkFinalized(contest.ContestId, revision, attempt, now);
        await StandingRanking.TakeEarly(contest.ContestId, revision, now, tx);
        for (var chunk = 0; chunk < final.Chunks.Count; chunk++)
            tx.Send(new RankingChunkV1(contest.ContestId, revision, chunk, final.Chunks[chunk], told));
        tx.Send(new ContestFinalizedV1(
            contest.ContestId, revision, contest.DefinitionHash, final.EntryCount, final.EntryHash, final.Games,
            final.Chunks.Count, now, told,
            rules.Definition.Verified is null ? null : await ChallengeResult.Named(contest.ContestId, tx)));
    }

    /// <summary>Told once for each game and revision; under the policy freeze once.</summary>
    private static void NoticeLateCorrections(string contestId, LifecycleView view, Tx tx)
    {
        var (policy, next) = (view.Definition.LateCorrectionPolicy, view.FinalizedRevision + 1);
        foreach (var gameId in LateCorrection.ChangedGames(view))
        {
            var (key, what, action) = policy == LateCorrectionPolicies.Freeze
                ? ($"late-correction/{contestId}/{gameId}", $"the result stays ({policy})",
                    "nothing, unless the players must be told")
                : ($"late-correction/{contestId}/{gameId}/{next}",
                    $"revision {next} follows once the correction window is over ({policy})",
                    "nothing; look at what the revision awards before its payouts go, if the correction is a large one");
            if (view.SettledRevision != view.FinalizedRevision)
                what += "; should Settlement not settle that ranking, it is made anew with the change";
            tx.Alert(ScoringAlerts.LateCorrection(key, contestId, gameId, what, action));
        }
    }
}
