using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Risk;

/// <summary>Assesses a payout at the moment before its money would leave, and does what the assessment says.</summary>
public static class RiskGate
{
    /// <summary>
    /// Contest, player and payout are locked by the caller, who commits the attempt in the same transaction: of payouts of one
    /// player that are assessed at the same time, each sees those before it.
    /// </summary>
    /// <returns>True when the payout may go now; false when it has been delayed or held.</returns>
    public static async Task<bool> MayGo(this Tx tx, PayingContest contest, PayoutRecord payout, RiskPolicy? policy)
    {
        if (policy is null) return true;
        var assessment = AssessPayout.Decide(
            payout, await tx.IsApproved(payout.PayoutId), await tx.HistoryFor(payout, policy.TroubleDays), policy, tx.Now);
        switch (assessment)
        {
            case AssessPayout.Pass pass:
                await tx.InsertAssessment(payout.PayoutId, "pass", null, pass.Findings);
                return true;
            case AssessPayout.Delay delay:
                await tx.InsertAssessment(payout.PayoutId, "delay", delay.Until, delay.Findings);
                await Delay(tx, contest, payout, delay);
                return false;
            case AssessPayout.Hold hold:
                var no = await tx.InsertAssessment(payout.PayoutId, "hold", null, hold.Findings);
                await Hold(tx, contest, payout, hold, no);
                return false;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task Delay(Tx tx, PayingContest contest, PayoutRecord payout, AssessPayout.Delay delay)
    {
        var until = delay.Until.ToString("u", CultureInfo.InvariantCulture);
        var reason = $"limit: {Words(delay.Findings, RiskFinding.Delay)}; goes on at {until}";
        await tx.ChangePayout(contest, payout, PayoutState.Pending, reason, dueAt: delay.Until);
        if (reason == payout.Reason) return;
        tx.NotifyPlayer(
            $"payout-delayed/{payout.PayoutId}/{payout.ChangeNo + 1}", NotificationKinds.PayoutDelayed, payout.PlayerId,
            payout.PayoutId, payout.ContestId, payout.AmountMinor, payout.Currency,
            new Dictionary<string, string> { ["reason"] = reason, ["until"] = until });
    }

    private static async Task Hold(Tx tx, PayingContest contest, PayoutRecord payout, AssessPayout.Hold hold, int assessmentNo)
    {
        var reason = $"approval: {Words(hold.Findings, RiskFinding.Hold)}";
        await tx.Hold(contest, payout, HoldCause.Approval, $"assessment/{assessmentNo}", reason);
        tx.NotifyReviewers(
            $"approval-needed/{payout.PayoutId}/{assessmentNo}", NotificationKinds.ApprovalNeeded, payout.PlayerId,
            payout.PayoutId, payout.ContestId, payout.AmountMinor, payout.Currency,
            new Dictionary<string, string> { ["reason"] = reason });
        await tx.Audit(new AuditEntry(
            "system", "payout-held", payout.PayoutId, payout.ContestId, payout.PlayerId, payout.PayoutId, reason, "done"));
    }

    private static string Words(IReadOnlyList<RiskFinding> findings, string effect) =>
        string.Join(", ", findings.Where(f => f.Effect == effect).Select(f => f.Words));
}
