using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Notifications;

namespace ContestPipeline.Integration.Payout;

/// <summary>What reviewers can do with a held payout, over HTTP.</summary>
public sealed class ReviewTests(ApiWorld api) : IClassFixture<ApiWorld>
{
    private readonly PayoutWorld world = api.Payouts;

    [Fact]
    public async Task A_payout_above_the_threshold_waits_for_a_person_and_goes_when_released()
    {
        var payoutId = await GivenHeld("c-released", "released");

        var (status, body) = await Review(payoutId, "release", "bob", "identity checked");
        await RunOnce();

        Assert.Equal((200, "released"), (status, body.GetProperty("result").GetString()));
        Assert.Equal("paid", await world.State("c-released"));
        Assert.Equal("bob|identity checked",
            await world.Scalar<string>(
                $"select reviewer || '|' || note from payout.payout_review where payout_id = '{payoutId}'"));
        Assert.Equal("payout-held,payout-release,payout-paid", await world.Scalar<string>(
            $"select string_agg(action, ',' order by no) from payout.audit_log where payout_id = '{payoutId}'"));
        Assert.Contains(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.ApprovalNeeded && n.Subject == payoutId && n.Audience == "reviewer");
        var approved = Assert.Single(
            await world.Sent<NotificationV1>(), n => n.Kind == NotificationKinds.Approved && n.PlayerId == "released");
        Assert.DoesNotContain("identity checked", approved.Facts.Values);
    }

    [Fact]
    public async Task The_queue_shows_every_flag_and_the_figures_it_was_based_on()
    {
        var payoutId = await GivenHeld("c-queue", "queue");
        var viewer = api.Token("vera", ApiRole.Viewer);

        var (_, queue) = await api.Ask(HttpMethod.Get, "/v1/payouts?state=held&player=queue", viewer);
        var (_, one) = await api.Ask(HttpMethod.Get, $"/v1/payouts/{payoutId}", viewer);

        Assert.Equal(payoutId, Assert.Single(queue.GetProperty("payouts").EnumerateArray()).GetProperty("payoutId").GetString());
        var findings = Assert.Single(one.GetProperty("assessments").EnumerateArray()).GetProperty("findings").EnumerateArray()
            .ToArray();
        Assert.Equal(
            [("approval-amount", 582_000L, 500_000L), ("new-account-amount", 582_000, 100_000), ("new-account", 0, 30),
                ("large-first-payout", 582_000, 200_000)],
            findings.Select(f => (f.GetProperty("flag").GetString()!, f.GetProperty("actual").GetInt64(),
                f.GetProperty("limit").GetInt64())));
        await Review(payoutId, "reject", "bob", "tidied away");
    }

    [Fact]
    public async Task A_rejected_payout_gives_its_money_back_to_the_contest_which_can_still_be_paid()
    {
        var payoutId = await GivenHeld("c-rejected", "rejected");

        var (status, _) = await Review(payoutId, "reject", "bob", "account taken over");
        var (again, _) = await Review(payoutId, "reject", "carl", "again");

        Assert.Equal((200, 409), (status, again));
        Assert.Equal("rejected", await world.State("c-rejected"));
        Assert.Equal(5_820_00,
            await world.Scalar<long>(
                "select balance_minor from payout.ledger_account where account = 'prize_unpaid:c-rejected'"));
        Assert.Equal(0,
            await world.Scalar<long>(
                "select balance_minor from payout.ledger_account where account = 'player_payable:rejected'"));
        Assert.Equal("paid", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-rejected'"));
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-rejected");
        Assert.Equal((0, 1, 5_820_00L), (paid.PaidCount, paid.OtherCount, paid.OtherMinor));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "payout-rejected" && a.Subject == payoutId);
        var told = NoticeText.Of(Assert.Single(
            await world.Sent<NotificationV1>(), n => n.Kind == NotificationKinds.Rejected && n.Subject == payoutId));
        Assert.Equal(("rejected", "5,820.00 USD from contest c-rejected will not be paid. Reason: account taken over."),
            (told.PlayerId, told.Body));
        await RunOnce();
        Assert.Equal(0, await world.TransferCount("c-rejected"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task The_winner_cannot_approve_and_a_role_other_than_approver_cannot_either()
    {
        var payoutId = await GivenHeld("c-self", "self");

        Assert.Equal(403, (await Review(payoutId, "release", "self", "it is mine")).Status);
        foreach (var role in ApiRole.All.Where(r => r != ApiRole.Approver))
            Assert.Equal(403,
                (await api.Ask(
                    HttpMethod.Post, $"/v1/payouts/{payoutId}/release", api.Token("bob", role), new { note = "x" })).Status);

        Assert.Equal("held", await world.State("c-self"));
        Assert.Equal("refused: Nobody decides about a payout of their own.", await world.Scalar<string>(
            $"select result from payout.audit_log where payout_id = '{payoutId}' and actor = 'self'"));
        await Review(payoutId, "reject", "bob", "tidied away");
    }

    [Fact]
    public async Task Ten_reviewers_at_once_make_one_decision()
    {
        var payoutId = await GivenHeld("c-race", "race");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Review(payoutId, i % 2 == 0 ? "release" : "reject", $"reviewer-{i}", "now")));
        await RunOnce();

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(1, await world.Scalar<long>($"select count(*) from payout.payout_review where payout_id = '{payoutId}'"));
        await world.LedgerIsClean();
    }

    [Theory]
    [InlineData("reject", """{"note":""}""", "note is missing")]
    [InlineData("reject", """{"note":"   "}""", "note is missing")]
    [InlineData("release", """{"note":"a\u0000b"}""", "control characters")]
    [InlineData("release", """{"note":"ok","amountMinor":1}""", "amountMinor")]
    [InlineData("release", """{"note":5}""", "note")]
    [InlineData("release", "nonsense", "does not fit")]
    [InlineData("release", "", "body")]
    public async Task A_decision_that_is_not_understood_says_what_is_wrong(string decision, string body, string expected)
    {
        var (status, answer) = await api.Ask(
            HttpMethod.Post, $"/v1/payouts/any/{decision}", api.Token("bob", ApiRole.Approver),
            new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));

        Assert.Equal(400, status);
        Assert.Contains(expected, answer.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_body_of_more_than_64_kilobytes_is_not_read()
    {
        var (status, _) = await api.Ask(HttpMethod.Post, "/v1/payouts/any/release", api.Token("bob", ApiRole.Approver),
            new { note = new string('x', 70_000) });

        Assert.Equal(413, status);
    }

    private Task<(int Status, System.Text.Json.JsonElement Body)> Review(
        string payoutId, string decision, string reviewer, string note) =>
        api.Ask(HttpMethod.Post, $"/v1/payouts/{payoutId}/{decision}", api.Token(reviewer, ApiRole.Approver), new { note });

    private Task<int> RunOnce() => world.Runner().RunOnce(CancellationToken.None);

    /// <summary>A payout of $5,820 that waits for approval.</summary>
    private async Task<string> GivenHeld(string contestId, string playerId)
    {
        await world.GivenReady(playerId);
        await world.GivenSettled(ContestBuilder.Of(contestId, 10, (playerId, [6_000_00])));
        await RunOnce();
        Assert.Equal("held", await world.State(contestId));
        return (await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'"))!;
    }
}
