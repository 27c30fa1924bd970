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
        tx.Alert(CorrectionAlerts.Unfounded(unfounded));
        return true;
    }
}
