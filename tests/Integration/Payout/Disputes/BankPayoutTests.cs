using ContestPipeline.Contracts;
using ContestPipeline.Payout;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>From the player's account at Stripe to the bank, also when the bank changes its mind.</summary>
public sealed class BankPayoutTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bank_payout_that_fails_after_it_was_paid_is_told_to_player_and_staff_in_any_order_of_events()
    {
        var account = await world.GivenAccount("banked");
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
        var events = await world.StripeEvents("payout.created", account);
        var bankPayout = events[^1].Data.Text("id")!;
        await world.Admin($"payouts/{bankPayout}/paid", new { });
        await Read(events[^1]);
        await world.Admin($"payouts/{bankPayout}/failed", new { failure_code = "account_closed" });

        await Read((await world.StripeEvents("payout.failed", account))[^1]);
        await Read((await world.StripeEvents("payout.paid", account))[^1]);

        Assert.Equal("failed", await world.Scalar<string>($"select status from payout.bank_payout where bank_payout_id = '{bankPayout}'"));
        Assert.Equal(
            [NotificationKinds.BankPayoutPaid, NotificationKinds.BankPayoutFailed],
            (await world.Sent<NotificationV1>()).Where(n => n.Subject == bankPayout).Select(n => n.Kind));
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "bank-payout-failed");
    }

    [Fact]
    public async Task A_bank_payout_that_a_process_with_a_faster_clock_has_read_is_read_by_a_slower_one_as_well()
    {
        var ahead = TimeSpan.FromSeconds(90);
        var account = await world.GivenAccount("two-clocks");
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
        var created = (await world.StripeEvents("payout.created", account))[^1];
        world.Clock.Forward(ahead);
        await Read(created);
        world.Clock.Forward(-ahead);
        await world.Admin($"payouts/{created.Data.Text("id")}/paid", new { });

        await Read((await world.StripeEvents("payout.paid", account))[^1]);

        Assert.Equal("paid false", await world.Scalar<string>($"select status || ' ' || stale from payout.bank_payout where bank_payout_id = '{created.Data.Text("id")}'"));
    }

    private async Task Read(StripeEventV1 stripeEvent)
    {
        await world.Take(stripeEvent);
        await new BankPayoutReader(world.Database, world.Gateway().Stripe, world.Clock).ReadStale(ct);
    }
}
