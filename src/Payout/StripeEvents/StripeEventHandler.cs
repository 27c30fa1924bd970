using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>Stripe events in, from the topic that the webhook endpoint fills.</summary>
public sealed class StripeEventHandler : IHandler<StripeEventV1>
{
    public Task Handle(Received<StripeEventV1> received, Tx tx) => tx.Take(received.Message, EventSources.Webhook);
}
