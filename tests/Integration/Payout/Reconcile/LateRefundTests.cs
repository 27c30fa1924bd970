using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>Refunds that Stripe made long after they were asked for, compared over a few days only.</summary>
public sealed class LateRefundTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    /// <summary>
    /// Found by simulated seed 406: whoever compared a few days only was told of a refund that nobody here had asked for.
    /// </summary>
    [Fact]
    public async Task A_refund_that_was_made_days_after_it_was_asked_for_is_ours()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("rec-late", minEntries: 50);
        await rig.Enter("rec-late", 1);
        Assert.True(await rig.Pay("rec-late", 0));
        await rig.Run();
        await world.Admin("faults", new { endpoint = "refunds.create", kind = "timeout-before", count = 1 });
        await rig.LockContest("rec-late");
        await rig.Run();
        world.Clock.Forward(TimeSpan.FromDays(5));

        await rig.RunToRest();
        await world.TakeEvents();

        var report = await world.Reconcile(days: 1);
        Assert.Equal("1",
            await world.Scalar<string>(
                "select count(*)::text from payout.entry_refund where contest_id = 'rec-late' and state = 'done' and done_at > "
                    + "asked_at + interval '4 days'"));
        Assert.DoesNotContain(report.Differences, d => d.Subject.StartsWith("re_", StringComparison.Ordinal));
        Assert.True(report.Matched >= 3, $"{report.Matched} facts matched");
    }
}
