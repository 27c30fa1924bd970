using System.Diagnostics;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
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
            var step = await database.Run(tx => Reducing.Reduce(part, tx), ct);
            if (step is not ClawbackStep.TakeBack back) return step is not ClawbackStep.Wait;
            asked.Add(part.PlayerId);
            return await AskReversal.Of(new PaidPart(part), back, database, stripe, ct) != ReversalAsked.NotShown;
        });
    }

    /// <summary>A part of a prize that was paid.</summary>
    private sealed record PaidPart(ReductionPart Part) : IPaidPrize
    {
        public string Currency => Part.Currency;

        public Task<ClawbackStep> Decide(Tx tx) => Reducing.Reduce(Part, tx);

        public Task PutOff(DateTimeOffset at, Tx tx) => tx.PartAt(Part, at);

        public IWantedReversal Wanted(string payoutId, string transferId, AmountToReverse amount) =>
            new CorrectionToTakeBack(payoutId, transferId, amount.AmountMinor, Part, IsBlind: amount.IsBlind);

        public async Task<IReadOnlyList<LedgerLine>?> Begin(IWantedReversal wanted, Tx tx)
        {
            if (await tx.LockPart(Part) is not { } due) return null;
            if (wanted.AmountMinor > 0) await tx.FinishPart(Part, "asked", callKey: Part.CallKey);
            else await tx.FinishPart(Part, "lost");
            return due.FeeLines();
        }
    }
}

/// <summary>A part as it stands now.</summary>
/// <param name="EffectiveMinor">
/// What of it the winner still holds or is owed beyond the corrected prize, pro rata of a refunded fee, or beyond nothing when
/// the fee was disputed and lost; the rest went back before.
/// </param>
/// <param name="FeeMinor">Of the whole reduction of the entry.</param>
/// <param name="VoidNo">How many times something of the award was voided or told of.</param>
public sealed record DuePart(ReductionPart Part, long EffectiveMinor, long FeeMinor, int VoidNo) : IClawback
{
    PrizePlace IClawback.Prize => new(Part.ContestId, Part.AwardRevision, Part.EntryId);

    string IClawback.PlayerId => Part.PlayerId;

    long IClawback.WantedMinor => EffectiveMinor;

    bool IClawback.ReversesPaid => true;

    string? IClawback.DisputeId => null;

    string IClawback.VoidOutcome => "corrected";

    string IClawback.AuditAction => "prize-corrected";

    string IClawback.Why(long voidMinor) =>
        $"the result was corrected (revision {Part.Revision}): {voidMinor} of the prize of entry {Part.EntryId} are taken back";

    /// <summary>The fee on the whole reduction of the entry; a second part of it finds the line posted.</summary>
    public List<LedgerLine> FeeLines() => FeeMinor == 0
        ? [] : [ReductionLines.Fee(Part.ContestId, Part.Revision, Part.EntryId, Part.Currency, FeeMinor)];
}

/// <summary>Decides about one part and does what needs no Stripe.</summary>
public static class Reducing
{
    /// <returns>What it came to. To take back what was paid is the caller's, outside any transaction.</returns>
    public static async Task<ClawbackStep> Reduce(ReductionPart part, Tx tx)
    {
        if (await tx.LockLatestPayout(part.ContestId, part.AwardRevision, part.PlayerId) is not { } locked)
            return new ClawbackStep.Wait();
        if (await tx.LockPart(part) is not { } due) return new ClawbackStep.Nothing();
        var payoutId = locked.Payout.PayoutId;
        var step = await UnpaidPrizes.Decide(due, locked.Payout, tx);
        switch (step)
        {
            case ClawbackStep.Replace replace:
                await tx.FinishPart(part, "voided", replace.VoidMinor);
                await UnpaidPrizes.Replace(
                    due, locked, replace,
                    [ReductionLines.Back(part, part.Words, payoutId, replace.VoidMinor), .. due.FeeLines()], tx);
                break;
            case ClawbackStep.Tell:
                await tx.FinishPart(part, "told");
                tx.Alert(CorrectionAlerts.Stuck(part, payoutId, due.EffectiveMinor));
                break;
            case ClawbackStep.Nothing:
                await tx.FinishPart(part, "none");
                await tx.Post(due.FeeLines());
                break;
            case ClawbackStep.Wait:
                await tx.PartLater(part);
                break;
            case ClawbackStep.TakeBack:
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
    public static async Task<bool> ReduceFirst(PayoutRecord payout, Tx tx)
    {
        foreach (var part in await tx.OpenParts(payout))
            if (await Reduce(part, tx) is not ClawbackStep.Nothing) return true;
        return false;
    }
}
