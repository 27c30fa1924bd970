using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>contest.events.v1 in: what is to be collected, for which entries it is kept, and for which it goes back.</summary>
public sealed class CollectionHandler : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var calls = new List<StripeCall>();
        foreach (var required in batch.Select(r => r.Message).OfType<EntryPaymentRequiredV1>())
        {
            if (!await tx.InsertPayment(required)) continue;
            calls.Add(PaymentIntentKind.Call((await tx.FindPayment(required.ContestId, required.EntryId))!));
        }

        await tx.Call(calls);

        // An entry is accepted only after its payment was booked here, and leaves only after it was accepted: so in this order.
        var accepted = batch.Select(r => r.Message).OfType<EntryAcceptedV1>().ToArray();
        if (accepted.Length > 0) await tx.AcceptPaidEntries(accepted);
        foreach (var received in batch)
        {
            switch (received.Message)
            {
                case EntryRefusedV1 refused:
                    await Leave(refused.ContestId, refused.EntryId, EntryStanding.Refused, refused.Message, refused.ReasonCode, tx);
                    break;
                case EntryWithdrawnV1 withdrawn:
                    await Leave(withdrawn.ContestId, withdrawn.EntryId, EntryStanding.Withdrawn, "the entry was taken back", null, tx);
                    break;
                case ContestCancelledV1 cancelled:
                    await tx.CancelCollection(cancelled.ContestId, $"the contest was cancelled: {cancelled.Reason}");
                    break;
                case ContestFinalizedV1 finalized:
                    await tx.CompleteCollection(finalized.ContestId, finalized.Revision);
                    if (await tx.HasContest(finalized.ContestId, finalized.Revision)) await tx.AdvanceIfReady(finalized.ContestId, finalized.Revision);
                    break;
            }
        }
    }

    /// <param name="reasonCode">Null: the player asked for it and need not be told.</param>
    private static async Task Leave(string contestId, string entryId, string standing, string reason, string? reasonCode, Tx tx)
    {
        if (await tx.LockPayment(contestId, entryId) is not { } payment) return;
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

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextCancelled() is not { } cancelled) return false;
        var payments = await tx.LockPaymentsToGiveBack(cancelled.ContestId, EntriesMax);
        var left = new List<EntryPayment>(payments.Count);
        foreach (var payment in payments) left.Add(await tx.LeaveContest(payment, EntryStanding.Cancelled, cancelled.CancelReason));
        await tx.GiveBack(left);
        if (payments.Count < EntriesMax) await tx.CloseCollection(cancelled.ContestId);
        return true;
    }
}
