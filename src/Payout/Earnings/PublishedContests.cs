using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>Published contests in; what winners are told about them is kept.</summary>
public sealed class PublishedContests : IHandler<ContestPublishedV1>
{
    public Task Handle(Received<ContestPublishedV1> received, Tx tx) => tx.InsertPublished(received.Message);
}
