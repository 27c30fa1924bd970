using System.Diagnostics;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>What an entry won whose fee was disputed and lost: that prize, and none of the player's other entries'.</summary>
/// <param name="LeftMinor">Of the net prize: what no refund has voided before.</param>
/// <param name="VoidNo">How many times something of it was voided or told of.</param>
public sealed record DisputedPrize(
    string DisputeId, string ContestId, int Revision, string EntryId, string PlayerId, string Currency, long LeftMinor,
    int VoidNo) : IClawback, IPaidPrize
{
    PrizePlace IClawback.Prize => new(ContestId, Revision, EntryId);

    long IClawback.WantedMinor => LeftMinor;

    bool IClawback.ReversesPaid => true;

    string IClawback.VoidOutcome => "voided";

    string IClawback.AuditAction => "payout-voided";

    string IClawback.Why(long voidMinor) => $"dispute {DisputeId} was lost: {voidMinor} of the prize are forfeited";

    Task<ClawbackStep> IPaidPrize.Decide(Tx tx) => Forfeits.Forfeit(this, tx);

    Task IPaidPrize.PutOff(DateTimeOffset at, Tx tx) => tx.ApplyDisputeAt(DisputeId, at);

    IWantedReversal IPaidPrize.Wanted(string payoutId, string transferId, AmountToReverse amount) =>
        new ReversalToMake(payoutId, transferId, amount.AmountMinor, Currency, DisputeId, IsBlind: amount.IsBlind);

    async Task<IReadOnlyList<LedgerLine>?> IPaidPrize.Begin(IWantedReversal wanted, Tx tx) =>
        await tx.AskReversal((ReversalToMake)wanted, wanted.AmountMinor > 0 ? "asked" : "refused") ? [] : null;
}

/// <summary>Forfeits the prizes of lost disputes as far as they are unpaid.</summary>
public static class Forfeits
{
    /// <summary>
    /// In the transaction that completes a contest: what was disputed and lost before is never due. Where the payout may have
    /// been paid before the books went back, the dispute is looked at again until that is known.
    /// </summary>
    public static async Task ForfeitLost(string contestId, int revision, Tx tx)
    {
        foreach (var prize in await tx.PrizesLost(contestId, revision))
        {
            if (await Forfeit(prize, tx) is ClawbackStep.Wait) await tx.LookAtDispute(prize.DisputeId);
        }
    }

    /// <returns>What it came to. To take back what was paid is the caller's, outside any transaction.</returns>
    public static async Task<ClawbackStep> Forfeit(DisputedPrize prize, Tx tx)
    {
        if (prize.LeftMinor <= 0) return new ClawbackStep.Nothing();
        if (await tx.LockLatestPayout(prize.ContestId, prize.Revision, prize.PlayerId) is not { } locked)
            return new ClawbackStep.Wait();
        prize = await tx.ReadAgain(prize);
        var payout = locked.Payout;
        var step = await UnpaidPrizes.Decide(prize, payout, tx);
        switch (step)
        {
            case ClawbackStep.Replace replace:
                var lines = await Forfeiture.Recover(
                    prize.DisputeId, $"forfeit/{prize.DisputeId}/{prize.ContestId}/{prize.Revision}/{prize.EntryId}",
                    prize.DisputeId, payout, replace.VoidMinor, tx);
                await UnpaidPrizes.Replace(prize, locked, replace, lines, tx);
                break;
            case ClawbackStep.Tell:
                tx.Alert(DisputeAlerts.ForfeitStuck(prize, payout.PayoutId));
                break;
            case ClawbackStep.TakeBack or ClawbackStep.Wait or ClawbackStep.Nothing:
                break;
            default:
                throw new UnreachableException();
        }

        return step;
    }
}
