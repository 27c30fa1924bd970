using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>What follows for a contest when one of its payouts is over. The one place that says a contest is paid.</summary>
public static class FinishPayout
{
    public static PayingContest Decide(PayingContest contest, PayoutState state, long amountMinor)
    {
        Invariant.Holds(contest.PayoutsOpen > 0, $"contest {contest.ContestId}: a payout ended, none was open");
        var open = contest.PayoutsOpen - 1;
        return state == PayoutState.Paid
            ? contest with
            {
                PayoutsOpen = open, PaidCount = contest.PaidCount + 1, PaidMinor = contest.PaidMinor + amountMinor,
                State = open == 0 ? PayingState.Paid : contest.State,
            }
            : contest with
            {
                PayoutsOpen = open, OtherCount = contest.OtherCount + 1, OtherMinor = contest.OtherMinor + amountMinor,
                State = open == 0 ? PayingState.Paid : contest.State,
            };
    }
}

/// <summary>
/// Writes a payout's new state: row, history, event, and what it means for the contest. The contest's row is locked by the
/// caller.
/// </summary>
public static class PayoutTransitions
{
    public static async Task ChangePayout(
        this Tx tx, PayingContest contest, PayoutRecord payout, PayoutState state, string? reason = null,
        string? transferId = null, DateTimeOffset? dueAt = null, DateTimeOffset? leaseUntil = null)
    {
        var changeNo = state != payout.State || reason != payout.Reason ? payout.ChangeNo + 1 : (int?)null;
        var createdAt = await tx.UpdatePayout(payout, state, reason, changeNo, transferId, dueAt, leaseUntil);
        if (changeNo is { } no)
        {
            await tx.InsertChange(payout.PayoutId, no, state, reason, transferId);
            tx.Send(new PayoutChangedV1(
                payout.PayoutId, no, payout.ContestId, payout.Revision, payout.PlayerId, payout.AmountMinor,
                payout.Currency, state.Word(), reason, transferId, tx.Now));
            if (state.IsTerminal() && state != PayoutState.Paid) tx.Log(log => log.PayoutEnded(payout, state, reason));
        }

        if (!state.IsTerminal() || payout.State.IsTerminal()) return;
        tx.Measure(() => PayoutMetrics.Ended(state.Word(), tx.Now - createdAt));
        var after = FinishPayout.Decide(contest, state, payout.AmountMinor);
        await tx.UpdateContest(after);
        if (after.PayoutsOpen == 0 && contest.State != PayingState.Paid) tx.SendContestPaid(after);
    }

    /// <summary>A payout that has failed is open again; a contest that was said to be paid stays so.</summary>
    public static async Task ReopenPayout(this Tx tx, PayingContest contest, PayoutRecord payout, string reason)
    {
        Invariant.Holds(
            payout.State == PayoutState.Failed,
            $"payout {payout.PayoutId} is {payout.State.Word()}: only a failed one opens again");
        await tx.UpdateContest(contest with
        {
            PayoutsOpen = contest.PayoutsOpen + 1, OtherCount = contest.OtherCount - 1,
            OtherMinor = contest.OtherMinor - payout.AmountMinor,
        });
        await tx.ChangePayout(contest, payout, PayoutState.Pending, reason, dueAt: tx.Now);
    }

    /// <summary>Of a withdrawal nothing: it is no contest.</summary>
    public static void SendContestPaid(this Tx tx, PayingContest contest)
    {
        if (PayoutSource.IsWithdrawal(contest.ContestId)) return;
        tx.Send(new ContestPaidV1(
            contest.ContestId, contest.Revision, contest.PaidCount, contest.PaidMinor, contest.OtherCount, contest.OtherMinor,
            tx.Now));
    }

    /// <summary>The third step of the protocol: answer, ledger line and events, all or nothing.</summary>
    /// <param name="adopted">The transfer was found at Stripe; no answer told us.</param>
    public static async Task CommitTransfer(
        this Tx tx, PayingContest contest, PayoutRecord payout, PayoutAttempt attempt, TransferFacts transfer, bool adopted)
    {
        if (transfer.DiffersFrom(payout, attempt.Destination) is { } difference)
        {
            await tx.CloseAttempt(attempt, AttemptOutcome.Mismatch, difference, null);
            await tx.HoldPayout(contest, payout, difference);
            return;
        }

        if (payout.State == PayoutState.Held)
        {
            foreach (var hold in await tx.OpenHolds(payout.PayoutId))
                await tx.CloseHold(payout.PayoutId, hold.Cause, hold.Reference, "system");
        }

        await tx.CloseAttempt(attempt, AttemptOutcome.Paid, adopted ? "found at Stripe" : "answered", transfer);
        await tx.ChangePayout(contest, payout, PayoutState.Paid, transferId: transfer.TransferId);
        await tx.Post([
            new LedgerLine(
                $"payout/{payout.PayoutId}", LedgerAccounts.PlayerPayable(payout.PlayerId), LedgerAccounts.StripeBalance,
                payout.Currency, payout.AmountMinor, "payout", transfer.TransferId, payout.ContestId, payout.Revision)]);
        await tx.Audit(new AuditEntry(
            "system", "payout-paid", payout.PayoutId, payout.ContestId, payout.PlayerId, payout.PayoutId,
            adopted ? "its transfer was found at Stripe" : "Stripe has made its transfer",
            $"{payout.AmountMinor} {payout.Currency} by {transfer.TransferId} to {attempt.Destination}"));
        tx.Log(log => log.PayoutPaid(payout, transfer.TransferId, attempt, adopted));
    }

    public static async Task HoldPayout(this Tx tx, PayingContest contest, PayoutRecord payout, string reason)
    {
        await tx.InsertHold(payout.PayoutId, HoldCause.Mismatch, $"change/{payout.ChangeNo + 1}", reason);
        await tx.ChangePayout(contest, payout, PayoutState.Held, PayoutHolds.Words(await tx.OpenHolds(payout.PayoutId)));
        tx.Alert(PayoutAlerts.Held(payout, reason));
    }
}
