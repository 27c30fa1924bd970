using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Corrections;

/// <summary>
/// Takes back what a correction reduced, part by part in transactions of their own: what is not paid yet shrinks, what was paid
/// is reversed at Stripe as far as the player's account holds it, and the rest is a loss of the house.
/// </summary>
public sealed class ReductionEffects([FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe)
    : IRereads
{
    public const int PartsMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        return await (await database.Run(tx => tx.DueParts(PartsMax), ct)).Reread(async part =>
        {
            if (asked.Contains(part.PlayerId)) return false;
            var step = await database.Run(tx => tx.Reduce(part), ct);
            if (step is not ForfeitStep.TakeBack back) return step is not ForfeitStep.Wait;
            asked.Add(part.PlayerId);
            return await TakeBack(part, back, ct);
        });
    }

    /// <returns>False when Stripe does not say now what the account holds.</returns>
    private async Task<bool> TakeBack(ReductionPart part, ForfeitStep.TakeBack back, CancellationToken ct)
    {
        var paid = await database.Run(tx => tx.PaidPayout(back.PayoutId), ct);
        var look = await ConnectedBalance.Reversible(stripe, paid, part.Currency, back.AmountMinor, ct);
        if (look.Amount is not { } now)
        {
            if (!stripe.IsSilent) await database.Run(tx => look.AskAgain(tx, back.PayoutId, at => tx.PartAt(part, at)), ct);
            return false;
        }

        await database.Run(
            tx => Ask(part, back,
                new CorrectionToTakeBack(back.PayoutId, paid.TransferId, now.AmountMinor, part, IsBlind: now.IsBlind), tx), ct);
        return true;
    }

    private static async Task Ask(ReductionPart part, ForfeitStep.TakeBack back, CorrectionToTakeBack wanted, Tx tx)
    {
        // Something else may have been taken of it since.
        if (await tx.Reduce(part) != back || await tx.LockPart(part) is not { } due) return;
        await BalanceLook.WasShown(tx, back.PayoutId);
        var lines = due.FeeLines();
        if (wanted.AmountMinor > 0)
        {
            await tx.FinishPart(part, "asked", callKey: part.CallKey);
            await tx.Call(wanted.ToCall());
        }
        else
        {
            await tx.FinishPart(part, "lost");
        }

        if (wanted.AmountMinor < back.AmountMinor)
        {
            lines.AddRange(wanted.LossLines(ReversalShort.AtFirst, back.AmountMinor - wanted.AmountMinor));
            wanted.TellLoss(
                ReversalShort.AtFirst, $"the player's account at Stripe holds {wanted.AmountMinor} of {back.AmountMinor}", tx);
        }

        await tx.Post(lines);
    }
}

/// <summary>Decides about one part and does what needs no Stripe.</summary>
public static class Reducing
{
    /// <returns>What it came to. To take back what was paid is the caller's, outside any transaction.</returns>
    public static async Task<ForfeitStep> Reduce(this Tx tx, ReductionPart part)
    {
        if (await tx.LockLatestPayout(part.ContestId, part.AwardRevision, part.PlayerId) is not { } locked)
            return new ForfeitStep.Wait();
        if (await tx.LockPart(part) is not { } due) return new ForfeitStep.Nothing();
        var payoutId = locked.Payout.PayoutId;
        var step = ForfeitPrize.Decide(
            due.EffectiveMinor, locked.Payout, await tx.Attempts(payoutId), await tx.ReversedMinor(payoutId));
        if (step is ForfeitStep.TakeBack && await tx.IsBeingTakenBack(part.PlayerId)) step = new ForfeitStep.Wait();
        if (step is ForfeitStep.Replace && await tx.MayHaveGone(payoutId)) step = new ForfeitStep.Wait();
        switch (step)
        {
            case ForfeitStep.Replace replace:
                await tx.Replace(due, locked, replace);
                break;
            case ForfeitStep.Tell:
                await tx.FinishPart(part, "told");
                tx.Alert(CorrectionAlerts.Stuck(part, payoutId, due.EffectiveMinor));
                break;
            case ForfeitStep.Nothing:
                await tx.FinishPart(part, "none");
                await tx.Post(due.FeeLines());
                break;
            case ForfeitStep.Wait:
                await tx.PartLater(part);
                break;
            case ForfeitStep.TakeBack:
                break;
            default:
                throw new UnreachableException();
        }

        return step;
    }

    /// <summary>
    /// In the transaction that would begin a payout: what corrections are known to take of it is taken before it leaves, not got
    /// back from its player afterwards. Nothing has to be waited for: no attempt of such a payout is open, so that it shrinks
    /// here and now.
    /// </summary>
    /// <returns>True: the payout does not go; what is left of it is another one.</returns>
    public static async Task<bool> ReduceFirst(this Tx tx, PayoutRecord payout)
    {
        foreach (var part in await tx.OpenParts(payout))
            if (await tx.Reduce(part) is not ForfeitStep.Nothing) return true;
        return false;
    }

    /// <summary>The fee on the whole reduction of the entry; a second part of it finds the line posted.</summary>
    public static List<LedgerLine> FeeLines(this DuePart due) => due.FeeMinor == 0
        ? [] : [ReductionLines.Fee(due.Part.ContestId, due.Part.Revision, due.Part.EntryId, due.Part.Currency, due.FeeMinor)];

    private static async Task Replace(this Tx tx, DuePart due, LockedPayout locked, ForfeitStep.Replace replace)
    {
        var (contest, payout) = locked;
        var part = due.Part;
        var reason =
            $"the result was corrected (revision {part.Revision}): {replace.VoidMinor} of the prize of entry {part.EntryId} "
                + $"are taken back";
        if (replace.LeftMinor > 0) contest = await tx.Derive(contest, payout, replace.LeftMinor, due.VoidNo + 1);
        await tx.ChangePayout(contest, payout, PayoutState.Rejected, reason);
        await tx.InsertVoid(new PrizePlace(part.ContestId, part.AwardRevision, part.EntryId), due.VoidNo + 1, payout.PayoutId,
            replace.VoidMinor, "corrected");
        await tx.FinishPart(part, "voided", replace.VoidMinor);
        await tx.Audit(new AuditEntry(
            "system", "prize-corrected", part.EntryId, part.ContestId, part.PlayerId, payout.PayoutId, reason,
            $"left {replace.LeftMinor}"));
        await tx.Post([ReductionLines.Back(part, part.Words, payout.PayoutId, replace.VoidMinor), .. due.FeeLines()]);
    }
}
