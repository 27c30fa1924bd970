using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Sending;

/// <summary>
/// Stores what Stripe said of a payout's transfer: its state, its ledger line and what is told, in one transaction.
/// </summary>
internal sealed class PayoutAnswers(PayoutPolicy policy)
{
    /// <summary>Stores what a look-up came to. When the lease is gone, nothing is: the new holder looks again.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public async Task<bool> Store(PayoutLease claim, PayoutAttempt attempt, LookUpResult found, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        if (await tx.LockClaimed(claim) is not { } payout) return false;
        switch (found)
        {
            case LookUpResult.Found { Made: TransferFacts transfer }:
                await tx.CommitTransfer(contest, payout, attempt, transfer, adopted: true);
                return false;
            case LookUpResult.FoundNone:
                await tx.CloseAttempt(attempt, AttemptOutcome.Absent, "Stripe has no transfer of this payout", null);
                return true;
            case LookUpResult.Unexplained unexplained:
                await tx.CloseAttempt(attempt, AttemptOutcome.Mismatch, unexplained.What, null);
                await tx.HoldPayout(contest, payout, unexplained.What);
                return false;
            case LookUpResult.AskAgain again:
                await Later(claim, attempt, again, tx);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Stripe does not say what became of an attempt: it is asked again, and nothing is sent meanwhile.</summary>
    public async Task Later(PayoutLease claim, PayoutAttempt attempt, LookUpResult.AskAgain again, Tx tx)
    {
        var since = attempt.LookUpSince ?? tx.Now;
        await Later(claim, attempt, again.Reason, true, tx, again.Key, since);
        if (UnansweredLookUp.IsTold(since, tx.Now))
            tx.Alert(PayoutAlerts.LookUpUnanswered(claim.PayoutId, attempt, since, again.Reason));
    }

    /// <summary>
    /// Stores what Stripe said. When the lease is gone, nothing is: the new holder repeats the key and hears the same.
    /// </summary>
    public async Task Store(PayoutLease claim, PayoutAttempt attempt, StripeAnswer answer, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        await tx.LockPlayer(claim.PlayerId);
        if (await tx.LockClaimed(claim) is not { } payout) return;
        switch (answer)
        {
            case StripeAnswer.Success success:
                await tx.CommitTransfer(contest, payout, attempt, success.Transfer, adopted: false);
                break;
            case StripeAnswer.Refused refused:
                await tx.CloseAttempt(attempt, AttemptOutcome.Refused, refused.What, null);
                await tx.ChangePayout(contest, payout, PayoutState.Pending, refused.What, dueAt: tx.Now);
                break;
            case StripeAnswer.InsufficientFunds unfunded:
                await tx.CloseAttempt(attempt, AttemptOutcome.Unfunded, unfunded.What, null);
                await tx.ChangePayout(
                    contest, payout, PayoutState.AwaitingFunds, unfunded.What, dueAt: tx.Now + policy.Pause(1, payout.PayoutId));
                var alert = $"platform-balance-short/{tx.Now.UtcDateTime:yyyy-MM-dd}";
                if (!await tx.ClaimAlert(alert)) break;
                tx.Alert(PayoutAlerts.BalanceShort(alert, payout, unfunded.What));
                break;
            case StripeAnswer.AccountNotReady notReady:
                await tx.CloseAttempt(attempt, AttemptOutcome.Account, notReady.What, null);
                await tx.HintAccount(attempt.Destination);
                await tx.ChangePayout(contest, payout, PayoutState.AwaitingAccount, notReady.What, dueAt: tx.Now);
                break;
            case StripeAnswer.KeyConflict conflict:
                await tx.CloseAttempt(attempt, AttemptOutcome.Mismatch, conflict.What, null);
                await tx.HoldPayout(contest, payout, conflict.What);
                break;
            case StripeAnswer.Unknown unknown:
                await Later(claim, attempt, unknown.What, true, tx);
                break;
            case StripeAnswer.RetryLater busy:
                await Later(claim, attempt, busy.What, false, tx, busy.Key);
                break;
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

    /// <param name="counts">False: Stripe did not take the request up, so it returns as if it had not been sent; soon, unless the
    /// key may not make it.</param>
    public async Task Later(
        PayoutLease claim, PayoutAttempt? attempt, string what, bool counts, Tx tx, KeyFault? key = null,
        DateTimeOffset? lookUpSince = null)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        if (await tx.LockClaimed(claim) is not { } payout) return;
        if (attempt is not null) await tx.NoteAnswer(attempt, what, counts, lookUpSince);
        var answers = (attempt?.UnknownAnswers ?? 0) + 1;
        var pause = counts || key is KeyFault.NotAllowed
            ? policy.Pause(answers, payout.PayoutId) : policy.SoonPause(payout.PayoutId);
        await tx.ChangePayout(contest, payout, payout.State, payout.Reason, dueAt: tx.Now + pause);
        if (counts && answers == policy.Retries.Count + 1)
            tx.Alert(PayoutAlerts.Unknown(payout, attempt!, what));
    }
}
