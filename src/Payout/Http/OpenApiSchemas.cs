using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace ContestPipeline.Payout.Http;

/// <summary>The schemas of bodies, made from their types as they are written and read, each once.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonObject> schemas = new(StringComparer.Ordinal);

    /// <param name="isAsked">A body that callers send: a field that is not in it is refused.</param>
    public JsonObject Reference(Type type, bool isAsked = false)
    {
        if (type == typeof(object)) return new JsonObject { ["type"] = "object" };
        if (!schemas.ContainsKey(type.Name))
        {
            var schema = ApiAnswer.Json.GetJsonSchemaAsNode(
                type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Described })
                .AsObject();
            if (isAsked) schema["additionalProperties"] = false;
            schemas.Add(type.Name, schema);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    public JsonObject All() => new([.. schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))]);

    /// <summary>Units, which no type says; and what may be null is left out when it is, and so not required.</summary>
    private static JsonNode Described(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject described) return schema;
        if (described["required"] is JsonArray required && described["properties"] is JsonObject properties)
        {
            var always = required.Select(r => r!.GetValue<string>()).Where(r => properties[r]?["type"] is not JsonArray)
                .ToArray();
            described.Remove("required");
            if (always.Length > 0) described["required"] = new JsonArray([.. always.Select(r => (JsonNode)r)]);
        }

        if (context.PropertyInfo?.Name is { } name && Words(name, context.TypeInfo.Type) is { } words)
            described["description"] = words;
        return described;
    }

    private static string? Words(string name, Type type) =>
        name.EndsWith("Minor", StringComparison.Ordinal) ? "Whole minor units of the currency (cents of usd)."
        : name == "changeMinorPerDay" ? "Whole minor units of the currency a day."
        : (Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset) ? "UTC, RFC 3339."
        : name == "currency" ? "ISO 4217, lower case."
        : null;
}
