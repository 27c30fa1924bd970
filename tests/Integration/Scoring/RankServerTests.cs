using System.Net;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Scoring;

/// <summary>The ranks over HTTP when things are not as they should be.</summary>
public sealed class RankServerTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task What_is_not_there_is_404()
    {
        using var response = await Ask(scope.Database(ScoringService.Name, TimeProvider.System), "/contests/nothing/standings");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/contests/c1/standings")]
    [InlineData("/contests/c1/entries/e1")]
    public async Task While_the_database_is_away_the_asker_is_told_when_to_come_again(string path)
    {
        await using var away = new WorkerDatabase(ScoringService.Name, $"Host=127.0.0.1;Port={FreePorts.One()};Username=scoring;Timeout=2", TimeProvider.System);

        using var response = await Ask(away, path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<HttpResponseMessage> Ask(WorkerDatabase database, string path)
    {
        var ct = TestContext.Current.CancellationToken;
        var server = new RankServer(new Ranks(database, new LiveStandings(new ContestDefinitions())), "http://127.0.0.1:0", NullLogger<RankServer>.Instance);
        await server.StartAsync(ct);
        try
        {
            using var client = new HttpClient();
            return await client.GetAsync(new Uri(server.Address + path), ct);
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
        }
    }
}
