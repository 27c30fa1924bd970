using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace ContestPipeline.Payout;

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
                type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Described }).AsObject();
            if (isAsked) schema["additionalProperties"] = false;
            schemas.Add(type.Name, schema);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    public JsonObject All() => new([.. schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))]);

    /// <summary>Units, which no type says.</summary>
    private static JsonNode Described(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject described || context.PropertyInfo?.Name is not { } name) return schema;
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var words = name.EndsWith("Minor", StringComparison.Ordinal) ? "Whole minor units of the currency (cents of usd)."
            : name == "changeMinorPerDay" ? "Whole minor units of the currency a day."
            : type == typeof(DateTimeOffset) ? "UTC, RFC 3339."
            : name is "currency" ? "ISO 4217, lower case."
            : null;
        if (words is not null) described["description"] = words;
        return described;
    }
}
