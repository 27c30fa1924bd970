using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Drafts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reports;

/// <summary>Published contests in: their terms, by which results are judged, and what winners are told about them.</summary>
/// <param name="overlay">How much the house may add to a pool.</param>
public sealed class PublishedContests(OverlayLimit overlay) : IHandler<ContestPublishedV1>
{
    public async Task Handle(Received<ContestPublishedV1> received, Tx tx)
    {
        await tx.LockCollections([received.Message.ContestId]);
        await tx.InsertPublished(received.Message);
        await tx.AdvanceAll(received.Message.ContestId, overlay);
        if (received.Message.Definition.Verified is not null)
            await tx.DraftPublished(received.Message.ContestId, received.Message.CommandId, received.Message.At);
    }
}
