using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>
/// Holds results that Scoring has neither published nor finalised. What comes on two topics may come in any order, so each result
/// has a while; a forged one has nothing behind it for ever.
/// </summary>
public sealed class UnfoundedResultsJob : IJob
{
    /// <summary>So long what Scoring told may be under way.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly FailedKeys failed = new();

    /// <summary>Of the alert that a result has no grounds.</summary>
    public static string AlertKey(string contestId, int revision) => $"result-unfounded/{contestId}/{revision}";

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextUnfounded(tx.Now - Patience, failed.PassedOver(tx)) is not { } result) return false;
        failed.Begin(result.ContestId);
        await tx.LockCollections([result.ContestId]);
        var contest = await tx.LockReceived(result.ContestId, result.Revision);
        var totals = await tx.Totals(result.ContestId, result.Revision)
            ?? throw new InvariantException($"the settlement of contest {result.ContestId} is gone");
        if (contest.State != PayingState.Receiving
            || (await tx.Grounds(result.ContestId, result.Revision)).Missing(totals) is not { } missing) return true;
        await tx.SetContestState(contest, PayingState.Held, $"{missing} has not come");
        tx.Alert(AwardAlerts.Unfounded(result, contest.Currency, totals.PrizesGrossMinor, missing));
        return true;
    }
}
