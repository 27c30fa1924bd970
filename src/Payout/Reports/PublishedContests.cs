using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reports;

/// <summary>Published contests in: their terms, by which results are judged, and what winners are told about them.</summary>
/// <param name="overlay">Null: the limit where nothing is set.</param>
public sealed class PublishedContests(OverlayLimit? overlay = null) : IHandler<ContestPublishedV1>
{
    public async Task Handle(Received<ContestPublishedV1> received, Tx tx)
    {
        await tx.LockCollections([received.Message.ContestId]);
        await tx.InsertPublished(received.Message);
        await tx.AdvanceAll(received.Message.ContestId, overlay);
    }
}
