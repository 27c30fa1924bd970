using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>
/// Takes back unpaid prizes of refunded entries: the payout is rejected, and what is left becomes a payout derived from it.
/// </summary>
public static class VoidPrizes
{
    /// <summary>In the transaction that completes a contest: what was refunded meanwhile is never due in full.</summary>
    public static async Task VoidRefunded(this Tx tx, string contestId, int revision)
    {
        foreach (var prize in await tx.PrizesToVoid(contestId, revision))
            if (!await tx.Void(prize)) await tx.LookAtPrizes([(prize.ContestId, prize.EntryId)]);
    }

    /// <returns>False when it must wait for Stripe, or for somebody else who has just taken something of the same
    /// payout.</returns>
    public static async Task<bool> Void(this Tx tx, RefundedPrize prize)
    {
        if (prize.ToVoidMinor == 0) return true;
        if (await tx.LockLatestPayout(prize.ContestId, prize.Revision, prize.PlayerId) is not { } locked) return false;
        switch (VoidPrize.Decide(prize, locked.Payout, await tx.Attempts(locked.Payout.PayoutId)))
        {
            case VoidStep.Replace when await tx.MayHaveGone(locked.Payout.PayoutId):
                return false;
            case VoidStep.Replace replace:
                await tx.Replace(prize, locked, replace);
                return true;
            case VoidStep.Tell tell:
                await tx.InsertVoid(prize.Place, prize.VoidNo + 1, locked.Payout.PayoutId, prize.ToVoidMinor, "told");
                tx.Alert(ClawbackAlerts.RefundedPrize(prize, locked.Payout.PayoutId, tell.What));
                return true;
            case VoidStep.Wait:
                return false;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task Replace(this Tx tx, RefundedPrize prize, LockedPayout locked, VoidStep.Replace replace)
    {
        var (contest, payout) = locked;
        var reason = $"entry {prize.EntryId} was refunded: {replace.VoidMinor} of the prize are taken back";
        if (replace.LeftMinor > 0) contest = await tx.Derive(contest, payout, replace.LeftMinor, prize.VoidNo + 1);
        await tx.ChangePayout(contest, payout, PayoutState.Rejected, reason);
        await tx.InsertVoid(prize.Place, prize.VoidNo + 1, payout.PayoutId, replace.VoidMinor, "voided");
        var words = $"prize-void/{prize.ContestId}/{prize.Revision}/{prize.EntryId}/{prize.VoidNo + 1}";
        await tx.Post([
            new LedgerLine(
                words, LedgerAccounts.PlayerPayable(prize.PlayerId), LedgerAccounts.Refunds, prize.Currency, replace.VoidMinor,
                "prize-void", payout.PayoutId, prize.ContestId, prize.Revision)]);
        await tx.Audit(new AuditEntry(
            "system", "prize-voided", prize.EntryId, prize.ContestId, prize.PlayerId, payout.PayoutId, reason,
            $"left {replace.LeftMinor}"));
    }

    /// <summary>What holds the payout holds the one derived from it.</summary>
    public static async Task<PayingContest> Derive(
        this Tx tx, PayingContest contest, PayoutRecord payout, long leftMinor, int voidNo)
    {
        var words = $"payout/{payout.ContestId}/{payout.Revision}/{payout.PlayerId}/reduced/{payout.PayoutId}/{voidNo}";
        var derived = payout with
        {
            PayoutId = DeterministicId.From(words).ToString("D"), AmountMinor = leftMinor, State = PayoutState.Pending,
            Reason = null, ChangeNo = 1, Fence = 0,
            LeaseUntil = null,
        };
        contest = contest with { PayoutsOpen = contest.PayoutsOpen + 1 };
        await tx.UpdateContest(contest);
        await tx.InsertDerived(derived, payout.PayoutId);
        await tx.InsertChange(derived.PayoutId, 1, PayoutState.Pending, null, null);
        tx.Send(new PayoutChangedV1(
            derived.PayoutId, 1, derived.ContestId, derived.Revision, derived.PlayerId, leftMinor, derived.Currency,
            PayoutState.Pending, $"in place of payout {payout.PayoutId}", null, tx.Now));
        var open = await tx.OpenHolds(payout.PayoutId);
        foreach (var hold in open) await tx.InsertHold(derived.PayoutId, hold.Cause, hold.Reference, hold.Reason);
        if (open.Count > 0) await tx.ShowHolds(contest, derived);
        return contest;
    }
}

/// <summary>Goes through refunds that came after their contests were settled.</summary>
public sealed class VoidPrizesJob : IJob
{
    public const int EntriesMax = 100;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        var entries = await tx.EntriesToLookAt(EntriesMax, failed.PassedOver(tx));
        foreach (var entry in entries)
        {
            failed.Begin(entry.Key);
            var later = entry.IsBeingPosted;
            foreach (var prize in await tx.PrizesToVoid(entry)) later |= !await tx.Void(prize);
            await tx.LookedAt(entry, later);
        }

        return entries.Count == EntriesMax;
    }
}
