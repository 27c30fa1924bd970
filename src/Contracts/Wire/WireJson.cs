using System.Text.Encodings.Web;
using System.Text.Json;

namespace ContestPipeline.Contracts;

/// <summary>The one way messages become JSON and back: camelCase, a missing or null required field is an error, unknown fields are ignored.</summary>
public static class WireJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Bytes(object message) => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Options);

    /// <exception cref="JsonException">The body is not what <paramref name="type"/> asks for; the message names the path.</exception>
    public static object Read(ReadOnlySpan<byte> body, Type type) =>
        JsonSerializer.Deserialize(body, type, Options) ?? throw new JsonException("The JSON value null is not a message.");

    public static T Read<T>(ReadOnlySpan<byte> body) => (T)Read(body, typeof(T));
}
