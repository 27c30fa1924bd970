using System.Net;
using ContestPipeline.Embedded;
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
        await using var away = new WorkerDatabase(
            ScoringService.Name, $"Host=127.0.0.1;Port={FreePorts.One()};Username=scoring;Timeout=2", TimeProvider.System);

        using var response = await Ask(away, path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_asker_who_goes_away_half_way_leaves_the_boards_of_all_contests_as_they_are()
    {
        var clock = new HandClock(Slate.Published);
        var rig = new ScoringRig(scope, clock);
        await rig.Command(Slate.Create("aborted"), Slate.Submit("aborted", 1, 0, 1, 2, 3));
        using var asker = new CancellationTokenSource();
        var leaves = false;
        await using var database = new WorkerDatabase(ScoringService.Name, scope.WorkerConnection(ScoringService.Name), clock)
        {
            AfterStatement = () => leaves ? asker.CancelAsync() : Task.CompletedTask,
        };
        var boards = new LiveStandings(new ContestDefinitions());
        var ranks = new Ranks(database, boards);
        Assert.NotNull(await ranks.Of("aborted", "e1", TestContext.Current.CancellationToken));
        var before = boards.Board("aborted");

        leaves = true;
        try
        {
            await ranks.Top("aborted", asker.Token);
        }
        catch (OperationCanceledException)
        {
            // Whether the asker who left gets an answer is nobody's matter.
        }

        Assert.True(asker.IsCancellationRequested);
        Assert.Same(before, boards.Board("aborted"));
    }

    [Fact]
    public async Task One_address_that_asks_too_often_waits()
    {
        var answers = await AskAs(new RankServerOptions("http://127.0.0.1:0", RatePerMinute: 2), "", "", "");

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task Askers_behind_a_trusted_proxy_are_told_apart_and_what_anybody_else_forwards_is_not_believed()
    {
        var open = new RankServerOptions("http://127.0.0.1:0", RatePerMinute: 1);
        var behindProxy = open with { TrustedProxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")] };

        var told = await AskAs(behindProxy, "203.0.113.1", "203.0.113.2", "203.0.113.1", "198.51.100.7, 203.0.113.2");
        var notTold = await AskAs(open, "203.0.113.1", "203.0.113.2");
        var neighbours = await AskAs(behindProxy, "2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:2::1");

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests,
            HttpStatusCode.TooManyRequests], told);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests], notTold);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests, HttpStatusCode.NotFound], neighbours);
    }

    /// <param name="forwardedFor">Of each request in its turn; empty: without the header.</param>
    private async Task<IReadOnlyList<HttpStatusCode>> AskAs(RankServerOptions options, params IReadOnlyList<string> forwardedFor)
    {
        var ct = TestContext.Current.CancellationToken;
        var ranks = new Ranks(
            scope.Database(ScoringService.Name, TimeProvider.System), new LiveStandings(new ContestDefinitions()));
        var server = new RankServer(ranks, options, NullLogger<RankServer>.Instance);
        await server.StartAsync(ct);
        try
        {
            using var client = new HttpClient();
            var answers = new List<HttpStatusCode>();
            foreach (var address in forwardedFor)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/contests/nothing/standings");
                if (address.Length > 0) request.Headers.Add("X-Forwarded-For", address);
                using var response = await client.SendAsync(request, ct);
                answers.Add(response.StatusCode);
            }

            return answers;
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<HttpResponseMessage> Ask(WorkerDatabase database, string path)
    {
        var ct = TestContext.Current.CancellationToken;
        var server = new RankServer(new Ranks(database, new LiveStandings(new ContestDefinitions())),
            new RankServerOptions("http://127.0.0.1:0", RatePerMinute: 1_000), NullLogger<RankServer>.Instance);
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
