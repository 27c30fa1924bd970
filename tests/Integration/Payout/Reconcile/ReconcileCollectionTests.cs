using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>
/// Collected, declined and returned fees compared with the simulated Stripe: no difference; a refund behind our back is one.
/// </summary>
public sealed class ReconcileCollectionTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Fees_and_refunds_are_alike_on_both_sides_and_a_refund_nobody_here_asked_for_is_found()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("rec-fees", minEntries: 50);
        await rig.Enter("rec-fees", 6);
        for (var n = 0; n < 4; n++) Assert.True(await rig.Pay("rec-fees", n));
        Assert.False(await rig.Pay("rec-fees", 4, "pm_card_chargeDeclined"));
        await rig.Publish("rec-stays");
        await rig.Enter("rec-stays", 1);
        Assert.True(await rig.Pay("rec-stays", 0));
        await rig.Run();
        await world.TakeEvents();

        var paid = await world.Reconcile();
        Assert.True(paid.Clean, string.Join('\n', paid.Differences));
        Assert.Equal(5 * 4, paid.Matched);

        await rig.LockContest("rec-fees");
        await rig.RunToRest();
        await world.TakeEvents();

        var returned = await world.Reconcile();
        Assert.True(returned.Clean, string.Join('\n', returned.Differences));
        Assert.Equal(paid.Matched + (3 * 4), returned.Matched);

        var behind = await new RefundService(world.Stripe())
            .CreateAsync(new RefundCreateOptions { PaymentIntent = await rig.Intent("rec-stays", 0), Amount = 100 });
        await world.TakeEvents();

        Assert.Equal(
            [("balance", "unknown-here", behind.Id), ("objects", "unknown-here", behind.Id)],
            (await world.Reconcile()).Differences.Select(d => (d.Leg, d.Kind, d.Subject)).Order());

        await rig.Run();
        Assert.Equal("partly_refunded", await rig.State("rec-stays", 0));
        Assert.Empty((await world.Reconcile()).Differences);
    }
}
