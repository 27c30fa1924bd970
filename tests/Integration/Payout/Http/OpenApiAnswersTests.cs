using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout;

/// <summary>The OpenAPI document as it is served: every mapped route and nothing else, and what routes really answer is what it says.</summary>
public sealed partial class OpenApiAnswersTests(ApiWorld api) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Every_mapped_route_is_in_the_document_that_is_served_and_nothing_else()
    {
        var document = await Document();

        var described = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}")).Order();
        Assert.Equal(api.Routes.Select(r => $"{r.Method} {Constraint().Replace(r.Pattern, "{$1}")}").Order(), described);
        Assert.Contains("POST /v1/players/{playerId}/onboarding/reset", described);
        Assert.DoesNotContain("onboarding/reset", (await Document(await api.Serve(100_000, isTest: false))).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_routes_answer_is_what_the_document_says_of_them()
    {
        var world = api.Payouts;
        await world.GivenReady("openapi");
        await world.GivenSettled(ContestBuilder.Of("c-openapi", 10, ("openapi", [6_000_00])));
        await world.Runner().RunOnce(CancellationToken.None);
        var payoutId = await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-openapi'");
        var document = await Document();
        var asked = new Dictionary<string, string> { ["{payoutId}"] = payoutId!, ["{playerId}"] = "openapi", ["{contestId}"] = "c-openapi", ["{entryId}"] = "none", ["{year}"] = "2026" };
        var answered = 0;

        foreach (var path in document["paths"]!.AsObject().Where(p => p.Key.StartsWith("/v1/", StringComparison.Ordinal) && p.Value!["get"] is not null))
        {
            var at = asked.Aggregate(path.Key, (known, a) => known.Replace(a.Key, a.Value, StringComparison.Ordinal));
            var (status, body) = await api.Ask(HttpMethod.Get, at, api.Token("openapi", [.. ApiRole.All]));
            var said = path.Value!["get"]!["responses"]![$"{status}"];
            Assert.True(said is not null, $"{at} answered {status}, which the document does not say");
            Fits(body, Schema(document, Assert.Single(said["content"]!.AsObject()).Value!["schema"]!), at);
            if (status == 200) answered++;
        }

        Assert.True(answered >= 14, $"{answered}");
        var (refused, problem) = await api.Ask(HttpMethod.Post, $"/v1/payouts/{payoutId}/reject", api.Token("ann", ApiRole.Approver), new { note = "" });
        Assert.Equal(400, refused);
        Fits(problem, Schema(document, document["paths"]!["/v1/payouts/{payoutId}/reject"]!["post"]!["responses"]!["400"]!["content"]!["application/problem+json"]!["schema"]!), "reject");
    }

    private static JsonNode Schema(JsonNode document, JsonNode schema) =>
        schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]! : schema;

    /// <summary>Types, required fields, and no field the schema does not know.</summary>
    private static void Fits(JsonElement value, JsonNode schema, string where)
    {
        var types = schema["type"] switch { JsonArray several => several.Select(t => t!.GetValue<string>()), { } one => [one.GetValue<string>()], null => [] };
        var type = value.ValueKind switch
        {
            JsonValueKind.Object => "object", JsonValueKind.Array => "array", JsonValueKind.String => "string",
            JsonValueKind.Number => value.TryGetInt64(out _) && types.Contains("integer") ? "integer" : "number", JsonValueKind.Null => "null", _ => "boolean",
        };
        Assert.True(types.Contains(type), $"{where} is {type}, not {string.Join(" or ", types)}");
        if (type == "array")
        {
            foreach (var item in value.EnumerateArray()) Fits(item, schema["items"]!, $"{where}[]");
        }

        if (type != "object") return;
        var properties = schema["properties"]!.AsObject();
        foreach (var required in schema["required"]?.AsArray() ?? []) Assert.True(value.TryGetProperty(required!.GetValue<string>(), out _), $"{where} lacks {required}");
        foreach (var field in value.EnumerateObject())
        {
            Assert.True(properties.ContainsKey(field.Name), $"{where} has {field.Name}, which the document does not know");
            Fits(field.Value, properties[field.Name]!, $"{where}.{field.Name}");
        }
    }

    private async Task<JsonNode> Document(Uri? address = null)
    {
        var (status, body) = await api.Ask(HttpMethod.Get, OpenApi.Path, token: null, address: address);
        Assert.Equal(200, status);
        return JsonNode.Parse(body.GetRawText())!;
    }

    [GeneratedRegex(@"\{(\w+):[^}]*\}")]
    private static partial Regex Constraint();
}
