using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Risk;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Sending;

/// <summary>
/// Takes one claimed payout as far as it will go: asks what is next, does it, stores the result, asks again. Between two
/// transactions it may die at any point; whoever claims the payout next asks the same question of the same rows.
/// </summary>
public sealed class PayoutDispatch(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, PlatformBalance balance,
    PayoutOptions options, TimeProvider clock)
{
    /// <summary>Steps of one claim; a payout needs four.</summary>
    public const int StepsMax = 12;

    private readonly PayoutAnswers answers = new(options.Policy);

    public async Task Advance(PayoutLease claim, CancellationToken ct)
    {
        var trace = Telemetry.IsTraced
            ? await database.Run(tx => tx.TraceOf(PayoutTraces.Of(claim.ContestId, claim.Revision)), ct) : null;
        using var span = PayoutTraces.Begin(claim, trace);
        for (var i = 0; i < StepsMax; i++)
        {
            var next = await database.Run(tx => DecideAndStore(claim, tx), ct);
            if (next is not { } step || !await Call(claim, step.Payout, step.Step, ct)) return;
        }

        // Events about the account came as fast as it was read: nothing was sent, and it goes on in a moment.
        await database.Run(tx => answers.PutOff(claim, null, tx), ct);
    }

    /// <summary>Decides on locked rows; steps that need no network are stored here, in the same transaction.</summary>
    /// <returns>Null when the payout is at rest, waits, or belongs to somebody else by now.</returns>
    private async Task<(PayoutRecord Payout, PayoutStep Step)?> DecideAndStore(PayoutLease claim, Tx tx)
    {
        var contest = await tx.LockContest(claim.ContestId, claim.Revision);
        await tx.LockPlayer(claim.PlayerId);
        if (await tx.LockClaimed(claim) is not { } payout) return null;
        var recovery = await tx.OpenRecovery();
        if (recovery is { State: RecoveryState.Stopped }) return null; // claimed before the stop; the lease passes
        var attempts = await tx.Attempts(payout.PayoutId);
        var account = await tx.AccountOf(payout.PlayerId);
        var step = NextPayoutStep.Decide(payout, attempts, account, tx.Now, options.Policy,
            contest.OwedSince ?? throw new InvariantException($"contest {claim.ContestId} has payouts and was not settled"),
            isRecovering: recovery is not null, await tx.ForgivenUpTo(payout.PayoutId),
            isHalted: (await tx.HaltsOf(payout.PayoutId)).Count > 0,
            mayHaveGone: recovery is not null && await tx.MayHaveGone(payout.PayoutId));
        switch (step)
        {
            case PayoutStep.Rest:
                await tx.ChangePayout(contest, payout, payout.State, payout.Reason);
                return null;
            case PayoutStep.Wait wait:
                await tx.ChangePayout(contest, payout, payout.State, payout.Reason, dueAt: wait.Until);
                return null;
            case PayoutStep.AwaitAccount wait:
                await tx.ChangePayout(
                    contest, payout, PayoutState.AwaitingAccount, wait.Reason, dueAt: tx.Now + options.Policy.AccountSweep);
                await tx.AskForAccount(payout, account);
                return null;
            case PayoutStep.Fail fail:
                await tx.ChangePayout(contest, payout, PayoutState.Failed, fail.Reason);
                tx.Alert(PayoutAlerts.Failed(payout, fail.Reason));
                if (PayoutSource.IsWithdrawal(payout.ContestId)) await tx.ReturnWithdrawal(payout, fail.Reason);
                return null;
            case PayoutStep.Hold hold:
                await tx.HoldPayout(contest, payout, hold.Reason);
                return null;
            case PayoutStep.Begin when await IsHeld(payout, tx):
                await tx.ShowHolds(contest, payout);
                return null;
            case PayoutStep.Begin
                when recovery is null
                    ? await Reducing.ReduceFirst(payout, tx)
                    : await tx.ShrinkInRecovery(contest, payout, options.Policy.SoonPause(payout.PayoutId)):
                return null;
            case PayoutStep.Begin begin:
                if (await balance.MustWait(payout, tx))
                {
                    await tx.ChangePayout(
                        contest, payout, PayoutState.AwaitingFunds,
                        "the platform's balance does not reach as far; older payouts come first",
                        dueAt: tx.Now + options.Policy.Pause(1, payout.PayoutId));
                    return null;
                }

                if (!await tx.MayGo(contest, payout, options.Risk)) return null;
                return (await Begin(contest, payout, begin.Attempt, PayoutState.Submitting, null, tx), begin);
            case PayoutStep.Seek seek:
                return (await Begin(contest, payout, seek.Attempt, payout.State, payout.Reason, tx),
                    new PayoutStep.LookUp(seek.Attempt, SendWhenAbsent: false, seek.Since));
            case PayoutStep.Send or PayoutStep.LookUp or PayoutStep.ReadAccount:
                return (payout, step);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The attempt is committed before Stripe hears of it.</summary>
    /// <returns>The payout as it is from then on, under its lease.</returns>
    private async Task<PayoutRecord> Begin(
        PayingContest contest, PayoutRecord payout, PayoutAttempt attempt, PayoutState state, string? reason, Tx tx)
    {
        var leaseUntil = tx.Now.AddSeconds(options.LeaseSeconds);
        await tx.InsertAttempt(attempt);
        await tx.ChangePayout(contest, payout, state, reason, dueAt: tx.Now, leaseUntil: leaseUntil);
        return payout with { State = state, LeaseUntil = leaseUntil };
    }

    /// <summary>In the transaction that would begin an attempt: whatever holds the payout now is written down.</summary>
    private static async Task<bool> IsHeld(PayoutRecord payout, Tx tx)
    {
        await tx.HoldForHalts(payout);
        return await tx.HoldForDisputes(payout) || await tx.HoldForCancellation(payout)
            || (await tx.OpenHolds(payout.PayoutId)).Count > 0;
    }

    /// <summary>The network, outside any transaction.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    private async Task<bool> Call(PayoutLease claim, PayoutRecord payout, PayoutStep step, CancellationToken ct)
    {
        switch (step)
        {
            case PayoutStep.Begin { LooksSince: { } since } begin:
                return await LookUp(
                    claim, payout, new PayoutStep.LookUp(begin.Attempt, SendWhenAbsent: true, since), isFirst: true, ct);
            case PayoutStep.Begin begin:
                await Send(claim, payout, begin.Attempt, isFirst: true, ct);
                return false;
            case PayoutStep.Send send:
                await Send(claim, payout, send.Attempt, isFirst: false, ct);
                return false;
            case PayoutStep.LookUp lookUp:
                return await LookUp(claim, payout, lookUp, isFirst: false, ct);
            case PayoutStep.ReadAccount read:
                var answer = await stripe.ReadAccount(read.AccountId, ct);
                if (answer is StripeAnswer.Account shown)
                {
                    await database.Run(tx => AccountReader.Save(shown.Reading, read.Hints, tx), ct);
                    return true;
                }

                await database.Run(tx => answers.PutOff(claim, (answer as StripeAnswer.RetryLater)?.Key, tx), ct);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    /// <param name="isFirst">The key was never sent before; else nobody knows what became of it then.</param>
    private async Task Send(PayoutLease claim, PayoutRecord payout, PayoutAttempt attempt, bool isFirst, CancellationToken ct)
    {
        var key = attempt.Use(mayHaveBeenSent: !isFirst);
        var answer = await stripe.Send(
            payout, attempt, key.SendBefore(payout.LeaseUntil ?? clock.GetUtcNow(), options), ct);
        var step = NextRequestStep.AfterSending(key, answer, options.Policy);
        await database.Run(tx => answers.Store(claim, attempt, step, tx), ct);
    }

    private async Task<bool> LookUp(
        PayoutLease claim, PayoutRecord payout, PayoutStep.LookUp step, bool isFirst, CancellationToken ct)
    {
        var found = await stripe.LookUp(payout, step.Attempt.Destination, step.Since, ct);
        if (found is LookUpResult.Found { Made: TransfersShown shown })
            found = await database.Run(async tx => FindTransfer.Decide(payout, shown, await tx.KnownOf(shown.All)), ct);
        var (key, policy) = (step.Attempt.Use(mayHaveBeenSent: !isFirst), options.Policy);
        var next = NextRequestStep.AfterLookUp(key, found, step.SendWhenAbsent, policy);
        if (next is RequestStep.Send)
        {
            if (await database.Run(tx => tx.HaltsOf(payout.PayoutId), ct) is [var halt, ..])
            {
                await database.Run(tx => answers.Halted(claim, halt, tx), ct);
                return false;
            }

            if (!await database.Run(tx => tx.ShrinksInRecovery(payout), ct))
            {
                await Send(claim, payout, step.Attempt, isFirst, ct);
                return false;
            }

            // What is left of it will be another payout: this one ends as absent.
            next = NextRequestStep.AfterLookUp(key, found, sendWhenAbsent: false, policy);
        }

        return await database.Run(tx => answers.Store(claim, step.Attempt, next, tx), ct);
    }
}
