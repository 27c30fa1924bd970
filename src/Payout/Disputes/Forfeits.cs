using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>What an entry won whose fee was disputed and lost.</summary>
/// <param name="LeftMinor">Of the net prize: what no refund has voided before.</param>
/// <param name="VoidNo">How many times something of it was voided or told of.</param>
public sealed record DisputedPrize(
    string DisputeId, string ContestId, int Revision, string EntryId, string PlayerId, string Currency, long LeftMinor,
    int VoidNo);

/// <summary>What a lost dispute, or a correction that reduces a prize, leads to for the prize of its entry.</summary>
public abstract record ForfeitStep
{
    private ForfeitStep() { }

    /// <summary>The payout is rejected; what the player's other entries won in the contest is a new payout of its own.</summary>
    public sealed record Replace(long VoidMinor, long LeftMinor) : ForfeitStep;

    /// <summary>It was paid: so much of it is asked back, as far as the player's account holds it.</summary>
    public sealed record TakeBack(string PayoutId, long AmountMinor) : ForfeitStep;

    /// <summary>
    /// Stripe has been asked for the transfer, or to take something back: first it must be known what came of that.
    /// </summary>
    public sealed record Wait : ForfeitStep;

    /// <summary>What we and Stripe know of the payout does not fit: a person's matter.</summary>
    public sealed record Tell : ForfeitStep;

    /// <summary>There is nothing left to forfeit.</summary>
    public sealed record Nothing : ForfeitStep;
}

/// <summary>
/// Decides about the prize of a disputed entry, and about that prize only: what the player's other entries won stays theirs.
/// </summary>
public static class ForfeitPrize
{
    /// <param name="payout">The one that stands for what the player won in the contest.</param>
    /// <param name="reversedMinor">What was taken back of it before.</param>
    public static ForfeitStep Decide(
        DisputedPrize prize, PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, long reversedMinor) =>
        Decide(prize.LeftMinor, payout, attempts, reversedMinor);

    /// <param name="wantedMinor">What is to be taken from the winner, whatever for.</param>
    public static ForfeitStep Decide(
        long wantedMinor, PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, long reversedMinor)
    {
        if (wantedMinor <= 0 || payout.State == PayoutState.Rejected) return new ForfeitStep.Nothing();
        if (payout.State is PayoutState.Paid or PayoutState.Reversed)
        {
            var leftMinor = Math.Min(wantedMinor, payout.AmountMinor - reversedMinor);
            return leftMinor > 0 ? new ForfeitStep.TakeBack(payout.PayoutId, leftMinor) : new ForfeitStep.Nothing();
        }

        if (attempts.Any(a => a.Outcome == AttemptOutcome.Mismatch)) return new ForfeitStep.Tell();
        if (attempts.Any(a => a.Outcome is AttemptOutcome.Open or AttemptOutcome.Paid)) return new ForfeitStep.Wait();
        var voidMinor = Math.Min(wantedMinor, payout.AmountMinor);
        return new ForfeitStep.Replace(voidMinor, payout.AmountMinor - voidMinor);
    }
}

/// <summary>Forfeits the prizes of lost disputes as far as they are unpaid.</summary>
public static class Forfeits
{
    /// <summary>
    /// In the transaction that completes a contest: what was disputed and lost before is never due. Where the payout may have
    /// been paid before the books went back, the dispute is looked at again until that is known.
    /// </summary>
    public static async Task ForfeitLost(this Tx tx, string contestId, int revision)
    {
        foreach (var prize in await tx.PrizesLost(contestId, revision))
        {
            if (await tx.Forfeit(prize) is ForfeitStep.Wait) await tx.LookAtDispute(prize.DisputeId);
        }
    }

    /// <returns>What it came to. To take back what was paid is the caller's, outside any transaction.</returns>
    public static async Task<ForfeitStep> Forfeit(this Tx tx, DisputedPrize prize)
    {
        if (prize.LeftMinor <= 0) return new ForfeitStep.Nothing();
        if (await tx.LockLatestPayout(prize.ContestId, prize.Revision, prize.PlayerId) is not { } locked)
            return new ForfeitStep.Wait();
        prize = await tx.ReadAgain(prize);
        var payoutId = locked.Payout.PayoutId;
        var step = ForfeitPrize.Decide(prize, locked.Payout, await tx.Attempts(payoutId), await tx.ReversedMinor(payoutId));
        if (step is ForfeitStep.TakeBack && await tx.IsBeingTakenBack(prize.PlayerId, butFor: prize.DisputeId))
            step = new ForfeitStep.Wait();
        if (step is ForfeitStep.Replace && await tx.MayHaveGone(payoutId)) step = new ForfeitStep.Wait();
        switch (step)
        {
            case ForfeitStep.Replace replace:
                await tx.Replace(prize, locked, replace);
                break;
            case ForfeitStep.Tell:
                tx.Alert(DisputeAlerts.ForfeitStuck(prize, payoutId));
                break;
            case ForfeitStep.TakeBack or ForfeitStep.Wait or ForfeitStep.Nothing:
                break;
            default:
                throw new UnreachableException();
        }

        return step;
    }

    private static async Task Replace(this Tx tx, DisputedPrize prize, LockedPayout locked, ForfeitStep.Replace replace)
    {
        var (contest, payout) = locked;
        var reason = $"dispute {prize.DisputeId} was lost: {replace.VoidMinor} of the prize are forfeited";
        if (replace.LeftMinor > 0) contest = await tx.Derive(contest, payout, replace.LeftMinor, prize.VoidNo + 1);
        await tx.ChangePayout(contest, payout, PayoutState.Rejected, reason);
        await tx.InsertVoid(new PrizePlace(prize.ContestId, prize.Revision, prize.EntryId), prize.VoidNo + 1, payout.PayoutId,
            replace.VoidMinor, "voided");
        await tx.PostForfeit(
            prize.DisputeId, $"forfeit/{prize.DisputeId}/{prize.ContestId}/{prize.Revision}/{prize.EntryId}", prize.DisputeId,
            payout, replace.VoidMinor);
        await tx.Audit(new AuditEntry(
            "system", "payout-voided", prize.EntryId, prize.ContestId, prize.PlayerId, payout.PayoutId, reason,
            $"left {replace.LeftMinor}"));
    }
}
