using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContestPipeline.Replay.Messages;

/// <summary>
/// Messages as they are shown: secrets to nobody; to who may only look, of texts those alone that name no person. Pure.
/// </summary>
public static class MaskMessage
{
    public const string Masked = "(masked)";

    private static readonly string[] s_secrets = ["clientSecret", "client_secret"];

    /// <summary>Whose texts are no personal data: ids of games and contests, states, kinds.</summary>
    private static readonly string[] s_plain =
    [
        "contestId", "gameId", "athleteId", "athleteIds", "teamId", "state", "status", "kind", "type", "currency", "code",
        "reasonCode", "severity", "purpose", "stat", "topic", "at", "providerTime", "settledAt", "openedAt", "startsAt",
    ];

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="seesAll">False: personal data is masked.</param>
    public static FoundMessage For(FoundMessage message, bool seesAll)
    {
        var body = Body(message.Body, seesAll, out var plain);
        if (seesAll) return message with { Body = body };
        return message with
        {
            Key = plain.Contains(message.Key) ? message.Key : Masked, Body = body, BodyBase64 = null,
            Headers = message.Headers
                .Where(h => h.Key.StartsWith("ce_", StringComparison.Ordinal) && h.Key is not ("ce_id" or "ce_subject"))
                .ToDictionary(h => h.Key, h => h.Value),
        };
    }

    private static string? Body(string? text, bool seesAll, out HashSet<string> plain)
    {
        plain = new HashSet<string>(StringComparer.Ordinal);
        if (text is null) return null;
        try
        {
            var root = JsonNode.Parse(text);
            return Shown(root, "", seesAll, plain)?.ToJsonString(s_json) ?? "null";
        }
        catch (JsonException)
        {
            return seesAll ? text : Masked;
        }
        catch (ArgumentException)
        {
            return seesAll ? text : Masked; // An object that has a name twice.
        }
    }

    private static JsonNode? Shown(JsonNode? node, string name, bool seesAll, HashSet<string> plain)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Shown(m.Value, m.Key, seesAll, plain))));
            case JsonArray items:
                return new JsonArray([.. items.Select(i => Shown(i, name, seesAll, plain))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                if (s_secrets.Contains(name)) return Masked;
                if (!seesAll && !s_plain.Contains(name)) return Masked;
                plain.Add(text);
                return text;
            default:
                return node?.DeepClone();
        }
    }
}
