using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeEvents;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>
/// What Stripe does not show keeps nothing behind it waiting, is asked for again by itself, and is told when it lasts; a look
/// that is refused is never a loss.
/// </summary>
public sealed class UnreadTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("refused", 400)]
    [InlineData("blocked", 402)]
    [InlineData("missing", 404)]
    [InlineData("locked", 429)]
    [InlineData("broken", 500)]
    public async Task A_bank_payout_that_cannot_be_read_does_not_keep_the_one_behind_it_waiting_and_is_read_in_the_end(
        string name, int status)
    {
        var (first, behind) = (await BankPayout($"{name}-first"), await BankPayout($"{name}-behind"));

        await BankReader(first, status).ReadStale(ct);

        Assert.Equal("in_transit", await Status(behind));
        for (var round = 0; round < 8; round++)
        {
            world.Clock.Forward(Unread.PauseMax);
            await BankReader(first, status).ReadStale(ct);
        }

        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"bank-payout-unreadable/{first}");
        Assert.Contains($"http {status}", alert.Cause, StringComparison.Ordinal);
        world.Clock.Forward(Unread.PauseMax);
        await BankReader(null, 200).ReadStale(ct);
        Assert.Equal("in_transit", await Status(first));
        Assert.Single(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == alert.DedupKey);
    }

    [Fact]
    public async Task As_many_accounts_as_are_read_at_once_that_cannot_be_read_do_not_keep_those_behind_them_waiting()
    {
        var unread = new List<string>();
        for (var n = 0; n < 8; n++) unread.Add(await world.GivenAccount($"unread-{n}"));
        var behind = await world.GivenAccount("unread-behind");
        var (options, stripe) = world.Gateway(
            new RefusedWire([.. unread.Select(id => $"/v1/accounts/{id}")], HttpStatusCode.PaymentRequired, "request_blocked"));
        var reader = new AccountReader(world.Database, stripe, options);

        // Accounts of other tests may be before it as well.
        for (var round = 0; round < 20; round++) await reader.ReadStale(ct);

        Assert.Equal(
            "active", await world.Scalar<string>($"select transfers from payout.stripe_account where account_id = '{behind}'"));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.stripe_account where transfers = 'unreadable'"));
    }

    [Theory]
    [InlineData("dispute", "/v1/disputes/")]
    public async Task A_dispute_that_is_refused_once_is_not_given_up(string name, string path)
    {
        await world.GivenReady(name);
        var dispute = await world.GivenDispute(name, $"c-{name}");
        await world.GivenSettled(ContestBuilder.Of($"c-{name}", name));
        await world.Hint("charge.dispute.created", dispute);
        await world.DisputeReader(new RefusedWire([path], HttpStatusCode.NotFound, "resource_missing")).ReadStale(ct);

        world.Clock.Forward(Unread.PauseMax);
        await world.DisputeReader().ReadStale(ct);
        await world.RunToRest(world.Runner());

        Assert.Equal("held", await world.State($"c-{name}"));
    }

    [Theory]
    [InlineData("loss-400", 400, "parameter_invalid_empty")]
    [InlineData("loss-402", 402, "request_blocked")]
    [InlineData("loss-403", 403, "account_invalid")]
    [InlineData("loss-404", 404, "resource_missing")]
    public async Task A_refused_look_at_an_accounts_balance_is_asked_again_and_no_loss(string player, int status, string code)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await world.RunToRest(world.Runner());
        var dispute = await world.GivenDispute(player, $"c-{player}");
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);

        for (var round = 0; round < 3; round++)
        {
            await world.DisputeReader(new RefusedWire(["/v1/balance"], (HttpStatusCode)status, code)).ReadStale(ct);
            world.Clock.Forward(TimeSpan.FromMinutes(31));
        }

        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.payout_reversal where dispute_id = '{dispute}'"));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "reversal-short" && a.Cause.Contains(dispute, StringComparison.Ordinal));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "reversal-balance-unreadable" && a.Cause.Contains(code, StringComparison.Ordinal));
        await world.DisputeReader().ReadStale(ct);
        await world.Calls(null, new ReversalCall<ReversalToMake>()).RunOnce(ct);
        Assert.Equal("reversed", await world.State($"c-{player}"));
    }

    private async Task<string> BankPayout(string player)
    {
        var account = await world.GivenAccount(player);
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
        var created = (await world.StripeEvents("payout.created", account))[^1];
        await world.Take(created);
        return created.Data.Text("id")!;
    }

    private BankPayoutReader BankReader(string? unreadable, int status) => new(
        world.Database,
        world.Gateway(unreadable is null
            ? null : new RefusedWire(
                [$"/v1/payouts/{unreadable}"], (HttpStatusCode)status, status == 429 ? "lock_timeout" : "forged_code")).Stripe,
        world.Clock);

    private Task<string?> Status(string bankPayout) =>
        world.Scalar<string>($"select status from payout.bank_payout where bank_payout_id = '{bankPayout}'");
}
