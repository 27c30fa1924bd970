using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>How long Settlement waits.</summary>
/// <param name="AlertAfter">A copy that is still not complete after this long is somebody's business.</param>
/// <param name="CheckEvery">How long a contest whose copy is not complete is left alone.</param>
public sealed record SettlementOptions(TimeSpan AlertAfter, TimeSpan CheckEvery);

/// <summary>
/// Completed contests in; awards and results out, once Settlement's own copy is what the completion names and comes to Scoring's
/// ranking.
/// </summary>
/// <remarks>
/// Two runs per contest: the first takes the next one that waits and commits, the second computes it. So a contest whose
/// computation fails is at the end of the queue by then, and holds up nobody.
/// </remarks>
public sealed class SettleJob(SettlementOptions options) : IJob
{
    /// <summary>
    /// After so many that came to no end somebody is told of the contest, whatever the trouble was: what passes by itself, such
    /// as a statement that took too long, would have passed by then. Thirty seconds each are ten minutes.
    /// </summary>
    public const int AttemptsMax = 20;

    /// <summary>What is held is computed anew so often: a copy that was behind or restored may have come right.</summary>
    public static readonly TimeSpan HeldCheckEvery = TimeSpan.FromMinutes(10);

    /// <summary>Of each contest that was begun and not committed since, how often this process has begun it.</summary>
    private readonly Dictionary<(string ContestId, int Revision), int> attempts = [];

    private (string ContestId, int Revision)? chosen;

    public async Task<bool> Run(Tx tx)
    {
        if (chosen is { } next)
        {
            chosen = null;
            attempts[next] = attempts.GetValueOrDefault(next) + 1;
            tx.AfterCommit(() => attempts.Remove(next));
            var trace = await tx.TraceOf(Subject(next.ContestId, next.Revision));
            using var span = Telemetry.Begin("settle", ActivityKind.Internal, trace)?.SetTag("contest_id", next.ContestId);
            await Settle(next.ContestId, next.Revision, tx);
            return true;
        }

        if (await tx.NextWaiting(tx.Now + options.CheckEvery) is not { } waiting) return false;
        if (attempts.GetValueOrDefault((waiting.ContestId, waiting.Revision)) >= AttemptsMax)
            tx.Alert(SettlementAlerts.Failing(waiting, tx.Now));
        tx.AfterCommit(() => chosen = (waiting.ContestId, waiting.Revision));
        return true;
    }

    /// <summary>What the trace of a contest's completion is remembered under.</summary>
    internal static string Subject(string contestId, int revision) => $"contest/{contestId}/{revision}";

    private async Task Settle(string contestId, int revision, Tx tx)
    {
        var contest = await tx.LockContest(contestId);
        if (await tx.LockWaiting(contestId, revision) is not { } completion) return;
        if (contest?.CancelledAt is not null)
        {
            await tx.Leave(completion, "cancelled");
            return;
        }

        if (revision > 1 && !await tx.IsSettled(contestId, revision - 1))
        {
            await Wait(completion, $"the result of revision {revision - 1}", tx);
            return;
        }

        var finalized = SettlementSql.Read<ContestFinalizedV1>(completion.Body);
        var definition = contest is null ? null : SettlementSql.Read<ContestDefinitionV1>(contest.Definition);
        var lines = await tx.NamedLines(finalized);
        var chunks = await tx.RankingChunks(contestId, revision, finalized.Attempt ?? 1);
        var published = definition is null ? null : await tx.RuleSetNamed(definition.RuleSet);
        var missing = FindMissing.Of(
            finalized, definition, contest?.DefinitionHash, await tx.CountEntries(contestId), lines, chunks, published);
        if (missing.Count > 0)
        {
            await Wait(completion, FindMissing.InWords(missing), tx);
            return;
        }

        if (FindMissing.OtherStats(finalized, lines) is { } otherStats)
        {
            await Hold(completion, otherStats, tx);
            return;
        }

        var entries = await tx.LoadEntries(contestId, finalized.EntryCount);
        if (FindMissing.InEntries(finalized, entries) is { } otherEntries)
        {
            await Wait(completion, otherEntries, tx);
            return;
        }

        var proofs = definition!.Verified is null ? null : await tx.LoadProofs(contestId);
        if (FindMissing.InProofs(finalized, proofs?.Named) is { } otherProofs)
        {
            await Wait(completion, otherProofs, tx);
            return;
        }

        var rules = RuleSets.Of(definition.RuleSet, published)!;
        var stats = proofs?.Stats(definition.Verified!, entries) ?? lines.Final(finalized);
        var result = SettleContest.Compute(
            definition, contest!.DefinitionHash, rules, stats, entries, revision, proofs?.Named);
        if (CompareRankings.FirstDifference(result.Ranking, entries, chunks) is { } difference)
            await Hold(completion, difference, tx);
        else if (revision == 1) await Announce(completion, result, tx);
        else await Correct(completion, CorrectAwards.Of(result, definition, await tx.AwardedBefore(contestId, revision)), tx);
    }

    /// <summary>What is taken back is told first, so that it is known before anything more is paid.</summary>
    private static async Task Correct(WaitingCompletion completion, Correction correction, Tx tx)
    {
        foreach (var chunk in AwardChunks.OfReductions(correction)) tx.Send(chunk);
        await tx.StoreReductions(correction);
        await Announce(completion, correction.Result, tx);

        tx.Alert(SettlementAlerts.Revised(completion, correction));
    }

    private static async Task Announce(WaitingCompletion completion, SettlementResult result, Tx tx)
    {
        var chunks = 0;
        foreach (var chunk in AwardChunks.Of(result))
        {
            tx.Send(chunk);
            chunks++;
        }

        var settled = result.ToMessage(chunks, tx.Now);
        await tx.StoreAwards(result);
        await tx.StoreResult(settled);
        await tx.Leave(completion, "settled");
        EndAlerts(completion.ContestId, completion.Revision, "the contest is settled", tx);
        tx.Send(settled);
    }

    /// <summary>Those that tell why a revision is not settled.</summary>
    internal static void EndAlerts(string contestId, int revision, string note, Tx tx)
    {
        tx.ResolveAlert($"settlement-mismatch/{contestId}/{revision}", note);
        tx.ResolveAlert($"settlement-waiting/{contestId}/{revision}", note);
        tx.ResolveAlertsUnder($"settlement-failing/{contestId}/{revision}/", note);
    }

    private static async Task Hold(WaitingCompletion completion, string difference, Tx tx)
    {
        await tx.StoreHold(completion.ContestId, completion.Revision, difference);
        await tx.Leave(completion, "held", difference, completion.Alerted, tx.Now + HeldCheckEvery);
        tx.Alert(SettlementAlerts.Mismatch(completion, difference));
    }

    private async Task Wait(WaitingCompletion completion, string missing, Tx tx)
    {
        var alert = !completion.Alerted && tx.Now - completion.ReceivedAt >= options.AlertAfter;
        await tx.Leave(completion, "waiting", missing, completion.Alerted || alert);
        if (!alert) return;
        tx.Alert(SettlementAlerts.Waiting(completion, missing));
    }
}
