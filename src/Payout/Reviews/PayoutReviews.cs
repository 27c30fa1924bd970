using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>Carries out what reviewers decide: one transaction with its history, audit entry, ledger line and notices.</summary>
public static class PayoutReviews
{
    /// <returns>Null when there is no such payout.</returns>
    public static async Task<ReviewPayout?> Review(this Tx tx, string payoutId, ReviewWish wish, RiskPolicy? policy)
    {
        if (await tx.LockPayout(payoutId) is not { } locked) return null;
        var (contest, payout) = locked;
        var earlier = await tx.Reviews(payoutId);
        var mayHaveGone = wish.Decision == ReviewWish.Reject && (await tx.MayHaveGone(payoutId)
            || (await tx.Attempts(payoutId)).Any(a => a.Outcome == AttemptOutcome.Open));
        var holds = await tx.OpenHolds(payoutId);
        var decision = ReviewPayout.Decide(payout, holds, earlier, wish, policy, mayHaveGone);
        if (decision is ReviewPayout.Release or ReviewPayout.Reject) Measure(tx, wish.Decision, holds);
        switch (decision)
        {
            case ReviewPayout.Release release:
                await tx.InsertReview(payoutId, earlier.Count + 1, wish);
                foreach (var hold in release.Ends) await tx.CloseHold(payoutId, hold.Cause, hold.Reference, wish.Reviewer);
                await tx.ShowHolds(contest, payout);
                Tell(tx, payout, NotificationKinds.Approved);
                break;
            case ReviewPayout.AwaitSecond:
                await tx.InsertReview(payoutId, earlier.Count + 1, wish);
                tx.NotifyReviewers(
                    $"approval-needed/{payoutId}/second/{earlier.Count + 1}", NotificationKinds.ApprovalNeeded, payout.PlayerId,
                    payoutId, payout.ContestId, payout.AmountMinor, payout.Currency,
                    new Dictionary<string, string> { ["reason"] = "a second person has to approve it" });
                break;
            case ReviewPayout.Reject reject:
                await tx.InsertReview(payoutId, earlier.Count + 1, wish);
                foreach (var hold in reject.Ends) await tx.CloseHold(payoutId, hold.Cause, hold.Reference, wish.Reviewer);
                await Reject(tx, contest, payout, wish);
                break;
        }

        await tx.Audit(new AuditEntry(
            wish.Reviewer, $"payout-{wish.Decision}", payoutId, payout.ContestId, payout.PlayerId, payoutId, wish.Note,
            Result(decision)));
        return decision;
    }

    /// <summary>
    /// The prize goes back to what its contest has not paid out, a withdrawal into the lots of the wallet that it came from.
    /// </summary>
    private static async Task Reject(Tx tx, PayingContest contest, PayoutRecord payout, ReviewWish wish)
    {
        await tx.ChangePayout(contest, payout, PayoutState.Rejected, $"rejected by {wish.Reviewer}: {wish.Note}");
        Tell(tx, payout, NotificationKinds.Rejected, new Dictionary<string, string> { ["reason"] = wish.Note });
        tx.Alert(PayoutAlerts.Rejected(payout, wish.Reviewer, wish.Note));
        if (PayoutSource.IsWithdrawal(payout.ContestId))
        {
            await tx.ReturnWithdrawal(payout, $"rejected by {wish.Reviewer}: {wish.Note}");
            return;
        }

        await tx.Post([
            new LedgerLine(
                $"payout-rejected/{payout.PayoutId}", LedgerAccounts.PlayerPayable(payout.PlayerId),
                LedgerAccounts.PrizeUnpaid(payout.ContestId), payout.Currency, payout.AmountMinor, "payout-rejected",
                payout.PayoutId, payout.ContestId, payout.Revision)]);
    }

    /// <summary>Who is rejected is told why; what a reviewer noted at a release stays with us.</summary>
    private static void Tell(
        Tx tx, PayoutRecord payout, string kind, IReadOnlyDictionary<string, string>? facts = null) => tx.NotifyPlayer(
        $"{kind}/{payout.PayoutId}/{payout.ChangeNo}", kind, payout.PlayerId, payout.PayoutId, payout.ContestId,
        payout.AmountMinor, payout.Currency, facts);

    private static void Measure(Tx tx, string decision, IReadOnlyList<PayoutHold> holds)
    {
        if (holds.Count == 0) return;
        var waited = tx.Now - holds.Min(h => h.Since);
        tx.Measure(() => PayoutMetrics.Reviewed(decision, waited));
    }

    private static string Result(ReviewPayout decision) => decision switch
    {
        ReviewPayout.Refuse refuse => $"refused: {refuse.Why}",
        ReviewPayout.NotYours notYours => $"refused: {notYours.Why}",
        ReviewPayout.AwaitSecond => "a second person is needed",
        _ => "done",
    };
}
