using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ContestPipeline.Payout.Http;
using NJsonSchema;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// The OpenAPI document as it is served: every mapped route and nothing else, and what routes really answer is what it says.
/// </summary>
public sealed partial class OpenApiAnswersTests(ApiWorld api) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Every_mapped_route_is_in_the_document_that_is_served_and_nothing_else()
    {
        var document = await Document();

        var described = document["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}")).Order();
        Assert.Equal(api.Routes.Select(r => $"{r.Method} {Constraint().Replace(r.Pattern, "{$1}")}").Order(), described);
        Assert.Contains("POST /v1/players/{playerId}/onboarding/reset", described);
        Assert.DoesNotContain("onboarding/reset", (await Document(await api.Serve(100_000, isTest: false))).ToJsonString(),
            StringComparison.Ordinal);
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
        var asked = new Dictionary<string, string> { ["{payoutId}"] = payoutId!, ["{playerId}"] = "openapi",
            ["{contestId}"] = "c-openapi", ["{entryId}"] = "none", ["{year}"] = "2026" };
        var answered = 0;

        foreach (var path in document["paths"]!.AsObject()
            .Where(p => p.Key.StartsWith("/v1/", StringComparison.Ordinal) && p.Value!["get"] is not null))
        {
            var at = asked.Aggregate(path.Key, (known, a) => known.Replace(a.Key, a.Value, StringComparison.Ordinal));
            var (status, body) = await api.Ask(HttpMethod.Get, at, api.Token("openapi", [.. ApiRole.All]));
            var said = path.Value!["get"]!["responses"]![$"{status}"];
            Assert.True(said is not null, $"{at} answered {status}, which the document does not say");
            await Fits(body, document, Assert.Single(said["content"]!.AsObject()).Value!["schema"]!, at);
            if (status == 200) answered++;
        }

        Assert.True(answered >= 14, $"{answered}");
        var (refused, problem) = await api.Ask(
            HttpMethod.Post, $"/v1/payouts/{payoutId}/reject", api.Token("ann", ApiRole.Approver), new { note = "" });
        Assert.Equal(400, refused);
        await Fits(problem, document, Rejecting(document)["400"]!["content"]!["application/problem+json"]!["schema"]!, "reject");
    }

    /// <summary>Types, formats, required fields, and no field that the schema does not know.</summary>
    private static async Task Fits(JsonElement value, JsonNode document, JsonNode schema, string where)
    {
        var closed = Inlined(document, schema)!;
        Close(closed);
        var judge = await JsonSchema.FromJsonAsync(closed.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.True(judge.Validate(value.GetRawText()) is { Count: 0 },
            $"{where}: {string.Join("; ", judge.Validate(value.GetRawText()))}");
    }

    /// <summary>A copy in which what a reference leads to stands in its place.</summary>
    private static JsonNode? Inlined(JsonNode document, JsonNode? node) => node switch
    {
        JsonObject fields when fields["$ref"] is { } reference =>
            Inlined(document, document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]),
        JsonObject fields => new JsonObject(
            fields.Select(field => KeyValuePair.Create(field.Key, Inlined(document, field.Value)))),
        JsonArray several => new JsonArray([.. several.Select(one => Inlined(document, one))]),
        _ => node?.DeepClone(),
    };

    /// <summary>A schema leaves open what it does not name.</summary>
    private static void Close(JsonNode? schema)
    {
        if (schema is JsonArray several)
        {
            foreach (var one in several) Close(one);
        }

        if (schema is not JsonObject fields) return;
        foreach (var (_, inner) in fields) Close(inner);
        if (fields["properties"] is JsonObject && !fields.ContainsKey("additionalProperties"))
            fields["additionalProperties"] = false;
    }

    private async Task<JsonNode> Document(Uri? address = null)
    {
        var (status, body) = await api.Ask(HttpMethod.Get, OpenApiDescription.Path, token: null, address: address);
        Assert.Equal(200, status);
        return JsonNode.Parse(body.GetRawText())!;
    }

    [GeneratedRegex(@"\{(\w+):[^}]*\}")]
    private static partial Regex Constraint();

    private static JsonNode Rejecting(JsonNode document) =>
        document["paths"]!["/v1/payouts/{payoutId}/reject"]!["post"]!["responses"]!;
}
