using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>A challenge from a player's draft over HTTP to the contest that its creator takes back.</summary>
public sealed class DraftEndToEndTests
{
    private const string Creator = "player-001";
    private const string Draft = "/v1/me/challenge-drafts/runs";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_players_draft_becomes_a_contest_once_and_the_player_takes_it_back()
    {
        await using var run = await ChallengeRun.Start("test-draft", players: 0, Ct);
        var starts = TimeProvider.System.GetUtcNow().AddHours(1);
        var (kept, draft) = await Send(run, HttpMethod.Put, Draft, null, new
        {
            title = "Twenty runs", currency = "usd", entryFeeMinor = ChallengeRun.StakeMinor, maxEntries = 10,
            verified = new
            {
                startsAt = starts, endsAt = starts.AddDays(1), verificationEndsAt = starts.AddDays(2), proofsRequired = 1,
                proofsAllowed = 1, proof = new { textRequired = true }, votesNeeded = 1, approvalShareBps = 5_000,
            },
        });
        Assert.Equal((HttpStatusCode.OK, 0), (kept, draft.GetProperty("problems").GetArrayLength()));
        Assert.Empty(run.Told.Contests);

        var version = draft.GetProperty("version").GetString();
        var (first, told) = await Send(run, HttpMethod.Post, Draft + "/publish", version);
        var (second, _) = await Send(run, HttpMethod.Post, Draft + "/publish", version);
        var contestId = told.GetProperty("contestId").GetString()!;
        await run.Reaches(contestId, ContestStates.Scheduled, Ct);
        await run.Until("the draft is published", async () =>
            (await Send(run, HttpMethod.Get, Draft, null)).Body.GetProperty("state").GetString() == "published", Ct);
        await run.Publish(new CancelChallengeV1("back", contestId, Creator, "it rains"));
        await run.Reaches(contestId, ContestStates.Cancelled, Ct);
        await run.Until("nothing is left to do", () => run.Crew.IsAtRest(Ct), Ct);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first, second));
        Assert.Equal([contestId], run.Told.Contests.Select(c => c.ContestId));
        Assert.Empty(run.Told.Refused);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> Send(
        ChallengeRun run, HttpMethod method, string path, string? version, object? body = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var client = new HttpClient { BaseAddress = new Uri(run.Stage.Settings["PAYOUT_HTTP_URL"]!) };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Jwt.Make(
            DemoStripeEndpoints.Tokens, new JwtBearer(Creator, [ApiRole.Player], now.AddHours(1)), now));
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }
}
