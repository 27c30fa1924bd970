using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// What was collected for a contest is what the ledger has of charges: an entry that is said to take part has paid nothing by
/// that.
/// </summary>
public sealed class CollectedFromChargesTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    [Fact]
    public async Task An_entry_that_is_accepted_and_was_never_paid_holds_its_contest_until_the_charge_is_booked()
    {
        var rig = await TwoPaidOneNot("unpaid");

        await Settle(rig, "unpaid");

        Assert.Equal("held", await State("unpaid"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.DedupKey == "awards-differ/unpaid/1" && a.Cause == "entry fees: received 5000, settled 7500");
        Assert.Equal(0,
            await world.Scalar<long>(
                "select count(*) from payout.ledger_transfer where contest_id = 'unpaid' and code = 'award'"));

        Assert.True(await rig.Pay("unpaid", 2));
        await rig.Run();
        var job = new HeldContestsJob(OverlayLimit.Default);
        while (await world.Database.Run(job.Run, default)) { }
        await world.PostAwards();
        Assert.Equal("paying", await State("unpaid"));
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == "awards-differ/unpaid/1");
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task Statements_that_let_the_contest_go_on_do_not_commit_while_a_fee_of_it_was_never_charged()
    {
        var rig = await TwoPaidOneNot("forced");
        await Settle(rig, "forced");
        await world.Scalar<int>("update payout.contest set state = 'posting' where contest_id = 'forced' returning 1");

        var refused = await Assert.ThrowsAsync<PostgresException>(world.PostAwards);

        Assert.Contains("fees collected 5000", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'forced'"));
        await world.PutAside("forced");
    }

    /// <summary>Entries 0 and 1 have paid; of entry 2 a message says that it takes part.</summary>
    private async Task<CollectionRig> TwoPaidOneNot(string contestId)
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish(contestId);
        await rig.Enter(contestId, 3);
        for (var n = 0; n < 2; n++) Assert.True(await rig.Pay(contestId, n));
        await rig.Run();
        var told = (await rig.Scoring.Sent<EntryAcceptedV1>(contestId)).First();
        await rig.Hear(told with { EntryId = "e2", PlayerId = $"{contestId}-p2" });
        return rig;
    }

    private async Task Settle(CollectionRig rig, string contestId)
    {
        var built = ContestBuilder.Of(contestId, $"{contestId}-p0").OfEntered();
        var settled = built.Settled with { EntryFeesMinor = 3 * CollectionRig.FeeMinor,
            OverlayMinor = built.Settled.PoolMinor - 3 * CollectionRig.FeeMinor };
        await world.GivenPublished(settled);
        foreach (var chunk in built.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), settled);
        await rig.Hear(new ContestFinalizedV1(contestId, 1, "definition", 3, "hash", [], 0, DateTimeOffset.UnixEpoch));
        await world.PostAwards();
    }

    private Task<string?> State(string contestId) =>
        world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'");
}
