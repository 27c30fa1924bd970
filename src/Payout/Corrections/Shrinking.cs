using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>Payouts that become smaller while money is recovered: first it must be known whether they were sent.</summary>
public static class Shrinking
{
    /// <summary>
    /// In the transaction that would begin a payout. One that may have gone is looked up as it is; once Stripe has shown that it
    /// has not gone, what corrections, refunds and lost disputes take of it comes first.
    /// </summary>
    /// <param name="pause">When to look again, if a refund or a lost dispute is still being dealt with.</param>
    /// <returns>True: the payout does not go now.</returns>
    public static async Task<bool> ShrinkInRecovery(this Tx tx, PayingContest contest, PayoutRecord payout, TimeSpan pause)
    {
        if (await tx.MayHaveGone(payout.PayoutId)) return false;
        if (await Reducing.ReduceFirst(payout, tx)) return true;
        if (!await tx.IsVoidedInRecovery(payout)) return false;
        await tx.ChangePayout(contest, payout, PayoutState.Pending,
            "an entry was refunded or its dispute lost: what is left of the prize is decided first", dueAt: tx.Now + pause);
        return true;
    }
}
