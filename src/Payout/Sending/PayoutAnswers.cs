using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Sending;

/// <summary>
/// Stores what Stripe said of a payout's transfer: its state, its ledger line and what is told, in one transaction. When the
/// lease is gone nothing is stored: the new holder repeats the key, or looks again, and hears the same.
/// </summary>
internal sealed class PayoutAnswers(PayoutPolicy policy)
{
    /// <param name="step">What follows from Stripe's answer; not a sending.</param>
    /// <returns>True when there may be more to do at once.</returns>
    public async Task<bool> Store(PayoutLease claim, PayoutAttempt attempt, RequestStep step, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        await tx.LockPlayer(claim.PlayerId);
        if (await tx.LockClaimed(claim) is not { } payout) return false;
        switch (step)
        {
            case RequestStep.Close { Answer: StripeCallAnswer.Success { Made: TransferFacts transfer } success }:
                await tx.CommitTransfer(contest, payout, attempt, transfer, success.Adopted);
                return false;
            case RequestStep.Close { Answer: StripeCallAnswer.Gone }:
                await tx.CloseAttempt(attempt, AttemptOutcome.Absent, "Stripe has no transfer of this payout", null);
                return true;
            case RequestStep.Close { Answer: StripeCallAnswer.Refused refused }:
                await Refused(contest, payout, attempt, refused, tx);
                return false;
            case RequestStep.Hold hold:
                await tx.CloseAttempt(attempt, AttemptOutcome.Mismatch, hold.Reason, null);
                await tx.HoldPayout(contest, payout, hold.Reason);
                return false;
            case RequestStep.Later later:
                await Later(contest, payout, attempt, later, tx);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Stripe has not made what was asked, and a halt says that it is not asked again: the attempt stays open, with its key, and
    /// is looked up from time to time.
    /// </summary>
    public async Task Halted(PayoutLease claim, Halt halt, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        if (await tx.LockClaimed(claim) is not { } payout) return;
        await tx.ChangePayout(contest, payout, payout.State, $"halted by {halt.HaltedBy}: {halt.Reason}",
            dueAt: tx.Now + policy.Pause(1, payout.PayoutId));
    }

    /// <summary>Nothing was sent; the payout returns soon, or after minutes when the API key may not read.</summary>
    public async Task PutOff(PayoutLease claim, KeyFault? key, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        if (await tx.LockClaimed(claim) is not { } payout) return;
        await tx.ChangePayout(contest, payout, payout.State, payout.Reason,
            dueAt: tx.Now + (key is KeyFault.NotAllowed ? policy.Pause(1, payout.PayoutId) : policy.SoonPause(payout.PayoutId)));
    }

    private async Task Refused(
        PayingContest contest, PayoutRecord payout, PayoutAttempt attempt, StripeCallAnswer.Refused refused, Tx tx)
    {
        switch (refused.Of)
        {
            case RefusalOf.Request:
                await tx.CloseAttempt(attempt, AttemptOutcome.Refused, refused.What, null);
                await tx.ChangePayout(contest, payout, PayoutState.Pending, refused.What, dueAt: tx.Now);
                break;
            case RefusalOf.Funds:
                await tx.CloseAttempt(attempt, AttemptOutcome.Unfunded, refused.What, null);
                await tx.ChangePayout(
                    contest, payout, PayoutState.AwaitingFunds, refused.What, dueAt: tx.Now + policy.Pause(1, payout.PayoutId));
                var alert = $"platform-balance-short/{tx.Now.UtcDateTime:yyyy-MM-dd}";
                if (await tx.ClaimAlert(alert)) tx.Alert(PayoutAlerts.BalanceShort(alert, payout, refused.What));
                break;
            case RefusalOf.Account:
                await tx.CloseAttempt(attempt, AttemptOutcome.Account, refused.What, null);
                await tx.HintAccount(attempt.Destination);
                await tx.ChangePayout(contest, payout, PayoutState.AwaitingAccount, refused.What, dueAt: tx.Now);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static async Task Later(
        PayingContest contest, PayoutRecord payout, PayoutAttempt attempt, RequestStep.Later later, Tx tx)
    {
        var since = later.IsLookUp ? attempt.LookUpSince ?? tx.Now : (DateTimeOffset?)null;
        await tx.NoteAnswer(attempt, later.What, later.Counts, since);
        await tx.ChangePayout(contest, payout, payout.State, payout.Reason, dueAt: tx.Now + later.Pause);
        if (later.Alerts)
            tx.Alert(PayoutAlerts.Unknown(payout, attempt, later.What));
        if (since is { } first && UnansweredLookUp.IsTold(first, tx.Now))
            tx.Alert(PayoutAlerts.LookUpUnanswered(payout.PayoutId, attempt, first, later.What));
    }
}
