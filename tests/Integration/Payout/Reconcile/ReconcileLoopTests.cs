using ContestPipeline.Contracts;
using ContestPipeline.Payout;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>The scheduled comparison: what it keeps and whom it tells.</summary>
public sealed class ReconcileLoopTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_run_is_kept_and_each_difference_alerts_once()
    {
        var account = await world.GivenAccount("rec-alert");
        var foreign = await new TransferService(world.Stripe()).CreateAsync(new TransferCreateOptions { Amount = 5, Currency = "usd", Destination = account });
        var loop = new ReconcileLoop(
            world.Database, world.Stripe(), new ReconcileOptions(TimeSpan.FromHours(1), TimeSpan.FromDays(30), TimeSpan.Zero), world.Clock,
            NullLogger<ReconcileLoop>.Instance);

        await loop.RunOnce(CancellationToken.None);
        await loop.RunOnce(CancellationToken.None);

        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"reconcile/objects/unknown-here/{foreign.Id}");
        var kept = await world.Database.Run(tx => tx.Reconciliations(10), CancellationToken.None);
        Assert.Equal(2, kept.Count);
        Assert.Contains(foreign.Id, kept[0].Differences, StringComparison.Ordinal);
        Assert.True(kept[0].Completeness < 1);
    }
}
