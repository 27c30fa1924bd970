using System.Text.Json.Serialization;

namespace ContestPipeline.Contracts;

/// <summary>The headers of a record on <c>stripe.webhooks.v1</c>; its body is what Stripe sent, byte for byte.</summary>
/// <param name="Id">The event's id, a slash and the beginning of the body's SHA-256: the same bytes sent again are the same
/// message.</param>
/// <param name="Source"><c>stripe/platform</c> or <c>stripe/connect</c>.</param>
/// <param name="Time">When Stripe made the event.</param>
/// <param name="Signature">Stripe's own header, unchanged: with the body it proves to any holder of the secret that Stripe sent
/// this.</param>
/// <param name="Endpoint"><c>platform</c> or <c>connect</c>: which secret signed it.</param>
/// <param name="EventId">To recognise repetitions by.</param>
/// <param name="EventType">To choose by without reading the body.</param>
/// <param name="ReceivedAt">When the endpoint had read it.</param>
/// <param name="Subject">The id of the object it is about; absent when that has none.</param>
/// <param name="Account">The connected account it happened on; absent on the platform's own events.</param>
/// <param name="ApiVersion">The version the object is written in; absent when Stripe named none.</param>
public sealed record StripeWebhookHeaders(
    [property: JsonPropertyName("ce_specversion")] string SpecVersion,
    [property: JsonPropertyName("ce_id")] string Id,
    [property: JsonPropertyName("ce_type")] string Type,
    [property: JsonPropertyName("ce_source")] string Source,
    [property: JsonPropertyName("ce_time")] string Time,
    [property: JsonPropertyName("content-type")] string ContentType,
    [property: JsonPropertyName("traceparent")] string TraceParent,
    [property: JsonPropertyName("stripe-signature")] string Signature,
    [property: JsonPropertyName("stripe-endpoint")] string Endpoint,
    [property: JsonPropertyName("stripe-event-id")] string EventId,
    [property: JsonPropertyName("stripe-event-type")] string EventType,
    [property: JsonPropertyName("received-at")] string ReceivedAt,
    [property: JsonPropertyName("ce_subject")] string? Subject = null,
    [property: JsonPropertyName("stripe-account")] string? Account = null,
    [property: JsonPropertyName("stripe-api-version")] string? ApiVersion = null)
{
    public const string SignatureHeader = "stripe-signature";
    public const string EndpointHeader = "stripe-endpoint";
    public const string ReceivedAtHeader = "received-at";

    /// <summary>As they go on the record; what is null is left out.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary()
    {
        var headers = new Dictionary<string, string>(16, StringComparer.Ordinal)
        {
            ["ce_specversion"] = SpecVersion,
            ["ce_id"] = Id,
            ["ce_type"] = Type,
            ["ce_source"] = Source,
            ["ce_time"] = Time,
            ["content-type"] = ContentType,
            ["traceparent"] = TraceParent,
            [SignatureHeader] = Signature,
            [EndpointHeader] = Endpoint,
            ["stripe-event-id"] = EventId,
            ["stripe-event-type"] = EventType,
            [ReceivedAtHeader] = ReceivedAt,
        };
        if (Subject is not null) headers["ce_subject"] = Subject;
        if (Account is not null) headers["stripe-account"] = Account;
        if (ApiVersion is not null) headers["stripe-api-version"] = ApiVersion;
        return headers;
    }
}

/// <summary>The two endpoints that Stripe sends events to.</summary>
public static class StripeEndpoints
{
    /// <summary>Events of the platform's own account.</summary>
    public const string Platform = "platform";

    /// <summary>Events of connected accounts.</summary>
    public const string Connect = "connect";

    public const string PlatformPath = "/stripe/webhooks";
    public const string ConnectPath = "/stripe/webhooks/connect";
}
