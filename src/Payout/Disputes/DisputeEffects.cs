using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Disputes;

/// <summary>
/// What follows from a dispute, payout by payout in transactions of their own, each of which may be done before: open freezes the
/// player's unpaid payouts, won lets them go, lost forfeits what the disputed entry won. The contest itself never changes.
/// </summary>
public sealed class DisputeEffects([FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe)
{
    private const string ByStripe = "stripe";

    /// <returns>False when something has to be waited for; it is asked for again.</returns>
    public async Task<bool> Apply(DisputeFacts dispute, CancellationToken ct)
    {
        var done = dispute.Phase switch
        {
            DisputePhase.Inquiry => true,
            DisputePhase.Open => await Freeze(dispute, ct),
            DisputePhase.Won => await Release(dispute, ct),
            DisputePhase.Lost => await Forfeit(dispute, ct) && await Release(dispute, ct),
            _ => throw new UnreachableException(),
        };
        return done && await database.Run(tx => Finish(dispute, tx), ct);
    }

    private async Task<bool> Freeze(DisputeFacts dispute, CancellationToken ct)
    {
        if (dispute.PlayerId is null) return true;
        foreach (var payoutId in await database.Run(tx => tx.PayoutsToFreeze(dispute.PlayerId, dispute.DisputeId), ct))
        {
            await database.Run(
                async tx =>
                {
                    // With its player locked: the bank may have decided while the payout was waited for.
                    if (await tx.LockPayout(payoutId) is { } locked && await tx.IsOpen(dispute.DisputeId))
                        await tx.Hold(locked.Contest, locked.Payout, HoldCause.Dispute, dispute.DisputeId,
                            $"dispute {dispute.DisputeId} is open");
                }, ct);
        }

        return true;
    }

    /// <summary>Until none is left: what took the place of one that was waited for has taken its hold over.</summary>
    private async Task<bool> Release(DisputeFacts dispute, CancellationToken ct)
    {
        while (await database.Run(tx => tx.PayoutsFrozenBy(dispute.DisputeId), ct) is { Count: > 0 } frozen)
        {
            foreach (var payoutId in frozen)
            {
                await database.Run(
                    async tx =>
                    {
                        var locked = await tx.LockPayout(payoutId) ?? throw new InvariantException($"payout {payoutId} is gone");
                        await tx.ReleaseHold(locked.Contest, locked.Payout, HoldCause.Dispute, dispute.DisputeId, ByStripe);
                    }, ct);
            }
        }

        return true;
    }

    /// <summary>
    /// A disputed deposit is taken out of the wallet. Prizes of a contest that is not posted yet are forfeited when it is
    /// (<see cref="Forfeits.ForfeitLost"/>).
    /// </summary>
    /// <returns>False while Stripe has not answered about a payout: then it is not known yet whether there is something to take
    /// back.</returns>
    private async Task<bool> Forfeit(DisputeFacts dispute, CancellationToken ct)
    {
        if (dispute.PlayerId is null) return true;
        if (dispute.ContestId is null || dispute.EntryId is null) return await database.ForfeitDeposit(dispute, ct);
        var all = true;
        foreach (var prize in await database.Run(
            tx => tx.DisputedPrizes(dispute.DisputeId, dispute.ContestId, dispute.EntryId, dispute.PlayerId), ct))
        {
            all &= await database.Run(tx => Forfeits.Forfeit(prize, tx), ct) switch
            {
                ClawbackStep.Wait => false,
                ClawbackStep.TakeBack back =>
                    await AskReversal.Of(prize, back, database, stripe, ct) == ReversalAsked.Stored,
                _ => true,
            };
        }

        return all;
    }

    private static async Task<bool> Finish(DisputeFacts dispute, Tx tx)
    {
        if (!await tx.MarkApplied(dispute)) return false;
        // Decided once more and otherwise, it is told once more.
        var words = $"dispute-{dispute.Phase}/{dispute.DisputeId}/{dispute.AppliedNo + 1}";
        tx.Alert(DisputeAlerts.Changed(dispute, words));
        if (dispute.PlayerId is null || dispute.Phase == DisputePhase.Inquiry) return true;
        tx.NotifyPlayer(
            words, dispute.Phase == DisputePhase.Open ? NotificationKinds.DisputeOpened : NotificationKinds.DisputeClosed,
            dispute.PlayerId, dispute.DisputeId, dispute.ContestId, dispute.AmountMinor, dispute.Currency,
            new Dictionary<string, string> { ["reason"] = dispute.Phase });
        return true;
    }
}
