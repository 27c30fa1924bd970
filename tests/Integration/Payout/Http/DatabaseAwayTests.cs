using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Payout;

namespace ContestPipeline.Integration.Payout;

/// <summary>What callers hear while the database is away: to come again, and when; never that they did something wrong.</summary>
public sealed class DatabaseAwayTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Theory]
    [InlineData("GET", "/v1/payouts")]
    [InlineData("GET", "/v1/payouts/po")]
    [InlineData("POST", "/v1/payouts/po/release")]
    [InlineData("POST", "/v1/payouts/po/reject")]
    [InlineData("POST", "/v1/entries/c/e/refunds")]
    [InlineData("GET", "/v1/players/ann/earnings")]
    [InlineData("GET", "/v1/alerts")]
    [InlineData("GET", "/v1/audit")]
    [InlineData("GET", "/v1/tax/1099/2026")]
    public async Task Every_route_says_503_and_when_to_come_again(string method, string path)
    {
        using var client = new HttpClient { BaseAddress = await world.ServeWithoutDatabase() };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token("olga", ApiRole.Operator, ApiRole.Approver));
        if (method == "POST")
            request.Content = path.EndsWith("refunds", StringComparison.Ordinal) ? JsonContent.Create(new { requestId = "r1", reason = "a mistake" }) : JsonContent.Create(new { note = "seen" });
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Equal(ApiProblem.MediaType, response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains("database does not answer", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
