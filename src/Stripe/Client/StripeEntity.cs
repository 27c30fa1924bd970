using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Something Stripe answers with.</summary>
public interface IStripeEntity
{
    StripeResponse StripeResponse { get; set; }
}

/// <summary>Something Stripe names by id.</summary>
public interface IHasId : IStripeEntity
{
    string Id { get; set; }
}

/// <summary>Something that says of which kind it is.</summary>
public interface IHasObject : IStripeEntity
{
    string Object { get; set; }
}

/// <summary>Something that keeps the caller's own words.</summary>
public interface IHasMetadata
{
    Dictionary<string, string> Metadata { get; set; }
}

/// <summary>What all answers share.</summary>
public abstract class StripeEntity : IStripeEntity
{
    [JsonIgnore]
    public StripeResponse StripeResponse { get; set; }

    public static T FromJson<T>(string value)
        where T : IStripeEntity =>
        JsonSerializer.Deserialize<T>(value, StripeJson.Options);

    public string ToJson() => JsonSerializer.Serialize(this, GetType(), StripeJson.Options);
}

/// <summary>What all answers of one type share.</summary>
public abstract class StripeEntity<T> : StripeEntity
    where T : StripeEntity<T>
{
    public static T FromJson(string value) => FromJson<T>(value);
}

/// <summary>One page of a list, newest first.</summary>
/// <remarks>Not an IEnumerable here: the JSON reader would take the page for an array. It can be walked with foreach all the same.</remarks>
public sealed class StripeList<T> : StripeEntity<StripeList<T>>, IHasObject
{
    public string Object { get; set; }

    public List<T> Data { get; set; }

    public bool HasMore { get; set; }

    public string Url { get; set; }

    public IEnumerator<T> GetEnumerator() => Data.GetEnumerator();

    public void Reverse() => Data.Reverse();
}
