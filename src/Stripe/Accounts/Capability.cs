using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>One thing an account may or may not do, by itself: the object of <c>capability.updated</c>.</summary>
public sealed class Capability : StripeEntity<Capability>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    [JsonPropertyName("account"), JsonConverter(typeof(ExpandableId))]
    public string AccountId { get; set; }

    public bool Requested { get; set; }

    public DateTime? RequestedAt { get; set; }

    public string Status { get; set; }
}
