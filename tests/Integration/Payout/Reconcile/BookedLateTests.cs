using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>What moved at Stripe long before it was booked here, compared over a short time only.</summary>
public sealed class BookedLateTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    /// <summary>Found by simulated seed 121: a recovery that never ended, since each comparison named the fee's line.</summary>
    [Fact]
    public async Task A_fee_that_is_booked_days_after_the_charge_finds_its_movement()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("rec-booked-late");
        await rig.Enter("rec-booked-late", 1);
        Assert.True(await rig.Pay("rec-booked-late", 0));
        world.Clock.Forward(TimeSpan.FromDays(5));
        await rig.Run();
        await world.TakeEvents();

        var report = await world.Reconcile(days: 1);

        Assert.Equal("2", await world.Scalar<string>(
            "select count(*)::text from payout.ledger_transfer where contest_id = 'rec-booked-late' and "
                + "'stripe_balance' in (debit_account, credit_account)"));
        Assert.DoesNotContain(report.Differences, d => d.Kind == DifferenceKinds.UnknownAtStripe);
    }
}
