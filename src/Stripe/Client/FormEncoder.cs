using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Writes options as Stripe reads them: <c>parent[child]=value</c>, lists by index, unset properties left out.</summary>
internal static class FormEncoder
{
    public static string Encode(BaseOptions options) =>
        string.Join('&', Flatten(null, options).Select(pair => $"{Escape(pair.Key)}={Escape(pair.Value)}"));

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string key, object value) => value switch
    {
        null => One(key, ""),
        AnyOf anyOf => anyOf.Value == null ? [] : Flatten(key, anyOf.Value),
        INestedOptions nested => FlattenProperties(key, nested),
        IDictionary<string, string> dictionary => dictionary.SelectMany(pair => Flatten(Child(key, pair.Key), pair.Value)),
        string text => One(key, text),
        ICollection { Count: 0 } => One(key, ""),
        IEnumerable list => list.Cast<object>().SelectMany((item, index) => Flatten($"{key}[{index}]", item)),
        DateTime time => One(key, new DateTimeOffset(time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        bool flag => One(key, flag ? "true" : "false"),
        _ => One(key, string.Format(CultureInfo.InvariantCulture, "{0}", value)),
    };

    private static IEnumerable<KeyValuePair<string, string>> FlattenProperties(string key, INestedOptions options) =>
        options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => (Name: NameOf(property), Value: property.GetValue(options)))
            .Where(property => property.Value != null)
            .SelectMany(property => Flatten(Child(key, property.Name), property.Value));

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string Child(string parent, string name) => parent == null ? name : $"{parent}[{name}]";

    private static IEnumerable<KeyValuePair<string, string>> One(string key, string value) => [new(key, value)];

    // Brackets stay readable: Stripe accepts them and Stripe.net sends them so.
    private static string Escape(string text) =>
        WebUtility.UrlEncode(text).Replace("%5B", "[", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal);
}
