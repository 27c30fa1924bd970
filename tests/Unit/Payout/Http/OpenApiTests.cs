using System.Text.Json.Nodes;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// The OpenAPI document says of every route what a caller needs: roles, parameters, answers, units. That it is the checked-in
/// one, the contract tests see to.
/// </summary>
public sealed class OpenApiTests
{
    private static readonly JsonObject s_document = MappedApi.Document().GetAwaiter().GetResult();

    public static TheoryData<string> Operations =>
        [.. Paths.SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key} {path.Key}"))];

    private static JsonObject Paths => s_document["paths"]!.AsObject();

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_route_says_what_it_is_for_who_may_use_it_what_it_takes_and_how_it_answers(string name)
    {
        var operation = Operation(name);
        var responses = operation["responses"]!.AsObject();
        var isOpen = operation["security"]!.AsArray().Count == 0;

        Assert.False(string.IsNullOrEmpty(operation["summary"]?.GetValue<string>()), "it has no summary");
        Assert.Contains(responses, r => r.Key is "200" or "202" or "204");
        Assert.All(["429", "500", "503"], status => Assert.Contains(status, responses));
        Assert.Equal(!isOpen, responses.ContainsKey("401") && responses.ContainsKey("403"));
        Assert.Equal(
            name.Contains("/v1/", StringComparison.Ordinal) && !name.Contains("/openapi/", StringComparison.Ordinal), !isOpen);
        Assert.All(operation["parameters"]?.AsArray() ?? [],
            p => Assert.False(string.IsNullOrEmpty(p!["description"]?.GetValue<string>()), $"{p["name"]} is not described"));
        Assert.Equal(
            Parts(name).Order(),
            (operation["parameters"]?.AsArray() ?? []).Where(p => p!["in"]!.GetValue<string>() == "path")
                .Select(p => p!["name"]!.GetValue<string>()).Order());
        Assert.Equal(
            name[..4] is "post" or "put " && !HasNoBody(name), operation.ContainsKey("requestBody"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_refusal_is_problem_details_or_a_page(string name) =>
        Assert.All(Operation(name)["responses"]!.AsObject().Where(r => r.Key[0] is '4' or '5'), r =>
        {
            var media = Assert.Single(r.Value!["content"]!.AsObject()).Key;
            Assert.True(media == "application/problem+json"
                || media == "text/html" && name.Contains("/onboarding/", StringComparison.Ordinal), media);
        });

    [Fact]
    public void Operation_ids_are_there_once_and_every_reference_leads_somewhere()
    {
        var ids = Operations.Select(o => Operation(o.Data)["operationId"]!.GetValue<string>()).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());

        var schemas = s_document["components"]!["schemas"]!.AsObject();
        var references = Under(s_document).Where(n => n.Name == "$ref").Select(n => n.Node!.GetValue<string>()).ToArray();
        Assert.NotEmpty(references);
        Assert.All(references, r => Assert.Contains(r["#/components/schemas/".Length..], schemas));
    }

    [Fact]
    public void Every_amount_says_its_unit_and_every_time_that_it_is_UTC()
    {
        var properties = Under(s_document["components"]!).Where(n => n.Name == "properties").SelectMany(n => n.Node!.AsObject())
            .ToArray();

        var amounts = properties.Where(p => p.Key.EndsWith("Minor", StringComparison.Ordinal)).ToArray();
        Assert.True(amounts.Length > 20, $"{amounts.Length}");
        Assert.All(amounts,
            p => Assert.Contains("minor units", p.Value!["description"]?.GetValue<string>() ?? p.Key, StringComparison.Ordinal));
        var times = properties.Where(p => p.Value is JsonObject o && o["format"]?.GetValue<string>() == "date-time").ToArray();
        Assert.True(times.Length > 10, $"{times.Length}");
        Assert.All(
            times, p => Assert.Contains("UTC", p.Value!["description"]?.GetValue<string>() ?? p.Key, StringComparison.Ordinal));
    }

    [Fact]
    public void No_body_that_is_sent_names_an_amount_of_a_payout_or_a_recipient()
    {
        var sent = Operations.Select(o => Operation(o.Data)["requestBody"]).OfType<JsonObject>().SelectMany(b => Under(b))
            .Where(n => n.Name == "$ref")
            .Select(n => n.Node!.GetValue<string>().Split('/')[^1]).Distinct().ToArray();

        Assert.NotEmpty(sent);
        foreach (var schema in sent.Select(s => (Name: s, Body: s_document["components"]!["schemas"]![s]!)))
        {
            if (schema.Body["format"]?.GetValue<string>() == "binary") continue; // The bytes of a file.
            // What is also answered may get further fields there; the route refuses them all the same.
            var isOfADraft = schema.Name is "ChallengeTerms" or "VerifiedTerms" or "ProofTerms";
            Assert.True(isOfADraft || !schema.Body["additionalProperties"]!.GetValue<bool>(), schema.Name);
            var fields = schema.Body["properties"]!.AsObject().Select(p => p.Key).ToArray();
            Assert.DoesNotContain(fields, f => f is "destination" or "playerId" or "accountId");
            var isOfTheOwnWallet = schema.Name is "DepositRequest" or "WithdrawalRequest" or "WalletRefundRequest";
            Assert.True(isOfTheOwnWallet || isOfADraft || !fields.Contains("currency"), schema.Name);
            Assert.True(isOfTheOwnWallet || schema.Name == "RefundRequest"
                || !fields.Any(f => f.Contains("amount", StringComparison.OrdinalIgnoreCase)), schema.Name);
        }
    }

    private static JsonObject Operation(string name) =>
        Paths[name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..]]![name[..name.IndexOf(
            ' ', StringComparison.Ordinal)]]!.AsObject();

    private static bool HasNoBody(string name) =>
        name is "post /v1/stripe/sweep" or "post /v1/players/{playerId}/onboarding/reset"
            or "post /v1/me/challenge-drafts/{draftId}/publish";

    private static IEnumerable<string> Parts(string name) =>
        name.Split('/').Where(p => p.StartsWith('{')).Select(p => p.Trim('{', '}'));

    private static IEnumerable<(string Name, JsonNode? Node)> Under(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Under(f.Value).Prepend((f.Key, f.Value))),
        JsonArray items => items.SelectMany(Under),
        _ => [],
    };
}
