using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>Webhooks that never came are found in Stripe's own list.</summary>
public sealed class SweepTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_never_arrived_are_filled_and_a_second_sweep_finds_nothing_new()
    {
        var account = await world.GivenAccount("swept", ready: false);
        await world.Runner().RunOnce(ct);
        await world.MakeReady(account);
        world.Clock.Forward(TimeSpan.FromMinutes(10));
        using var sweep = Sweep();

        var first = await sweep.Everything(ct);
        await world.Runner().RunOnce(ct);
        var second = await sweep.Everything(ct);

        Assert.True(first.Filled > 0, $"{first}");
        Assert.Equal((0, 0), (second.Filled, second.Unread));
        Assert.Equal(
            "active", await world.Scalar<string>($"select transfers from payout.stripe_account where account_id = '{account}'"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-events-missed");
        Assert.Equal(
            first.Filled, await world.Scalar<long>("select count(*) from payout.stripe_event where source = 'sweep'"));
    }

    [Fact]
    public async Task An_event_on_its_way_is_no_gap()
    {
        using var sweep = Sweep();
        await sweep.Everything(ct);
        await world.GivenAccount("on-its-way", ready: false);

        var scheduled = await sweep.Scheduled(ct);

        Assert.Equal(0, scheduled.Filled);
    }

    private EventBackfill Sweep() =>
        new(world.Database, world.Gateway().Stripe, EventBackfillOptions.Default, world.Clock,
            NullLogger<EventBackfill>.Instance);
}
