using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Simulation;

/// <summary>Somebody who has got hold of an endpoint's secret, and tells of payments that nobody made.</summary>
internal sealed partial class SimHands
{
    private const int ForgedPercent = 8;

    /// <summary>The event is signed as it should be, and says that the payment has succeeded. At Stripe nothing has.</summary>
    private void Forge(JsonElement intent)
    {
        var id = intent.GetProperty("id").GetString()!;
        world.Forged.Add(id);
        world.Faults.Hit("event forged");
        world.Note($"an event is forged that {id} is paid");
        var paid = JsonNode.Parse(intent.GetRawText())!.AsObject();
        (paid["status"], paid["amount_received"], paid["latest_charge"]) = ("succeeded", paid["amount"]!.DeepClone(),
            $"ch_of_{id}");
        var now = world.Clock.GetUtcNow().ToUnixTimeSeconds();
        var happened = new SimEvent($"evt_of_{id}", now, "payment_intent.succeeded", paid.ToJsonString(), Account: null,
            RequestId: null, IdempotencyKey: null);
        var body = JsonSerializer.Serialize(happened.ToStripe(pendingWebhooks: 1));
        Receive(PlatformUrl, WebhookSignature.Header(body, [platformSecret], now), Encoding.UTF8.GetBytes(body));
    }
}
