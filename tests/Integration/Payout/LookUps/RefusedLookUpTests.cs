using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Calls;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Integration.Payout.LookUps;

/// <summary>
/// Only a complete list that Stripe gave says that something is not there: every other answer to a look-up means that it is asked
/// again, and nothing is sent meanwhile.
/// </summary>
public sealed class RefusedLookUpTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    /// <summary>What a list of Stripe's may be answered with that says nothing about what is there.</summary>
    public static TheoryData<string, int, string> Answers => new()
    {
        { "bad-request", 400, Error("invalid_request_error", "parameter_invalid_empty") },
        { "bad-request-no-code", 400, Error("invalid_request_error", null) },
        { "unauthorized", 401, Error("invalid_request_error", null) },
        { "blocked", 402, Error("invalid_request_error", "request_blocked") },
        { "forbidden", 403, Error("invalid_request_error", null) },
        { "forbidden-with-a-code", 403, Error("invalid_request_error", "account_invalid") },
        { "not-found", 404, Error("invalid_request_error", "resource_missing") },
        { "not-found-no-code", 404, Error("invalid_request_error", null) },
        { "conflict", 409, Error("invalid_request_error", "idempotency_key_in_use") },
        { "key-conflict", 400, Error("idempotency_error", null) },
        { "too-many", 429, Error("invalid_request_error", "rate_limit") },
        { "server-error", 500, Error("api_error", null) },
        { "unavailable", 503, "upstream connect error" },
        { "no-has-more", 200, """{"object":"list","data":[],"url":"/v1/transfers"}""" },
        { "has-more-of-nothing", 200, """{"object":"list","data":[],"has_more":true,"url":"/v1/transfers"}""" },
        { "no-data", 200, """{"object":"list","has_more":false,"url":"/v1/transfers"}""" },
        { "no-list", 200, "{}" },
        { "an-array", 200, "[]" },
        { "null", 200, "null" },
        { "empty", 200, "" },
        { "html", 200, "<html><body>welcome</body></html>" },
        { "cut-off", 200, """{"object":"list","data":[""" },
        { "created-without-content", 204, "" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_payout_whose_look_up_is_not_answered_by_a_list_is_asked_again_and_never_paid_twice(
        string name, int status, string body)
    {
        var contestId = $"c-look-{name}";
        await world.GivenReady(contestId);
        await world.GivenSettled(ContestBuilder.Of(contestId, contestId));
        await world.Fault("timeout-after");
        await world.Runner().RunOnce(ct);
        var blind = world.Runner(new ListWire("/v1/transfers", (HttpStatusCode)status, body));

        for (var hour = 25; hour < 31; hour++)
        {
            world.Clock.Forward(TimeSpan.FromHours(hour == 25 ? 25 : 1));
            await blind.RunOnce(ct);
        }

        Assert.Equal("open", await world.Outcomes(contestId));
        Assert.Equal(1, await world.TransferCount(contestId));
        var payoutId = await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'");
        var alert = Assert.Single(
            await world.Sent<AlertRaisedV1>(), a => a.Kind == "look-up-unanswered" && a.Subject == payoutId);
        Assert.Equal("critical", alert.Severity);
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce(contestId);
        Assert.Single(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == alert.DedupKey);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_call_whose_look_up_is_not_answered_by_a_list_is_asked_again_and_never_made_twice(
        string name, int status, string body)
    {
        var subject = $"call-look-{name}";
        var accountId = await world.GivenAccount(subject);
        await world.Database.Run(tx => tx.Call(TransferKind.Call(subject, accountId)), ct);
        await world.Fault("timeout-after");
        await world.Calls(null, new TransferKind()).RunOnce(ct);
        var blind = world.Calls(new ListWire("/v1/transfers", (HttpStatusCode)status, body), new TransferKind());

        for (var hour = 25; hour < 31; hour++)
        {
            world.Clock.Forward(TimeSpan.FromHours(hour == 25 ? 25 : 1));
            await blind.RunOnce(ct);
        }

        Assert.Equal("open", await States(subject));
        Assert.Equal(1, await world.TransferCount(subject));
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "look-up-unanswered" && a.Subject == subject);
        Assert.Equal("critical", alert.Severity);
        world.Clock.Forward(TimeSpan.FromHours(1));
        await world.Calls(null, new TransferKind()).RunOnce(ct);
        Assert.Equal("done", await States(subject));
        Assert.Equal(1, await world.TransferCount(subject));
        Assert.Single(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == alert.DedupKey);
    }

    [Fact]
    public async Task A_stored_server_error_whose_look_up_is_refused_is_not_sent_again_before_it_is_answered()
    {
        await world.GivenReady("look-young");
        await world.GivenSettled(ContestBuilder.Of("c-look-young", "look-young"));
        await world.Fault("500-committed");
        await world.Runner().RunOnce(ct);
        var blind = new ListWire(
            "/v1/transfers", HttpStatusCode.BadRequest, Error("invalid_request_error", "parameter_invalid_empty"));
        var runner = world.Runner(blind);

        for (var round = 0; round < 4; round++)
        {
            world.Clock.Forward(TimeSpan.FromMinutes(30));
            await runner.RunOnce(ct);
        }

        Assert.Equal(0, blind.Posts);
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-look-young");
    }

    [Fact]
    public async Task A_transfer_beyond_the_first_page_is_found()
    {
        var accountId = await world.GivenAccount("look-pages");
        await world.GivenSettled(ContestBuilder.Of("c-look-pages", "look-pages"));
        await world.Fault("timeout-after");
        await world.Runner().RunOnce(ct);
        for (var n = 0; n < 120; n++) await world.TransferByHand(accountId, 100 + n, "somebody else's group");
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.RunToRest(world.Runner());

        Assert.Equal("paid", await world.Outcomes("c-look-pages"));
        Assert.Equal(1, await world.TransferCount("c-look-pages"));
    }

    private static string Error(string type, string? code) => ForgedWire.Refusal(HttpStatusCode.BadRequest, type, code).Item2;

    private Task<string?> States(string subject) =>
        world.Scalar<string>(
            $"select string_agg(state, ',' order by key) from payout.stripe_call where subject = '{subject}' and kind <> "
                + $"'account-create'");
}
