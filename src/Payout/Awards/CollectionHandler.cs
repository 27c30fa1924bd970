using ContestPipeline.Contracts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>contest.events.v1 in: what is to be collected, for which entries it is kept, and for which it goes back.</summary>
/// <param name="overlay">How much the house may add to a pool.</param>
public sealed class CollectionHandler(OverlayLimit overlay) : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        await Collect(batch, tx);
        await tx.AuditContests([.. batch.Select(r => r.Message)]);
    }

    private async Task Collect(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        string[] contests =
        [
            .. batch.Select(r => r.Message)
                .Where(m => m is EntryPaymentRequiredV1 or EntryAcceptedV1 or EntryRefusedV1 or EntryWithdrawnV1
                    or ContestCancelledV1 or ContestFinalizedV1)
                .Select(m => m.PartitionKey).Distinct(StringComparer.Ordinal),
        ];
        if (contests.Length == 0) return;
        await tx.LockCollections(contests);
        await tx.Collect([.. batch.Select(r => r.Message).OfType<EntryPaymentRequiredV1>()]);

        // An entry is accepted only after its payment was booked here, and leaves only after it was accepted: so in this order.
        var accepted = batch.Select(r => r.Message).OfType<EntryAcceptedV1>().ToArray();
        if (accepted.Length > 0)
        {
            await tx.Accept(accepted);
            var entries = accepted.Select(a => (a.ContestId, a.EntryId)).ToArray();
            await tx.AcceptStakes(entries);
            await tx.AcceptLostStakes(entries);
        }

        foreach (var received in batch)
        {
            switch (received.Message)
            {
                case EntryRefusedV1 refused:
                    await tx.Leave(new LeftEntry(refused.ContestId, refused.EntryId, EntryStanding.Refused, refused.Message),
                        refused.ReasonCode);
                    break;
                case EntryWithdrawnV1 withdrawn:
                    await tx.Leave(new LeftEntry(
                        withdrawn.ContestId, withdrawn.EntryId, EntryStanding.Withdrawn, "the entry was taken back"), null);
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

        // What is held because its fees did not sum to what was settled may have been so for want of a message that comes only
        // now.
        foreach (var contestId in await tx.HeldOf(contests)) await tx.AdvanceIfReady(contestId, 1, overlay);
    }
}
