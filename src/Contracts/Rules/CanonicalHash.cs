using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace ContestPipeline.Contracts;

/// <summary>
/// SHA-256 of a value's canonical JSON: WireJson, object members in ordinal order of their names, no white space. Lower-case hex.
/// </summary>
public static class CanonicalHash
{
    public static string Of(object value)
    {
        using var document = JsonDocument.Parse(WireJson.Bytes(value));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Options.Encoder }))
            Write(document.RootElement, writer);
        return OfBytes(buffer.WrittenSpan);
    }

    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
