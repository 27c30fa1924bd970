using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Http;
using Microsoft.Extensions.Logging;

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
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", world.Token("olga", ApiRole.Operator, ApiRole.Approver));
        if (method == "POST")
            request.Content = path.EndsWith("refunds", StringComparison.Ordinal)
                ? JsonContent.Create(new { requestId = "r1", reason = "a mistake" }) : JsonContent.Create(new { note = "seen" });
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Equal(ApiProblem.MediaType, response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains("database does not answer", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_is_one_line_of_the_log_for_each_request_and_no_stack_trace()
    {
        using var log = new Lines();
        using var client = new HttpClient { BaseAddress = await world.ServeWithoutDatabase(log) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", world.Token("olga", ApiRole.Operator));

        for (var n = 0; n < 3; n++) using (await client.GetAsync("/v1/payouts", TestContext.Current.CancellationToken)) { }

        Assert.Equal(Enumerable.Repeat((LogLevel.Warning, false), 3), log.Kept.Select(l => (l.Level, l.HasException)));
        Assert.All(log.Kept, l => Assert.StartsWith("GET /v1/payouts was answered 503: ", l.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_token_of_an_onboarding_link_is_not_in_the_log()
    {
        using var log = new Lines();
        using var client = new HttpClient { BaseAddress = await world.ServeWithoutDatabase(log) };
        var token = OnboardingToken.Make(ApiWorld.Onboarding.LinkKey, "ann", world.Payouts.Clock.GetUtcNow().AddDays(1));

        using var answer = await client.GetAsync($"/onboarding/{token}", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.NotEmpty(log.Kept);
        Assert.DoesNotContain(log.Kept, l => l.Text.Contains(token[..20], StringComparison.Ordinal));
    }

    /// <summary>Whatever is worth a look, of any category.</summary>
    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, bool HasException, string Text)> kept = [];

        public IReadOnlyCollection<(LogLevel Level, bool HasException, string Text)> Kept => kept;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) kept.Enqueue((logLevel, exception is not null, formatter(state, exception)));
        }

        public void Dispose()
        {
        }
    }
}
