using System.Net;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.StripeEvents;

namespace ContestPipeline.Integration.Payout;

/// <summary>A failed payout sent again, and what went to players' banks, as staff and players see it over HTTP.</summary>
public sealed class RetryAndBankRoutesTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 401)]
    [InlineData(ApiRole.Viewer, 403)]
    [InlineData(ApiRole.Approver, 403)]
    [InlineData(ApiRole.Player, 403)]
    [InlineData(ApiRole.Operator, 200)]
    public async Task Only_operators_send_a_failed_payout_again(string? role, int expected)
    {
        var contestId = $"retry-{role ?? "nobody"}";
        var payoutId = await GivenFailed(contestId);

        var (status, _) = await Retry(
            payoutId, role is null ? null : world.Token("otto", role), new { reason = "the cause is mended" });

        Assert.Equal(expected, status);
        Assert.Equal(expected == 200 ? "pending" : "failed", await world.Payouts.State(contestId));
        Assert.Equal(expected == 200 ? 1 : 0, await Audited(contestId));
    }

    [Fact]
    public async Task A_payout_that_is_sent_again_is_paid_once_and_the_log_says_who_and_why()
    {
        var payoutId = await GivenFailed("retry-done");
        var otto = world.Token("otto", ApiRole.Operator);

        var (status, body) = await Retry(payoutId, otto, new { reason = "Stripe mended it" });
        var (again, refusal) = await Retry(payoutId, otto, new { reason = "impatience" });
        await world.Payouts.RunToRest(world.Payouts.Runner());

        Assert.Equal((200, "pending", payoutId),
            (status, body.GetProperty("state").GetString(), body.GetProperty("payoutId").GetString()));
        Assert.Equal(409, again);
        Assert.Contains("only one that has failed", refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await world.Payouts.IsPaidOnce("retry-done");
        Assert.Equal("otto: Stripe mended it: done", await world.Payouts.Scalar<string>(
            "select actor || ': ' || reason || ': ' || result from payout.audit_log where contest_id = 'retry-done' and action "
                + "= 'payout-retried' order by at limit 1"));
    }

    [Fact]
    public async Task What_cannot_be_sent_again_says_why()
    {
        var otto = world.Token("otto", ApiRole.Operator);
        var payoutId = await GivenFailed("retry-bad");

        var (missing, _) = await Retry("po_nobody", otto, new { reason = "test" });
        var (silent, why) = await Retry(payoutId, otto, new { reason = " " });
        var (garbage, _) = await Retry(payoutId, otto, new StringContent("{", System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal((404, 400, 400), (missing, silent, garbage));
        Assert.Contains("reason", why.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(("failed", 0L), (await world.Payouts.State("retry-bad"), await Audited("retry-bad")));
    }

    [Fact]
    public async Task A_player_sees_the_own_bank_payouts_and_staff_sees_everybodys()
    {
        var mine = await GivenBankPayout("bank-mine", 7_000);
        var other = await GivenBankPayout("bank-other", 3_000);

        var (ownStatus, own) = await world.Ask(
            HttpMethod.Get, "/v1/players/me/bank-payouts", world.Token("bank-mine", ApiRole.Player));
        var (staffStatus, staff) = await world.Ask(
            HttpMethod.Get, "/v1/players/bank-other/bank-payouts", world.Token("vera", ApiRole.Viewer));
        var (forbidden, _) = await world.Ask(
            HttpMethod.Get, "/v1/players/bank-other/bank-payouts", world.Token("bank-mine", ApiRole.Player));
        var (staffAsPlayer, _) = await world.Ask(
            HttpMethod.Get, "/v1/players/me/bank-payouts", world.Token("vera", ApiRole.Viewer));
        var (nobody, _) = await world.Ask(HttpMethod.Get, "/v1/players/me/bank-payouts", token: null);
        var (unknownStatus, unknown) = await world.Ask(
            HttpMethod.Get, "/v1/players/nobody/bank-payouts", world.Token("vera", ApiRole.Viewer));

        Assert.Equal((200, 200, 403, 403, 401, 200), (ownStatus, staffStatus, forbidden, staffAsPlayer, nobody, unknownStatus));
        Assert.Equal((mine, 7_000L, "paid"), Only(own));
        Assert.Equal((other, 3_000L, "paid"), Only(staff));
        Assert.Empty(unknown.GetProperty("bankPayouts").EnumerateArray());
    }

    private static (string?, long, string?) Only(JsonElement answer)
    {
        var payout = Assert.Single(answer.GetProperty("bankPayouts").EnumerateArray());
        return (payout.GetProperty("bankPayoutId").GetString(), payout.GetProperty("amountMinor").GetInt64(),
            payout.GetProperty("status").GetString());
    }

    private Task<(int Status, JsonElement Body)> Retry(string payoutId, string? token, object body) =>
        world.Ask(HttpMethod.Post, $"/v1/payouts/{payoutId}/retry", token, body);

    private Task<long> Audited(string contestId) =>
        world.Payouts.Scalar<long>(
            $"select count(*) from payout.audit_log where action = 'payout-retried' and contest_id = '{contestId}'");

    private async Task<string> GivenFailed(string contestId)
    {
        world.Payouts.Risk = null;
        await world.Payouts.GivenReady($"{contestId}-p");
        await world.Payouts.GivenSettled(ContestBuilder.Of(contestId, $"{contestId}-p"));
        await world.Payouts.RunToRest(
            world.Payouts.Runner(new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_small")));
        Assert.Equal("failed", await world.Payouts.State(contestId));
        return (await world.Payouts.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'"))!;
    }

    private async Task<string> GivenBankPayout(string playerId, long amountMinor)
    {
        var account = await world.Payouts.GivenAccount(playerId);
        await world.Payouts.Admin($"accounts/{account}/balance", new { delta_minor = amountMinor });
        await world.Payouts.Admin($"accounts/{account}/payouts", new { amount_minor = amountMinor });
        var created = (await world.Payouts.StripeEvents("payout.created", account))[^1];
        var bankPayoutId = created.Data.Text("id")!;
        await world.Payouts.Admin($"payouts/{bankPayoutId}/paid", new { });
        await world.Payouts.Take(created);
        await new BankPayoutReader(world.Payouts.Database, world.Payouts.Gateway().Stripe, world.Payouts.Clock).ReadStale(ct);
        return bankPayoutId;
    }
}
