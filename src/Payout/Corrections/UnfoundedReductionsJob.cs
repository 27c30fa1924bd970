using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>
/// Tells of reductions that Scoring has not finalised, or of a contest that it has cancelled. Nothing is taken back for them;
/// they wait.
/// </summary>
public sealed class UnfoundedReductionsJob : IJob
{
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextUnfoundedReductions(tx.Now - UnfoundedResultsJob.Patience, failed.PassedOver(tx)) is not { } unfounded)
            return false;
        failed.Begin(unfounded.ContestId);
        await tx.ReductionsLater(unfounded, tx.Now);
        var (contestId, revision, netMinor, currency, players, cancelReason) = unfounded;
        tx.Alert(
            UnfoundedResultsJob.AlertKey(contestId, revision), "critical", "result-unfounded", contestId,
            $"reductions of revision {revision} came, {netMinor} {currency} minor units of {players} players; "
                + (cancelReason
                    ?? $"expected contest.finalized.v1 of revision {revision} from Scoring, nothing came in "
                        + $"{UnfoundedResultsJob.Patience.TotalMinutes:0} minutes"),
            $"Find out who wrote them: contestctl contest show {contestId}, and the ACLs of contests.results.v1. Nothing is "
                + $"taken back for them; they go on by themselves once Scoring's message comes.");
        return true;
    }
}
