using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Something that happened at Stripe. Only ever a hint: it comes late, twice or out of order, so the object itself is read again.</summary>
public sealed class Event : StripeEntity<Event>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public string Account { get; set; }

    public string ApiVersion { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public EventData Data { get; set; }

    public bool Livemode { get; set; }

    public long PendingWebhooks { get; set; }

    public EventRequest Request { get; set; }

    public string Type { get; set; }
}

/// <summary>The request that made something happen; its members are null when Stripe itself did.</summary>
public sealed class EventRequest : StripeEntity<EventRequest>, IHasId
{
    public string Id { get; set; }

    public string IdempotencyKey { get; set; }
}

/// <summary>The object an event is about, as it was then.</summary>
public sealed class EventData : StripeEntity<EventData>
{
    /// <summary>Null when the object is of a kind this subset does not know.</summary>
    [JsonConverter(typeof(ObjectOfAnyKind))]
    public IHasObject Object { get; set; }
}
