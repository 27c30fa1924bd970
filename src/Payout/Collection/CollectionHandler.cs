using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>contest.events.v1 in: what is to be collected, for which entries it is kept, and for which it goes back.</summary>
/// <param name="overlay">Null: the limit where nothing is set.</param>
public sealed class CollectionHandler(OverlayLimit? overlay = null) : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        string[] contests =
        [
            .. batch.Select(r => r.Message)
                .Where(m => m is EntryPaymentRequiredV1 or EntryAcceptedV1 or EntryRefusedV1 or EntryWithdrawnV1 or ContestCancelledV1 or ContestFinalizedV1)
                .Select(m => m.PartitionKey).Distinct(StringComparer.Ordinal),
        ];
        if (contests.Length == 0) return;
        await tx.LockCollections(contests);
        await Collect([.. batch.Select(r => r.Message).OfType<EntryPaymentRequiredV1>()], tx);

        // An entry is accepted only after its payment was booked here, and leaves only after it was accepted: so in this order.
        var accepted = batch.Select(r => r.Message).OfType<EntryAcceptedV1>().ToArray();
        if (accepted.Length > 0) await tx.Accept(accepted);
        foreach (var received in batch)
        {
            switch (received.Message)
            {
                case EntryRefusedV1 refused:
                    await Leave(new LeftEntry(refused.ContestId, refused.EntryId, EntryStanding.Refused, refused.Message), refused.ReasonCode, tx);
                    break;
                case EntryWithdrawnV1 withdrawn:
                    await Leave(new LeftEntry(withdrawn.ContestId, withdrawn.EntryId, EntryStanding.Withdrawn, "the entry was taken back"), null, tx);
                    break;
                case ContestCancelledV1 cancelled:
                    await tx.CancelCollection(cancelled.ContestId, $"the contest was cancelled: {cancelled.Reason}");
                    await tx.HoldCancelled(cancelled.ContestId, overlay);
                    break;
                case ContestFinalizedV1 finalized:
                    await tx.CompleteCollection(finalized.ContestId, finalized.Revision);
                    await tx.InsertFinalized(finalized);
                    await tx.AdvanceAll(finalized.ContestId, overlay);
                    break;
            }
        }

        // What is held because its fees did not sum to what was settled may have been so for want of a message that comes only now.
        foreach (var contestId in await tx.HeldOf(contests)) await tx.AdvanceIfReady(contestId, 1, overlay);
    }

    /// <summary>
    /// Asks for the fees. The order of a contest's messages is lost when an operator gives one up and it is replayed later: what has left or was cancelled before it was
    /// to be paid is asked for nothing, or gets back what it paid.
    /// </summary>
    private static async Task Collect(IReadOnlyList<EntryPaymentRequiredV1> required, Tx tx)
    {
        var calls = new List<StripeCall>();
        var added = new List<EntryPaymentRequiredV1>();
        foreach (var entry in required)
        {
            if (!await tx.InsertPayment(entry)) continue;
            added.Add(entry);
            calls.Add(PaymentIntentKind.Call((await tx.FindPayment(entry.ContestId, entry.EntryId))!));
        }

        if (added.Count == 0) return;
        await tx.Call(calls);
        foreach (var left in await tx.LeftBefore(added)) await Leave(left, null, tx);
        await tx.GiveBackAlso([.. added.Select(e => e.ContestId).Distinct(StringComparer.Ordinal)]);
    }

    /// <param name="reasonCode">Null: the player asked for it, or never heard that there was something to pay, and need not be told.</param>
    private static async Task Leave(LeftEntry entry, string? reasonCode, Tx tx)
    {
        var (contestId, entryId, standing, reason) = entry;
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
                $"entry-refused/{contestId}/{entryId}", NotificationKinds.EntryRefused, payment.PlayerId, entryId, contestId, payment.AmountMinor,
                payment.Currency, new Dictionary<string, string> { ["reason"] = reason, ["code"] = reasonCode });
        }

        await tx.Settle(left);
    }
}

/// <summary>Gives back the fees of cancelled contests, some entries a transaction.</summary>
public sealed class GiveBackJob : IJob
{
    public const int EntriesMax = 500;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextCancelled(failed.PassedOver(tx)) is not { } cancelled) return false;
        failed.Begin(cancelled.ContestId);
        var payments = await tx.LockPaymentsToGiveBack(cancelled.ContestId, EntriesMax);
        var left = new List<EntryPayment>(payments.Count);
        foreach (var payment in payments) left.Add(await tx.LeaveContest(payment, EntryStanding.Cancelled, cancelled.CancelReason));
        await tx.GiveBack(left);
        if (payments.Count < EntriesMax) await tx.CloseCollection(cancelled.ContestId);
        return true;
    }
}
