using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What the events of a contest mean for its entry fees.</summary>
public static class CollectEntries
{
    /// <summary>
    /// Asks for the fees. The order of a contest's messages is lost when an operator gives one up and it is replayed later: what
    /// has left or was cancelled before it was to be paid is asked for nothing, or gets back what it paid.
    /// </summary>
    public static async Task Collect(this Tx tx, IReadOnlyList<EntryPaymentRequiredV1> required)
    {
        await tx.Stake([.. required.Where(r => r.Funding == StakeFunding.Wallet)]);
        var calls = new List<StripeCall>();
        var added = new List<EntryPaymentRequiredV1>();
        foreach (var entry in required)
        {
            if (entry.Funding == StakeFunding.Wallet)
            {
                added.Add(entry);
                continue;
            }

            if (!await tx.InsertPayment(entry)) continue;
            added.Add(entry);
            calls.Add(PaymentIntentRequestHandler.Call((await tx.FindPayment(entry.ContestId, entry.EntryId))!));
        }

        if (added.Count == 0) return;
        await tx.Call(calls);
        foreach (var left in await tx.LeftBefore(added)) await tx.Leave(left, null);
        await tx.GiveBackAlso([.. added.Select(e => e.ContestId).Distinct(StringComparer.Ordinal)]);
    }

    /// <param name="reasonCode">Null: the player asked for it, or never heard that there was something to pay, and need not be
    /// told.</param>
    public static async Task Leave(this Tx tx, LeftEntry entry, string? reasonCode)
    {
        var (contestId, entryId, standing, reason) = entry;
        if (await tx.LeaveStake(contestId, entryId, standing, reason, reasonCode)) return;
        if (await tx.LockPayment(contestId, entryId) is not { } payment)
        {
            await tx.RememberLeft(entry);
            return;
        }

        var left = await tx.LeaveContest(payment, standing, reason);
        if (left == payment) return;
        if (reasonCode is not null)
        {
            tx.NotifyPlayer(
                $"entry-refused/{contestId}/{entryId}", NotificationKinds.EntryRefused, payment.PlayerId, entryId, contestId,
                payment.AmountMinor, payment.Currency,
                new Dictionary<string, string> { ["reason"] = reason, ["code"] = reasonCode });
        }

        await tx.Settle(left);
    }
}

/// <summary>
/// Takes stakes that were read again before the lots they were taken from, as soon as their wallets hold them. A result that was
/// held for want of them is looked at again by itself.
/// </summary>
public sealed class RemakeStakesJob : IJob
{
    private const int AtOnce = 50;

    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextLostStakes(failed.PassedOver(tx)) is not { } contestId) return false;
        failed.Begin(contestId);
        await tx.LockCollections([contestId]);
        var closed = 0;
        foreach (var lost in await tx.LockLostStakes(contestId, AtOnce))
        {
            if (!lost.HasLeft && !await tx.StakeAgain(lost)) continue;
            if (lost.IsAccepted) await tx.AcceptStakes([(lost.ContestId, lost.EntryId)]);
            await tx.CloseLostStake(lost);
            closed++;
        }

        return closed > 0;
    }
}
