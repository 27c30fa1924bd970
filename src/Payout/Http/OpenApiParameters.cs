using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ContestPipeline.Payout.Http;

/// <summary>What a route takes, as its handler's signature says: parts of the path, of the query, and a body.</summary>
internal static class OpenApiParameters
{
    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal)
    {
        ["payoutId"] = "The payout.", ["contestId"] = "The contest; a slash in an id is escaped.",
        ["entryId"] = "The entry; a slash in an id is escaped.",
        ["playerId"] = "The player; where players may ask, me is the caller.", ["year"] = "The calendar year, UTC.",
        ["token"] = "Signed and short-lived, as it stands in the link.",
        ["state"] = "Only those in this state.", ["contest"] = "Only those of this contest.",
        ["player"] = "Only those of this player.",
        ["payout"] = "Only those of this payout.", ["actor"] = "Only what this person or part did.",
        ["after"] = "Where the page before ended: what it gives as next.",
        ["before"] = "Only those before this time, UTC (RFC 3339).", ["limit"] = "How many at most.",
        ["all"] = "Also those below the threshold.",
    };

    private static readonly Dictionary<Type, Func<JsonObject>> s_simple = new()
    {
        [typeof(string)] = () => new JsonObject { ["type"] = "string" },
        [typeof(int)] = () => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        [typeof(bool)] = () => new JsonObject { ["type"] = "boolean" },
        [typeof(DateTimeOffset)] = () => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
    };

    public static (JsonArray Parameters, JsonObject? Body) Of(RouteEndpoint endpoint, string path, OpenApiSchemas schemas)
    {
        var (parameters, body) = (new JsonArray(), (JsonObject?)null);
        foreach (var parameter in endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            if (s_simple.TryGetValue(type, out var schema)) parameters.Add(Parameter(parameter, path, schema()));
            else if (type != typeof(Caller) && type != typeof(CancellationToken) && type != typeof(HttpContext))
                body = Body(type, schemas);
        }

        return (parameters, body);
    }

    private static JsonObject Parameter(ParameterInfo parameter, string path, JsonObject schema)
    {
        var name = parameter.Name!;
        var inPath = path.Contains($"{{{name}}}", StringComparison.Ordinal);
        return new JsonObject
        {
            ["name"] = name, ["in"] = inPath ? "path" : "query", ["required"] = inPath || !IsOptional(parameter),
            ["description"] = s_words.GetValueOrDefault(name),
            ["schema"] = schema,
        };
    }

    private static bool IsOptional(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null
            || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private static JsonObject Body(Type type, OpenApiSchemas schemas) => new()
    {
        ["required"] = true,
        ["content"] =
            new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Reference(type, isAsked: true) } },
    };
}
