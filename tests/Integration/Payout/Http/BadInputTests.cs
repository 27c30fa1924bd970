using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeEvents;

namespace ContestPipeline.Integration.Payout;

/// <summary>Unknown things and impossible amounts: each gets a clear answer, nothing is lost and nothing moves.</summary>
public sealed class BadInputTests(ApiWorld world, PipelineScope scope) : IClassFixture<ApiWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/payouts/nobody")]
    [InlineData("POST", "/v1/payouts/nobody/release")]
    [InlineData("POST", "/v1/payouts/nobody/reject")]
    [InlineData("POST", "/v1/payouts/nobody/retry")]
    [InlineData("GET", "/v1/entries/no-contest/no-entry/payment")]
    [InlineData("POST", "/v1/entries/no-contest/no-entry/refunds")]
    [InlineData("GET", "/v1/players/nobody/prizes/no-contest")]
    [InlineData("POST", "/v1/alerts/resolve")]
    public async Task Unknown_payouts_contests_entries_and_players_are_not_found_and_named(string method, string path)
    {
        object? body = method == "GET" ? null
            : path.EndsWith("refunds", StringComparison.Ordinal) ? new { requestId = "r", reason = "x" }
            : path.EndsWith("retry", StringComparison.Ordinal) ? new { reason = "x" }
            : path.EndsWith("resolve", StringComparison.Ordinal) ? new { dedupKey = "no-alert" } : new { note = "x" };

        var (status, answer) = await world.Ask(
            new HttpMethod(method), path, world.Token("olga", ApiRole.Operator, ApiRole.Approver), body);

        Assert.Equal(404, status);
        Assert.Matches("no (payout|payment|alert|prize).*(nobody|no-entry|no-alert)", answer.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_unknown_player_has_won_nothing()
    {
        var (status, answer) = await world.Ask(
            HttpMethod.Get, "/v1/players/nobody/earnings", world.Token("olga", ApiRole.Viewer));

        Assert.Equal(
            (200, 0, 0), (status, answer.GetProperty("prizes").GetArrayLength(), answer.GetProperty("totals").GetArrayLength()));
    }

    [Fact]
    public async Task Impossible_amounts_of_a_refund_are_refused_and_move_nothing()
    {
        var rig = new CollectionRig(world.Payouts, scope);
        await rig.Publish("bad-amounts");
        await rig.Enter("bad-amounts", 1);
        await rig.Pay("bad-amounts", 0);
        await rig.Run();
        var n = 0;

        foreach (var (amount, expected) in (IReadOnlyList<(string, int)>)
            [
                ("0", 400), ("-1", 400), ("2501", 409), ("9223372036854775807", 409), ("9223372036854775808", 400), ("1e30", 400),
                ("12.5", 400), ("\"100\"", 400), ("true", 400), ("[1]", 400),
            ])
        {
            var body = new StringContent(
                $"{{\"requestId\":\"r{++n}\",\"reason\":\"x\",\"amountMinor\":{amount}}}", Encoding.UTF8, "application/json");
            var (status, answer) = await world.Ask(
                HttpMethod.Post, "/v1/entries/bad-amounts/e0/refunds", world.Token("olga", ApiRole.Operator), body);
            Assert.True(status == expected, $"{amount}: {status} {answer}");
            Assert.False(string.IsNullOrEmpty(answer.GetProperty("detail").GetString()));
        }

        await rig.Run();
        Assert.Equal("paid", await rig.State("bad-amounts", 0));
        Assert.Equal(
            0, await world.Payouts.Scalar<long>("select count(*) from payout.entry_refund where contest_id = 'bad-amounts'"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task Events_about_things_that_nobody_knows_move_nothing_and_do_not_stay_in_the_way()
    {
        var payouts = world.Payouts;
        var lines = await payouts.Scalar<long>("select count(*) from payout.ledger_transfer");
        string[] types = [.. StripeEventTypes.Platform, .. StripeEventTypes.Connected];

        foreach (var type in types.Distinct())
        {
            await payouts.Hint(type, "unknown_1");
            await payouts.Hint(type, "unknown_1", account: "acct_unknown");
            await payouts.Take(new StripeEventV1($"evt_empty_{type}", type,
                new StripeEventDataV1(System.Text.Json.JsonSerializer.SerializeToElement(new { })), null));
        }

        for (var round = 0; round < 2; round++)
        {
            await payouts.DisputeReader().ReadStale(ct);
            await payouts.TransferReader().ReadStale(ct);
            await new BankPayoutReader(payouts.Database, payouts.Gateway().Stripe, payouts.Clock).ReadStale(ct);
            await new AccountReader(payouts.Database, payouts.Gateway().Stripe, payouts.Gateway().Options).ReadStale(ct);
        }

        Assert.Equal(lines, await payouts.Scalar<long>("select count(*) from payout.ledger_transfer"));
        Assert.Equal(1,
            await payouts.Scalar<long>(
                "select count(*) from payout.stripe_unread where what = 'dispute' and id = 'unknown_1' and last_answer like "
                    + "'http 404%'"));
        payouts.Clock.Forward(Unread.Patience);
        await payouts.DisputeReader().ReadStale(ct);
        Assert.Single(await payouts.Sent<AlertRaisedV1>(), a => a.DedupKey == "dispute-unreadable/unknown_1");
    }

    [Fact]
    public async Task A_currency_that_Stripe_does_not_take_collects_nothing_and_a_person_is_told()
    {
        var rig = new CollectionRig(
            world.Payouts, scope, new RefusingWire(System.Net.HttpStatusCode.BadRequest, "invalid_request_error", null));
        await rig.Publish("bad-currency");
        await rig.Enter("bad-currency", 1);

        Assert.Equal("cancelled", await rig.State("bad-currency", 0));
        Assert.Equal(0, await rig.Accepted("bad-currency"));
        Assert.Single(await world.Payouts.Sent<AlertRaisedV1>(), a => a.DedupKey == "payment-refused/bad-currency/e0");
    }
}
