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
        var (replaced, second) = await Put("ann", "runs", Complete(), Version(first));

        Assert.Equal((200, 200), (kept, replaced));
        Assert.Contains(Problems(first), p => p == "definition.verified.startsAt: missing");
        Assert.DoesNotContain(Problems(first), p => p.StartsWith("definition.title", StringComparison.Ordinal));
        Assert.Empty(Problems(second));
        Assert.Equal(0, await Told("ann", "runs"));
        var (taken, publishing) = await Publish("ann", "runs", Version(second));
        Assert.Equal((202, "publishing"), (taken, Text(publishing, "state")));
        var message = Assert.Single(await Messages("ann", "runs"));
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

    [Fact]
    public async Task Nobody_sees_or_changes_a_draft_of_somebody_else_and_what_is_no_draft_is_refused()
    {
        var (_, kept) = await Put("own", "mine", Complete());
        var version = Version(kept);
        foreach (var other in (string[])["other", "olga"])
        {
            Assert.Equal(404, (await Send(HttpMethod.Get, other, "/mine")).Status);
            Assert.Equal(404, (await Send(HttpMethod.Delete, other, "/mine", version)).Status);
            Assert.Equal(404, (await Publish(other, "mine", version)).Status);
        }

        var staff = world.Token("olga", ApiRole.Operator, ApiRole.Approver);
        Assert.Equal(403, (await world.Ask(HttpMethod.Get, $"{Drafts}/mine", staff)).Status);
        Assert.Equal(403, (await world.Ask(HttpMethod.Put, $"{Drafts}/mine", staff, Complete())).Status);
        Assert.Equal(401, (await world.Ask(HttpMethod.Put, $"{Drafts}/mine", null, Complete())).Status);
        (string Id, object Body, int Status)[] wrong =
        [
            ("a%2Fb", Complete(), 400), ("a%20b", Complete(), 400), (new string('a', 129), Complete(), 400),
            ("n", new { titel = "x" }, 400), ("n", new { entryFeeMinor = "1000" }, 400), ("n", new { maxEntries = 1.5 }, 400),
            ("n", new { verified = new { creatorId = "ben" } }, 400), ("n", new { rakeBps = 1 }, 400),
            ("n", new { entryFeeMinor = 1e30 }, 400), ("n", new { title = new string('x', 16_384) }, 413),
        ];
        foreach (var (id, body, status) in wrong)
            Assert.Equal((status, id, body), ((await Put("own", id, body)).Status, id, body));
        foreach (var query in (string[])["limit=0", "limit=101", "after=%00", "after=a%2Fb"])
            Assert.Equal((400, query), ((await Send(HttpMethod.Get, "own", "?" + query)).Status, query));
        Assert.Equal(1, await world.Payouts.Scalar<long>(
            "select count(*) from payout.challenge_draft where player_id in ('own', 'other', 'olga')"));
        Assert.Equal(200, (await Put("own", "text", new { title = "\u0000 \ud83c\udfc3 <b>" })).Status);
    }

    [Fact]
    public async Task Drafts_are_listed_by_page_replaced_and_thrown_away_by_their_version_and_are_so_many_at_most()
    {
        for (var n = 1; n <= ChallengeDraft.OpenMax; n++) await Put("many", $"d{n:00}", new { title = $"no {n}" });
        var (full, why) = await Put("many", "more", Complete());
        var seen = new List<string>();
        for (var next = ""; next is not null;)
        {
            var (_, page) = await Send(HttpMethod.Get, "many", $"?limit=7&after={next}");
            seen.AddRange(page.GetProperty("drafts").EnumerateArray().Select(d => Text(d, "draftId")));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }

        Assert.Equal(409, full);
        Assert.Contains("at most 20", Text(why, "detail"), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, ChallengeDraft.OpenMax).Select(n => $"d{n:00}"), seen);
        var (_, first) = await Send(HttpMethod.Get, "many", "/d01");
        var (_, second) = await Put("many", "d01", new { title = "other" }, Version(first));
        Assert.Equal(412, (await Send(HttpMethod.Delete, "many", "/d01", Version(first))).Status);
        Assert.Equal(428, (await Send(HttpMethod.Delete, "many", "/d01")).Status);
        Assert.Equal(204, (await Send(HttpMethod.Delete, "many", "/d01", Version(second))).Status);
        Assert.Equal(404, (await Send(HttpMethod.Delete, "many", "/d01", Version(second))).Status);
        Assert.Equal(412, (await Put("many", "d01", Complete(), Version(second))).Status);
        Assert.Equal(200, (await Put("many", "more", Complete())).Status);
    }

    [Fact]
    public async Task What_Scoring_refuses_is_a_draft_again_that_says_why_and_is_published_anew_once_it_is_changed()
    {
        var (_, kept) = await Put("late", "runs", Complete());
        await Publish("late", "runs", Version(kept));
        var first = Assert.Single(await Messages("late", "runs"));
        await Refused(first with { CommandId = "another" });
        Assert.Equal("publishing", Text((await Send(HttpMethod.Get, "late", "/runs")).Body, "state"));
        await Refused(first);

        var (_, again) = await Send(HttpMethod.Get, "late", "/runs");
        Assert.Equal(("draft", "definition.lockAt", "too late"), (Text(again, "state"),
            Text(again.GetProperty("refused"), "field"), Text(again.GetProperty("refused"), "message")));
        var (_, changed) = await Put("late", "runs", Complete("Later runs"), Version(again));
        Assert.False(changed.TryGetProperty("refused", out _));
        world.Payouts.Clock.Forward(TimeSpan.FromSeconds(1));
        Assert.Equal(202, (await Publish("late", "runs", Version(changed))).Status);
        var messages = await Messages("late", "runs");
        Assert.Equal(2, messages.Select(m => m.IdempotencyKey).Distinct().Count());
        Assert.Single(messages.Select(m => m.ContestId).Distinct());
        await Refused(first);
        await Answered(messages[1]);
        await Refused(messages[1]);
        Assert.Equal("published", Text((await Send(HttpMethod.Get, "late", "/runs")).Body, "state"));
    }

    [Fact]
    public async Task A_database_that_forgot_that_it_published_learns_it_from_the_contest_that_is_there()
    {
        var (_, kept) = await Put("forgot", "runs", Complete());
        await Publish("forgot", "runs", Version(kept));
        var message = Assert.Single(await Messages("forgot", "runs"));
        await world.Payouts.Scalar<int>(
            """
            update payout.challenge_draft set state = 'draft', command_id = null, asked_at = null
            where player_id = 'forgot' returning 1
            """);

        await Answered(message);

        var (taken, published) = await Publish("forgot", "runs", Version(kept));
        Assert.Equal((202, "published", message.ContestId), (taken, Text(published, "state"), Text(published, "contestId")));
        Assert.Equal(1, await Told("forgot", "runs"));
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

    private Task Refused(PublishChallengeV1 message) => world.Payouts.Handle(new RefusedDrafts(), new CommandRejectedV1(
        message.CommandId, message.ContestId, "contest.create.v1", "definition-invalid", "too late", "definition.lockAt", "hash",
        world.Payouts.Clock.GetUtcNow()));

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

    private async Task<int> Told(string player, string draftId) => (await Messages(player, draftId)).Count;

    private async Task<IReadOnlyList<PublishChallengeV1>> Messages(string player, string draftId) =>
        [.. (await world.Payouts.Database.Run(tx => tx.Query<byte[]>(
            "select body from payout.outbox where partition_key = @contestId order by position",
            new { contestId = ChallengeDraft.ContestIdOf(player, draftId) }), default))
            .Select(body => WireJson.Read<PublishChallengeV1>(body))];

    private static string[] Problems(JsonElement draft) =>
        [.. draft.GetProperty("problems").EnumerateArray().Select(p => $"{Text(p, "field")}: {Text(p, "message")}")];

    private static string Version(JsonElement draft) => $"\"{Text(draft, "version")}\"";

    private static string Text(JsonElement answer, string field) => answer.GetProperty(field).GetString()!;
}
