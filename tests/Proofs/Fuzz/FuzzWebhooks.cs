using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Deliveries to the webhook endpoint, most of them signed, some forged; what is published is read as Payout reads it.
/// </summary>
internal sealed class FuzzWebhooks : IFuzzTarget
{
    private const string Secret = "whsec_fuzz";
    private const string Event =
        """{"id":"evt_1","object":"event","api_version":"2026-10-28.endive","account":"acct_7","created":1795240800,"livemode":false,"pending_webhooks":1,"type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent","amount":1000,"currency":"usd","metadata":{"player_id":"p-1"}}},"request":null}""";

    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_795_240_860);
    private static readonly string[] s_headers = ["", "t=", "t=1,v1=", "v1=00,t=1795240860", ",,,", "t=1795240860,v0=a,v1=zz",
        "=", new(',', 5_000), "t=99999999999999999999,v1=" + new string('0', 64)];

    public string Name => "webhooks";

    public string Try(SeededRandom chance, out byte[] input)
    {
        input = MutateJson.Of(Event, chance);
        var at = s_now.AddSeconds(chance.Chance(95) ? 0 : chance.Next(-1_000, 1_000));
        var genuine = chance.Chance(85);
        var signature = StripeSignature.Header(input, at, genuine ? Secret : "whsec_other");
        if (chance.Chance(10))
            signature = chance.Chance(50)
                ? chance.Pick(s_headers) : chance.Chance(80) ? MutateBytes.Of(signature, chance) : null!;
        var endpoint = chance.Chance(50) ? StripeEndpoints.Platform : StripeEndpoints.Connect;
        var decision = CheckWebhook.Decide(
            new WebhookRequest(endpoint, signature, input), [Secret, "whsec_rolled"], chance.Chance(10), s_now);
        switch (decision)
        {
            case WebhookDecision.Refuse refuse: return "rejected: " + refuse.Reason;
            case WebhookDecision.PassOver over: return "passed over: " + over.Reason;
            case WebhookDecision.Publish publish:
                Invariant.Holds(genuine, "a forged delivery was published");
                return "published, " + Consumed(publish, input);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string Consumed(WebhookDecision.Publish publish, byte[] body)
    {
        var headers = publish.Headers.ToDictionary();
        foreach (var (_, value) in headers)
            Invariant.Holds(
                Encoding.UTF8.GetByteCount(value) < 5_000 && !value.AsSpan().ContainsAny('\0', '\n'), "a header is no header");
        var envelope = EnvelopeReader.Envelope(Topics.StripeWebhooks, 0, 1, publish.Key, headers, body, s_now);
        switch (EnvelopeReader.Read(envelope, custom: null))
        {
            case DecodeResult.Malformed wrong:
                return Records.Rejected(envelope, wrong.Reason, wrong.Field, wrong.Expected, wrong.Got) + " by the consumer";
            case DecodeResult.Decoded { Message: StripeEventV1 stripeEvent }:
                Invariant.Holds(stripeEvent.PartitionKey == publish.Key, "the key is not the one that the message names");
                Invariant.Holds(EventRow.Of(stripeEvent, EventSources.Webhook, s_now).EventId == publish.Headers.EventId,
                    "the event's id is another");
                foreach (var member in (string[])["currency", "status", "payment_intent"]) stripeEvent.Data.Text(member);
                stripeEvent.Data.Text("metadata", "player_id");
                return "read";
            default: throw new InvariantException("a published event is no event");
        }
    }
}
