using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The JSON schema of a message, from its type, its members' rules and its doc comments: what is written is valid, and what is
/// valid is read.
/// </summary>
internal static partial class WireSchemas
{
    private static readonly Dictionary<string, XElement> s_comments = XDocument
        .Load(Path.ChangeExtension(typeof(WireTypes).Assembly.Location, ".xml")).Descendants("member")
        .ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <param name="example">A message of the type, as it is written.</param>
    public static JsonObject Of(Type type, JsonNode? example = null)
    {
        var exported = WireJson.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions {
            TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Described }).AsObject();
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = type.Name,
        };
        if (Comment(type) is { } comment) schema["description"] = comment;
        foreach (var (name, value) in exported.Where(e => e.Key != "description")) schema[name] = value?.DeepClone();
        if (example is not null) schema["examples"] = new JsonArray(example.DeepClone());
        return schema;
    }

    private static JsonNode Described(JsonSchemaExporterContext context, JsonNode node)
    {
        // A value that may be anything is written as the schema true.
        var schema = node as JsonObject ?? [];
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.TypeInfo.Type != typeof(object))
            OnlyWhatIsSent(context.TypeInfo, schema);
        if (context.PropertyInfo is not { AssociatedParameter: { } parameter } member) return node is JsonObject ? schema : node;
        if (TypeOf(schema) == "integer") schema["format"] = Underlying(member.PropertyType) == typeof(int) ? "int32" : "int64";

        var source = (ParameterInfo)parameter.AttributeProvider!;
        if (MemberRules.ByName(source.Name!, member.PropertyType) is { } shared) Apply(shared, schema, member.PropertyType);
        foreach (var rule in source.GetCustomAttributes<MemberRuleAttribute>()) Apply(rule, schema, member.PropertyType);
        if (member.PropertyType == typeof(byte[])) schema["contentEncoding"] = "base64";
        var isListed = schema.ContainsKey("enum") && Comment(source)?.StartsWith("One of ", StringComparison.Ordinal) == true;
        if (!isListed && Comment(source) is { } comment)
            schema["description"] = comment;
        return schema;
    }

    /// <summary>Keys are no member of the body, and what is null is left out.</summary>
    private static void OnlyWhatIsSent(JsonTypeInfo type, JsonObject schema)
    {
        if (schema["properties"] is not JsonObject members) return;
        foreach (var member in type.Properties.Where(p => p.AssociatedParameter is null)) members.Remove(member.Name);
        var required = type.Properties
            .Where(p => p.AssociatedParameter is { HasDefaultValue: false, IsNullable: false }).Select(p => (JsonNode)p.Name);
        schema["required"] = new JsonArray([.. required]);
    }

    private static void Apply(MemberRuleAttribute rule, JsonObject member, Type type)
    {
        if (rule.Of is { } of)
            member = member["items"]!["properties"]![of]!.AsObject();
        if (rule is AtMostAttribute most)
        {
            member[member["items"] is null ? "maxProperties" : "maxItems"] = most.Elements;
            return;
        }

        foreach (var value in Values(member)) ApplyToValue(rule, value);
    }

    private static void ApplyToValue(MemberRuleAttribute rule, JsonObject value)
    {
        switch (rule)
        {
            case OneOfAttribute words:
                value["enum"] = new JsonArray([.. words.Words.Select(w => (JsonNode)w)]);
                if (value["type"] is JsonArray) value["enum"]!.AsArray().Add(null);
                break;
            case BetweenAttribute range:
                value["minimum"] = range.Min;
                if (range.Max != long.MaxValue) value["maximum"] = range.Max;
                break;
            case MatchesAttribute text:
                value["pattern"] = text.Pattern;
                break;
        }
    }

    /// <summary>The elements of a list, the values of a dictionary, or what is one value itself.</summary>
    private static IEnumerable<JsonObject> Values(JsonObject member) =>
        [(member["items"] ?? member["additionalProperties"]) as JsonObject ?? member];

    private static string? TypeOf(JsonObject schema) =>
        schema["type"] is JsonArray types ? types[0]!.GetValue<string>() : schema["type"]?.GetValue<string>();

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string? Comment(Type type) => Words(s_comments.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    private static string? Comment(ParameterInfo parameter) => Words(
        s_comments.GetValueOrDefault($"T:{parameter.Member.DeclaringType!.FullName}")?.Elements("param")
            .FirstOrDefault(p => p.Attribute("name")!.Value == parameter.Name));

    /// <summary>As plain words: a reference is the name of what it leads to.</summary>
    private static string? Words(XElement? comment)
    {
        if (comment is null) return null;
        var words = string.Concat(comment.Nodes().Select(n => n switch
        {
            XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.', ':')[^1],
            XElement { Name.LocalName: "paramref" } member =>
                System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(member.Attribute("name")!.Value),
            XElement element => element.Value,
            _ => n is XText text ? text.Value : "",
        }));
        return Spaces().Replace(words, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
