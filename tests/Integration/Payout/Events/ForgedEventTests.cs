using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>Whoever may write to the topic writes an event that Stripe has not signed.</summary>
public sealed class ForgedEventTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private static readonly EventSecrets s_secrets = new(["whsec_platform"], []);

    [Fact]
    public async Task It_is_refused_and_told_and_the_signed_one_is_taken()
    {
        await Hand("evt_signed", "whsec_platform");
        await Hand("evt_forged", "whsec_somebody");

        Assert.Equal("evt_signed", await world.Scalar<string>(
            "select string_agg(event_id, ',') from payout.stripe_event where event_id in ('evt_signed', 'evt_forged')"));
        Assert.Contains("is refused", Assert.Single(
            await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-event-forged").Cause, StringComparison.Ordinal);
        Assert.Equal(("signature-forged", "evt_forged"), Assert.Single((await world.Sent<RejectedV1>()).Select(r =>
            (r.Reason, r.Headers["stripe-event-id"]))));
    }

    private Task Hand(string id, string secret)
    {
        var message = new StripeEventV1(
            id, "account.updated", new StripeEventDataV1(JsonSerializer.SerializeToElement(new { id = "acct_1" })));
        var envelope = world.EnvelopeOf(message);
        var headers = new Dictionary<string, string>(envelope.Headers)
        {
            ["stripe-event-id"] = id, ["stripe-endpoint"] = "platform",
            ["stripe-signature"] = StripeSignature.Header(envelope.Body.Span, world.Clock.GetUtcNow(), secret),
        };
        return world.Database.Run(
            tx => new StripeEventHandler(s_secrets).Handle(
                new Received<StripeEventV1>(message, envelope with { Headers = headers }), tx),
            TestContext.Current.CancellationToken);
    }
}
