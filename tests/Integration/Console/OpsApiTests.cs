using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>The operators' API describes itself, and refuses in words what it does not understand.</summary>
public sealed class OpsApiTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/ops/replays", "{}", "topic")]
    [InlineData("/v1/ops/replays", "{", "body")]
    [InlineData("/v1/ops/replays", """{"topic":"feed.games.v1","rate":7}""", "rate")]
    [InlineData("/v1/ops/replays", """{"topic":"feed.games.v1","partition":"three"}""", "partition")]
    [InlineData("/v1/ops/failures/discards", """{"worker":"payout"}""", "topic")]
    [InlineData("/v1/ops/failures/retries", """{"reason":null}""", "reason")]
    public async Task A_body_that_does_not_fit_is_refused_with_what_is_wrong_and_no_name_of_a_type(
        string path, string body, string named)
    {
        using var olga = world.Bearer("olga", ApiRole.Operator);

        using var answer = await olga.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var detail = problem.GetProperty("detail").GetString()!;
        Assert.Contains(named, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Request", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_document_names_every_route_that_answers()
    {
        using var stranger = world.Stranger();

        var document = await stranger.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Ct);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(
            world.Routes.Where(r => r.Pattern.StartsWith("/v1/ops", StringComparison.Ordinal) && !r.Pattern.Contains("{*"))
                .Select(r => $"{r.Method} {r.Pattern.TrimEnd('/')}").Order(StringComparer.Ordinal),
            described.Order(StringComparer.Ordinal));
    }
}
