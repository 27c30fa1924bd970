using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Drafts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Drafts;

/// <summary>Drafts of challenges over HTTP: their creators' alone, until each is published, once.</summary>
public sealed class DraftRoutesTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Drafts = "/v1/me/challenge-drafts";

    private static readonly DateTimeOffset s_start = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_draft_says_what_is_missing_until_it_is_complete_and_is_published_under_its_contest()
    {
        var (kept, first) = await Put("ann", "runs", new { title = "Twenty runs" });
        Assert.True(kept == 200, first.GetRawText());
        var (replaced, second) = await Put("ann", "runs", Complete(), Version(first));

        Assert.Equal((200, 200), (kept, replaced));
        Assert.Contains(Problems(first), p => p == "definition.verified.startsAt: missing");
        Assert.DoesNotContain(Problems(first), p => p.StartsWith("definition.title", StringComparison.Ordinal));
        Assert.Empty(Problems(second));
        Assert.Equal(0, await Told("ann", "runs"));
        var (taken, publishing) = await Publish("ann", "runs", Version(second));
        Assert.Equal((202, "publishing"), (taken, Text(publishing, "state")));
        var message = await Message("ann", "runs");
        Assert.Equal(("ann", "ann", Text(publishing, "contestId")),
            (message.CreatorId, message.Definition.Verified!.CreatorId, message.ContestId));
        await Answered(message);
        var (status, published) = await Send(HttpMethod.Get, "ann", "/runs");
        Assert.Equal((200, "published", message.ContestId),
            (status, Text(published, "state"), Text(published, "contestId")));
        Assert.Equal(409, (await Put("ann", "runs", new { title = "x" }, Version(published))).Status);
        Assert.Equal(409, (await Send(HttpMethod.Delete, "ann", "/runs", Version(published))).Status);
        var (again, same) = await Publish("ann", "runs", Version(second));
        Assert.Equal((202, published.GetRawText()), (again, same.GetRawText()));
        Assert.Equal(1, await Told("ann", "runs"));
    }

    private static object Complete(string title = "Twenty runs in thirty days") => new
    {
        title, currency = "usd", entryFeeMinor = 1_000, maxEntries = 50,
        verified = new
        {
            startsAt = s_start, endsAt = s_start.AddDays(30), verificationEndsAt = s_start.AddDays(32), proofsRequired = 20,
            proofsAllowed = 25, proof = new { textRequired = true }, votesNeeded = 3, approvalShareBps = 5_000,
        },
    };

    /// <summary>Scoring publishes it.</summary>
    private Task Answered(PublishChallengeV1 message) => world.Payouts.Handle(new PublishedContests(OverlayLimit.Default),
        new ContestPublishedV1(message.CommandId, message.ContestId, message.Definition,
            CanonicalHash.Of(message.Definition), world.Payouts.Clock.GetUtcNow()));

    private Task<(int Status, JsonElement Body)> Put(string player, string draftId, object terms, string? version = null) =>
        Send(HttpMethod.Put, player, "/" + draftId, version, terms);

    private Task<(int Status, JsonElement Body)> Publish(string player, string draftId, string? version) =>
        Send(HttpMethod.Post, player, $"/{draftId}/publish", version);

    private async Task<(int Status, JsonElement Body)> Send(
        HttpMethod method, string player, string path, string? version = null, object? body = null)
    {
        using var client = new HttpClient { BaseAddress = world.Address };
        using var request = new HttpRequestMessage(method, Drafts + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token(player, ApiRole.Player));
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode < 500, text);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    private async Task<int> Told(string player, string draftId) => (int)await world.Payouts.Scalar<long>(
        $"select count(*) from payout.outbox where partition_key = '{ChallengeDraft.ContestIdOf(player, draftId)}'");

    private async Task<PublishChallengeV1> Message(string player, string draftId) => WireJson.Read<PublishChallengeV1>(
        await world.Payouts.Scalar<byte[]>(
            $"select body from payout.outbox where partition_key = '{ChallengeDraft.ContestIdOf(player, draftId)}'"));

    private static string[] Problems(JsonElement draft) =>
        [.. draft.GetProperty("problems").EnumerateArray().Select(p => $"{Text(p, "field")}: {Text(p, "message")}")];

    private static string Version(JsonElement draft) => $"\"{Text(draft, "version")}\"";

    private static string Text(JsonElement answer, string field) => answer.GetProperty(field).GetString()!;
}
