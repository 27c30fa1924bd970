using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>Gives back the fees of cancelled contests, some entries a transaction.</summary>
public sealed class RefundContestsJob : IJob
{
    public const int EntriesMax = 500;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextCancelled(failed.PassedOver(tx)) is not { } cancelled) return false;
        failed.Begin(cancelled.ContestId);
        var payments = await tx.LockPaymentsToRefund(cancelled.ContestId, EntriesMax);
        var left = new List<EntryPayment>(payments.Count);
        foreach (var payment in payments)
            left.Add(await tx.LeaveContest(payment, EntryStanding.Cancelled, cancelled.CancelReason));
        await tx.RefundEntries(left);
        if (payments.Count < EntriesMax) await tx.CloseCollection(cancelled.ContestId);
        return true;
    }
}
