using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>How Stripe writes JSON: snake case, times as unix seconds, unknown fields to be ignored.</summary>
internal static class StripeJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        MaxDepth = 128,
        Converters = { new UnixTime() },
    };

    /// <summary>Reads a time from its unix seconds.</summary>
    private sealed class UnixTime : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds)
                ? DateTime.UnixEpoch.AddSeconds(seconds)
                : throw new JsonException("a time must be unix seconds");

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(new DateTimeOffset(value).ToUnixTimeSeconds());
    }
}

/// <summary>Reads the id of an object that Stripe may have expanded in place.</summary>
internal sealed class ExpandableId : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        using var expanded = JsonDocument.ParseValue(ref reader);
        return expanded.RootElement.ValueKind == JsonValueKind.Object && expanded.RootElement.TryGetProperty("id", out var id)
            ? id.GetString()
            : throw new JsonException("an expanded object must carry its id");
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>Reads an object of any kind this subset knows; other kinds become null, as in Stripe.net.</summary>
internal sealed class ObjectOfAnyKind : JsonConverter<IHasObject>
{
    public override IHasObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("object", out var kind)) return null;
        return kind.GetString() switch
        {
            "account" => document.RootElement.Deserialize<Account>(options),
            "account_link" => document.RootElement.Deserialize<AccountLink>(options),
            "balance" => document.RootElement.Deserialize<Balance>(options),
            "balance_transaction" => document.RootElement.Deserialize<BalanceTransaction>(options),
            "capability" => document.RootElement.Deserialize<Capability>(options),
            "charge" => document.RootElement.Deserialize<Charge>(options),
            "dispute" => document.RootElement.Deserialize<Dispute>(options),
            "login_link" => document.RootElement.Deserialize<LoginLink>(options),
            "payment_intent" => document.RootElement.Deserialize<PaymentIntent>(options),
            "payout" => document.RootElement.Deserialize<Payout>(options),
            "radar.early_fraud_warning" => document.RootElement.Deserialize<Radar.EarlyFraudWarning>(options),
            "refund" => document.RootElement.Deserialize<Refund>(options),
            "topup" => document.RootElement.Deserialize<Topup>(options),
            "transfer" => document.RootElement.Deserialize<Transfer>(options),
            "transfer_reversal" => document.RootElement.Deserialize<TransferReversal>(options),
            "webhook_endpoint" => document.RootElement.Deserialize<WebhookEndpoint>(options),
            _ => null,
        };
    }

    public override void Write(Utf8JsonWriter writer, IHasObject value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
