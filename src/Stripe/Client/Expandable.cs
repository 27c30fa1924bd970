using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>An object that Stripe names by id and, when asked to expand it, sends whole.</summary>
[JsonConverter(typeof(ExpandableReader))]
internal sealed record Expandable<T>(string Id, T Whole)
    where T : class, IHasId;

/// <summary>Reads and writes expandable objects of every type.</summary>
internal sealed class ExpandableReader : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Expandable<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Reader<>).MakeGenericType(typeToConvert.GetGenericArguments()));

    /// <summary>Reads and writes expandable objects of one type.</summary>
    private sealed class Reader<T> : JsonConverter<Expandable<T>>
        where T : class, IHasId
    {
        public override Expandable<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String) return new Expandable<T>(reader.GetString(), null);
            var whole = JsonSerializer.Deserialize<T>(ref reader, options);
            return new Expandable<T>(whole.Id, whole);
        }

        public override void Write(Utf8JsonWriter writer, Expandable<T> value, JsonSerializerOptions options)
        {
            if (value.Whole == null) writer.WriteStringValue(value.Id);
            else JsonSerializer.Serialize(writer, value.Whole, options);
        }
    }
}
