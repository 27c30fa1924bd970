using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Contestctl;
using ContestPipeline.Payout.Http;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>What is done about parked messages from their pages and over the API.</summary>
public sealed class FailurePageTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    [Fact]
    public async Task A_group_is_tried_again_as_an_operation_that_says_what_failed_again_and_what_is_new()
    {
        await GivenParked("scoring", "grouped", "g1", "game 1 is unknown");
        await GivenParked("scoring", "grouped", "g2", "game 22 is unknown");
        var ops = await world.SignedIn("olga", ApiRole.Operator);
        var before = await Retried();

        var page = await ops.GetStringAsync("/failures");
        using var unreasoned = await ConsoleWorld.Submit(
            ops, "/failures", "/failures/retry", ("worker", "scoring"), ("topic", "grouped"));
        using var asked = await ConsoleWorld.Submit(ops, "/failures", "/failures/retry", ("worker", "scoring"),
            ("topic", "grouped"), ("error", "game # is unknown"), ("reason", "mended"));
        var operation = asked.Headers.Location!.OriginalString;
        await Execute("delete from scoring.parked where key = 'g1'; delete from scoring.parked_key where key = 'g1'");
        await Execute(
            """
            update scoring.parked_key set answered_no = request_no, answer = 'failed', retry_requested = false where key = 'g2';
            update scoring.parked set last_error = 'still <unknown>' where key = 'g2'
            """);
        await GivenParked("scoring", "grouped", "g3", "game 3 is unknown", "now() + interval '1 hour'");
        var progress = WebUtility.HtmlDecode(await ops.GetStringAsync(operation));

        Assert.Contains("Try all 2 again", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.SeeOther), (unreasoned.StatusCode, asked.StatusCode));
        Assert.Contains("1 of 2 keys handled", progress, StringComparison.Ordinal);
        Assert.Contains("<td>still <unknown></td>", progress, StringComparison.Ordinal);
        Assert.Contains("<dt>New since</dt><dd>1</dd>", progress, StringComparison.Ordinal);
        Assert.DoesNotContain("load again every", progress, StringComparison.Ordinal);
        Assert.Equal(before + 2, await Retried());

        Task<int> Retried() => world.Api.Payouts.Scalar<int>(
            "select count(*)::integer from payout.audit_log where action = 'parked-retried' and actor = 'olga'");
    }

    [Fact]
    public async Task A_message_that_carries_money_is_shown_to_the_cent_and_discarded_by_two_persons()
    {
        var awards = new ContestAwardsV1("c", 1, 0, "usd", [new("winner", 1_234, 0, 1_234, [])]);
        await GivenParked("payout", Topics.Results, "money", "the books say otherwise", body: WireJson.Bytes(awards));
        var offset = await world.Api.Payouts.Scalar<long>("select record_offset from payout.parked where key = 'money'");
        var ops = await world.SignedIn("olga", ApiRole.Operator);
        var approver = await world.SignedIn("anna", ApiRole.Approver);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var page = $"/failures/key?worker=payout&topic={Topics.Results}&key=money";
        (string, string)[] place = [("worker", "payout"), ("topic", Topics.Results), ("key", "money"), ("offset", $"{offset}")];

        var shown = WebUtility.HtmlDecode(await ops.GetStringAsync(page));
        var masked = await viewer.GetStringAsync(page);
        using var unconfirmed = await Discard(ops, page, [.. place, ("reason", "case 120")]);
        using var first = await Discard(ops, page, [.. place, ("reason", "case 120"), ("confirm", $"{offset}")]);
        using var again = await Discard(ops, page, [.. place, ("reason", "case 120"), ("confirm", $"{offset}")]);
        var waits = await approver.GetStringAsync(page);
        using var second = await Discard(approver, page, [.. place, ("reason", "agreed"), ("confirm", $"{offset}")]);
        using var gone = await ops.GetAsync(page);

        Assert.Contains("player winner: 12.34 usd, prize in contest c, revision 1, not paid", shown, StringComparison.Ordinal);
        Assert.Contains("\"netMinor\": 1234", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("winner", masked, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.SeeOther, HttpStatusCode.Forbidden, HttpStatusCode.SeeOther,
                HttpStatusCode.NotFound),
            (unconfirmed.StatusCode, first.StatusCode, again.StatusCode, second.StatusCode, gone.StatusCode));
        Assert.Contains("olga wants it discarded", waits, StringComparison.Ordinal);
        Assert.Equal("olga anna", await world.Api.Payouts.Scalar<string>(
            "select discarded_by || ' ' || approved_by from payout.parked_discarded where key = 'money'"));
    }

    [Fact]
    public async Task The_API_does_the_same()
    {
        await GivenParked("settlement", "by-api", "k", "no figure here");
        using var ops = world.Bearer("olga", ApiRole.Operator);

        using var retried = await ops.PostAsJsonAsync(
            "/v1/ops/failures/retries", new { worker = "settlement", topic = "by-api", reason = "mended" });
        var progress = await retried.Content.ReadFromJsonAsync<JsonElement>();
        using var other = await ops.PostAsJsonAsync(
            "/v1/ops/failures/discards", new { worker = "settlement", topic = "by-api", key = "k", offset = 1, reason = "gone" });
        using var nobody = await ops.PostAsJsonAsync("/v1/ops/failures/retries", new { worker = "nobody", reason = "mended" });

        Assert.Equal((HttpStatusCode.Accepted, 1, 1), (retried.StatusCode, progress.GetProperty("keys").GetInt32(),
            progress.GetProperty("waiting").GetInt32()));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (other.StatusCode, nobody.StatusCode));
    }

    [Fact]
    public async Task At_the_command_line_parked_messages_are_the_consoles_without_a_password_of_the_database()
    {
        await GivenParked("settlement", "by-line", "k1", "no figure here");
        await GivenParked("settlement", "by-line", "k2", "no figure here");
        var offset = await world.Api.Payouts.Scalar<long>("select record_offset from settlement.parked where key = 'k1'");

        Assert.Equal(ExitCodes.Success, await Type(ApiRole.Viewer, "parked", "list", "--worker", "settlement", "--json"));
        Assert.Equal(ExitCodes.CheckFailed, await Type(ApiRole.Viewer, "parked", "show", "settlement", "by-line", "k1"));
        Assert.Equal(ExitCodes.Success, await Type(ApiRole.Operator, "parked", "show", "settlement", "by-line", "k1"));
        Assert.Equal(ExitCodes.CheckFailed, await Type(ApiRole.Operator, "parked", "show", "settlement", "by-line", "none"));
        Assert.Equal(ExitCodes.CheckFailed, await Type(
            ApiRole.Operator, "parked", "retry", "settlement", "by-line", "--all", "--wait", "0"));
        Assert.Equal("2", await world.Api.Payouts.Scalar<string>(
            "select count(*)::text from settlement.parked_key where topic = 'by-line' and retry_requested"));
        Assert.Equal(ExitCodes.CheckFailed, await Type(
            ApiRole.Operator, "parked", "discard", "settlement", "by-line", "k1", "--offset", "1", "--reason", "gone"));
        Assert.Equal(ExitCodes.Success, await Type(
            ApiRole.Operator, "parked", "discard", "settlement", "by-line", "k1", "--offset", $"{offset}", "--reason", "gone"));
        Assert.Equal("rita gone", await world.Api.Payouts.Scalar<string>(
            "select discarded_by || ' ' || reason from settlement.parked_discarded where key = 'k1'"));
    }

    private Task<int> Type(string role, params string[] arguments)
    {
        using var bearer = world.Bearer("rita", role);
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["CONSOLE_API_URL"] = world.Address.AbsoluteUri,
            ["PAYOUT_API_TOKEN"] = bearer.DefaultRequestHeaders.Authorization!.Parameter,
        };
        return CommandLine.Run(arguments,
            new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), world.Api.Payouts.Clock),
            TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> Discard(
        HttpClient browser, string page, params (string Name, string Value)[] fields) =>
        ConsoleWorld.Submit(browser, page, "/failures/discard", fields);

    private Task<int> Execute(string sql) => world.Api.Payouts.Scalar<int>($"{sql}; select 1");

    private async Task GivenParked(
        string worker, string topic, string key, string error, string at = "now() - interval '1 minute'", byte[]? body = null) =>
        await Execute(
            $$"""
            insert into {{worker}}.parked_key (topic, key, partition, parked_at) values ('{{topic}}', '{{key}}', 0, {{at}});
            insert into {{worker}}.parked (topic, partition, record_offset, key, headers, body, error, first_seen)
            values ('{{topic}}', 0, {{Math.Abs(key.Sum(c => c * 7))}}, '{{key}}',
                '{"ce_id":"{{key}}","ce_type":"contest.awards.v1","ce_source":"contestpipeline/settlement","ce_time":"2026-09-13T17:00:00Z"}',
                '\x{{Convert.ToHexString(body ?? [])}}', '{{error}}', {{at}})
            """);
}
