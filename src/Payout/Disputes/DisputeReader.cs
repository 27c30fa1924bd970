using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Disputes;

/// <summary>
/// Reads again the disputes that events hinted at, books what Stripe moved, and sees to it that what follows is done.
/// </summary>
public sealed class DisputeReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, DisputeEffects effects,
    TimeProvider clock) : IRereads
{
    public const int DisputesMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var read = 0;
        foreach (var stale in await database.Run(tx => tx.StaleDisputes(DisputesMax), ct))
        {
            var answer = await Read(stale, ct);
            if (answer is StripeAnswer.Found { Object: DisputeReading reading })
            {
                if (await database.OrPassOver(
                    () => database.Run(tx => Save(reading, tx), ct), "dispute", stale.DisputeId,
                    (at, tx) => tx.ReadDisputeAt(stale, at), ct)) read++;
                continue;
            }

            if (stripe.IsSilent) break;
            await database.Run(tx => tx.NotRead("dispute", stale.DisputeId, answer, at => tx.ReadDisputeAt(stale, at)), ct);
        }

        return read
            + await (await database.Run(tx => tx.UnappliedDisputes(DisputesMax), ct)).Reread(dispute =>
                effects.Apply(dispute, ct));
    }

    /// <summary>
    /// The dispute, and what the metadata of its payment say it was for: a hint, without which it is read all the same.
    /// </summary>
    /// <returns>Found with a <see cref="DisputeReading"/>, or why not.</returns>
    private async Task<StripeAnswer> Read(StaleDispute stale, CancellationToken ct)
    {
        var readAt = clock.GetUtcNow();
        var answer = await stripe.Look(
            "disputes.get",
            async (client, token) => await new DisputeService(client).GetAsync(stale.DisputeId, cancellationToken: token), ct);
        if (answer is not StripeAnswer.Found { Object: Dispute dispute }) return answer;
        Dictionary<string, string>? words = null;
        if (dispute.PaymentIntentId is { } intentId)
        {
            var payment = await stripe.Look(
                "payment_intents.get",
                async (client, token) => await new PaymentIntentService(client).GetAsync(intentId, cancellationToken: token), ct);
            words = (payment as StripeAnswer.Found)?.Object is PaymentIntent intent ? intent.Metadata : null;
        }

        return new StripeAnswer.Found(new DisputeReading(
            dispute.Id, dispute.ChargeId, dispute.PaymentIntentId, words?.GetValueOrDefault("contest_id"),
            words?.GetValueOrDefault("entry_id"), words?.GetValueOrDefault("player_id"), dispute.Amount, dispute.Currency,
            dispute.Reason ?? "", dispute.Status,
            [.. (dispute.BalanceTransactions ?? []).Select(t => new DisputeMovement(t.Id, t.Amount, t.Fee, t.Currency))], readAt,
            stale));
    }

    /// <summary>
    /// The player and the player's wallets are locked: a payout that is about to begin, or a stake that is about to be taken,
    /// sees the dispute or is seen by it. A reading that another process
    /// stored meanwhile may be the newer one; if that one covers less than is known by now, the dispute stays to be read.
    /// </summary>
    /// <returns>False when another one was stored.</returns>
    private static async Task<bool> Save(DisputeReading read, Tx tx)
    {
        await tx.WasRead("dispute", read.DisputeId);
        var paid = await tx.EntryPaidBy(read.PaymentIntentId, read.ChargeId);
        if ((await tx.PlayerOfDispute(read.DisputeId) ?? paid?.PlayerId) is { } player)
        {
            await tx.LockPlayer(player);
            await tx.LockWalletsOf(player);
        }

        if (await tx.SaveDispute(read, paid) is not { } saved) return false;
        if (saved.PlayerId is null) tx.Alert(DisputeAlerts.Unknown(read));
        else TellOwner(read, saved, tx);
        var lines = DisputeLines.Of(read, saved.BookedUnder, await tx.LossBooked(read, saved.BookedUnder));
        if (saved.RecoveredMinor > read.LostMinor(read.Currency))
        {
            var unneededMinor = saved.RecoveredMinor - read.LostMinor(read.Currency);
            await tx.AddRecovered(read.DisputeId, -unneededMinor);
            lines.Add(DisputeLines.Unneeded(read, saved.ContestId ?? saved.BookedUnder, unneededMinor));
        }

        await tx.Post(lines);
        return true;
    }


    /// <summary>
    /// Whose fee is disputed stays as it was first known: whoever may edit metadata at Stripe frees nobody's payouts, and
    /// forfeits nobody's prize.
    /// </summary>
    private static void TellOwner(DisputeReading read, SavedDispute saved, Tx tx)
    {
        tx.ResolveAlert(
            DisputeAlerts.UnknownKey(read),
            saved.EntryId is null ? $"it is about a deposit of player {saved.PlayerId}"
                : $"it is about entry {saved.EntryId} of player {saved.PlayerId} in contest {saved.ContestId}");
        if (saved.IsAbout(read)) return;
        tx.Alert(DisputeAlerts.OwnerEdited(read, saved));
    }
}
