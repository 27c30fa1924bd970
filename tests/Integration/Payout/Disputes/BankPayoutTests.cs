using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>From the player's account at Stripe to the bank, also when the bank changes its mind.</summary>
public sealed class BankPayoutTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bank_payout_that_fails_after_it_was_paid_is_told_to_player_and_staff_in_any_order_of_events()
    {
        var created = await Given("banked");
        var (account, bankPayout) = (created.Account, created.Data.Text("id")!);
        await world.Admin($"payouts/{bankPayout}/paid", new { });
        await Read(created);
        await world.Admin($"payouts/{bankPayout}/failed", new { failure_code = "account_closed" });

        await Read((await world.StripeEvents("payout.failed", account))[^1]);
        await Read((await world.StripeEvents("payout.paid", account))[^1]);

        Assert.Equal(
            "failed", await world.Scalar<string>($"select status from payout.bank_payout where bank_payout_id = '{bankPayout}'"));
        Assert.Equal(
            [NotificationKinds.BankPayoutPaid, NotificationKinds.BankPayoutFailed],
            (await world.Sent<NotificationV1>()).Where(n => n.Subject == bankPayout).Select(n => n.Kind));
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "bank-payout-failed");
    }

    [Fact]
    public async Task A_bank_payout_that_a_process_with_a_faster_clock_has_read_is_read_by_a_slower_one_as_well()
    {
        var ahead = TimeSpan.FromSeconds(90);
        var created = await Given("two-clocks");
        world.Clock.Forward(ahead);
        await Read(created);
        world.Clock.Forward(-ahead);
        await world.Admin($"payouts/{created.Data.Text("id")}/paid", new { });

        await Read((await world.StripeEvents("payout.paid", created.Account))[^1]);

        Assert.Equal("paid false", await Standing(created));
    }

    [Fact]
    public async Task Who_was_refused_does_not_keep_out_what_somebody_else_was_shown()
    {
        var created = await Given("two-answers");
        await world.Take(created);

        await Reader(new SlowWire(() => Reader(new ForbiddenWire("/v1/payouts/")).ReadStale(ct))).ReadStale(ct);

        Assert.Equal("in_transit false", await Standing(created));
    }

    /// <returns>The event that tells of it.</returns>
    private async Task<StripeEventV1> Given(string player)
    {
        var account = await world.GivenAccount(player);
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
        return (await world.StripeEvents("payout.created", account))[^1];
    }

    private async Task Read(StripeEventV1 stripeEvent)
    {
        await world.Take(stripeEvent);
        await Reader().ReadStale(ct);
    }

    private BankPayoutReader Reader(DelegatingHandler? wire = null) =>
        new(world.Database, world.Gateway(wire).Stripe, world.Clock);

    private Task<string?> Standing(StripeEventV1 created) =>
        world.Scalar<string>(
            $"select status || ' ' || stale from payout.bank_payout where bank_payout_id = '{created.Data.Text("id")}'");
}
