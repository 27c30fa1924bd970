using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>What people are told of corrections of results.</summary>
public static class CorrectionAlerts
{
    public static Alert Stuck(ReductionPart part, string payoutId, long effectiveMinor) => new Alert(
        $"correction-stuck/{part.Words}", AlertSeverity.Critical, "correction-stuck", payoutId,
        $"Revision {part.Revision} reduces the prize of entry {part.EntryId}; its payout does not fit what Stripe "
            + $"says, and was left alone.",
        $"Settle the payout with Stripe's dashboard first; {effectiveMinor} {part.Currency} minor units of it "
            + $"are to be got back.");

    public static Alert Unfounded(UnfoundedReductions unfounded) => new Alert(
        UnfoundedResultsJob.AlertKey(unfounded.ContestId, unfounded.Revision), AlertSeverity.Critical,
        "result-unfounded", unfounded.ContestId,
        $"reductions of revision {unfounded.Revision} came, {unfounded.NetMinor} {unfounded.Currency} minor units of "
            + $"{unfounded.Players} players; "
            + (unfounded.CancelReason
                ?? $"expected contest.finalized.v1 of revision {unfounded.Revision} from Scoring, nothing came in "
                    + $"{UnfoundedResultsJob.Patience.TotalMinutes:0} minutes"),
        $"Find out who wrote them: contestctl contest show {unfounded.ContestId}, and the ACLs of contests.results.v1. "
            + $"Nothing is "
            + $"taken back for them; they go on by themselves once Scoring's message comes.");
}
