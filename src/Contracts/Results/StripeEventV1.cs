using System.Text.Json;

namespace ContestPipeline.Contracts;

/// <summary>
/// A Stripe event as Stripe wrote it: the record's body is the raw signed JSON, of which this names what a consumer needs to
/// begin with.
/// </summary>
/// <remarks>
/// Key: the connected account, else the object's id. An event is a hint to read the object again, never the truth about it:
/// events come twice, late, out of order or not at all.
/// </remarks>
/// <param name="Id">Stripe's event id (<c>evt_…</c>).</param>
/// <param name="Type">Stripe's event type (<c>account.updated</c>), an open set.</param>
/// <param name="Account">The connected account it happened on; null on the platform's own.</param>
/// <param name="Created">When Stripe made it, in whole seconds since 1970: for people, never for order.</param>
[Wire("stripe.event", Topics.StripeWebhooks)]
public sealed record StripeEventV1(string Id, string Type, StripeEventDataV1 Data, string? Account = null, long? Created = null)
    : IMessage
{
    public string IdempotencyKey => $"stripe-event/{Id}";
    public string PartitionKey => Account ?? Data.Text("id") ?? Id;
}

/// <summary>The object of a Stripe event, as it was when the event was made.</summary>
public sealed record StripeEventDataV1(JsonElement Object)
{
    /// <returns>A text member of the object, by path; null when it is not there or no text.</returns>
    public string? Text(params ReadOnlySpan<string> path)
    {
        try
        {
            var element = Object;
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
            }

            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escape that stands for no character: names and strings are unescaped when they are asked for.
            return null;
        }
    }

    /// <returns>A whole number of the object; null when it is not there or no whole number.</returns>
    public long? Whole(string name)
    {
        try
        {
            return Object.ValueKind == JsonValueKind.Object && Object.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt64(out var whole)
                ? whole
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
