using System.Diagnostics;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>Which prize: what one entry won in one revision of its contest.</summary>
public sealed record PrizePlace(string ContestId, int Revision, string EntryId);

/// <summary>The prize of an entry whose fee went back after the contest had taken it.</summary>
/// <param name="NetMinor">What the entry won, less the platform's fee.</param>
/// <param name="FeeMinor">What the entry had cost.</param>
/// <param name="RefundedMinor">What of that went back at the house's cost.</param>
/// <param name="VoidedMinor">What of the prize was taken back already, or is known to be paid.</param>
public sealed record RefundedPrize(
    string ContestId, int Revision, string EntryId, string PlayerId, string Currency, long NetMinor, long FeeMinor,
    long RefundedMinor, long VoidedMinor, int VoidNo) : IClawback
{
    /// <summary>Pro rata of the fee, cents in the player's favour: the whole prize only when the whole fee went back.</summary>
    public long ToVoidMinor => Math.Max(0, (long)((Int128)NetMinor * RefundedMinor / FeeMinor) - VoidedMinor);

    PrizePlace IClawback.Prize => new(ContestId, Revision, EntryId);

    long IClawback.WantedMinor => ToVoidMinor;

    bool IClawback.ReversesPaid => false;

    string? IClawback.DisputeId => null;

    string IClawback.VoidOutcome => "voided";

    string IClawback.AuditAction => "prize-voided";

    string IClawback.Why(long voidMinor) => $"entry {EntryId} was refunded: {voidMinor} of the prize are taken back";

    /// <summary>What is voided makes good the refund that the house bore.</summary>
    public LedgerLine Line(string payoutId, long voidMinor) => new(
        $"prize-void/{ContestId}/{Revision}/{EntryId}/{VoidNo + 1}", LedgerAccounts.PlayerPayable(PlayerId),
        LedgerAccounts.Refunds, Currency, voidMinor, "prize-void", payoutId, ContestId, Revision);
}

/// <summary>An entry of which something went back at the house's cost.</summary>
/// <param name="IsBeingPosted">The contest's awards are on their way to the ledger.</param>
public sealed record RefundedEntry(string ContestId, string EntryId, bool IsBeingPosted)
{
    /// <summary>Its contest and its id.</summary>
    public string Key => $"{ContestId}/{EntryId}";
}

/// <summary>Takes back unpaid prizes of refunded entries.</summary>
public static class VoidPrizes
{
    /// <summary>In the transaction that completes a contest: what was refunded meanwhile is never due in full.</summary>
    public static async Task VoidRefunded(string contestId, int revision, Tx tx)
    {
        foreach (var prize in await tx.PrizesToVoid(contestId, revision))
            if (!await Void(prize, tx)) await tx.LookAtPrizes([(prize.ContestId, prize.EntryId)]);
    }

    /// <returns>False when it must wait for Stripe, or for somebody else who has just taken something of the same
    /// payout.</returns>
    public static async Task<bool> Void(RefundedPrize prize, Tx tx)
    {
        if (prize.ToVoidMinor == 0) return true;
        if (await tx.LockLatestPayout(prize.ContestId, prize.Revision, prize.PlayerId) is not { } locked) return false;
        var payoutId = locked.Payout.PayoutId;
        switch (await UnpaidPrizes.Decide(prize, locked.Payout, tx))
        {
            case ClawbackStep.Replace replace:
                await UnpaidPrizes.Replace(prize, locked, replace, [prize.Line(payoutId, replace.VoidMinor)], tx);
                return true;
            case ClawbackStep.Tell tell:
                await tx.InsertVoid(((IClawback)prize).Prize, prize.VoidNo + 1, payoutId, prize.ToVoidMinor, "told");
                tx.Alert(ClawbackAlerts.RefundedPrize(prize, payoutId, tell.What));
                return true;
            case ClawbackStep.Wait:
                return false;
            default:
                throw new UnreachableException();
        }
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
            foreach (var prize in await tx.PrizesToVoid(entry)) later |= !await VoidPrizes.Void(prize, tx);
            await tx.LookedAt(entry, later);
        }

        return entries.Count == EntriesMax;
    }
}
