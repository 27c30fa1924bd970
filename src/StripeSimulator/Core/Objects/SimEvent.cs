using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Something that happened, with the object as it was then. Those of a connected account carry its id and are listed in its name.
/// </summary>
public sealed record SimEvent(
    string Id, long Created, string Type, string ObjectJson, string? Account, string? RequestId, string? IdempotencyKey)
{
    public const string ApiVersion = "2026-10-28.endive";

    public SortedDictionary<string, object?> ToStripe(int pendingWebhooks)
    {
        var body = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = Id,
            ["object"] = "event",
            ["api_version"] = ApiVersion,
            ["created"] = Created,
            ["data"] = new { @object = JsonSerializer.Deserialize<JsonElement>(ObjectJson) },
            ["livemode"] = false,
            ["pending_webhooks"] = pendingWebhooks,
            ["request"] = new { id = RequestId, idempotency_key = IdempotencyKey },
            ["type"] = Type,
        };
        if (Account is not null) body["account"] = Account;
        return body;
    }
}
