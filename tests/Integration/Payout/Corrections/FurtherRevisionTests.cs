using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Integration.Payout.Corrections;

/// <summary>
/// Compensating awards of a later revision: payouts of their own, paid by the house, once, after those before them.
/// </summary>
public sealed class FurtherRevisionTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task What_a_correction_awards_more_is_a_payout_of_its_own_at_the_houses_cost()
    {
        await world.GivenAccount("more");
        await world.GivenSettled(ContestBuilder.Of("c-more", 10, ("more", [10_000])));
        await world.RunToRest(world.Runner());
        var further = ContestBuilder.Further("c-more", 2, ("more", [2_500]));

        await world.GivenSettled(further);
        await world.RunToRest(world.Runner());
        await world.GivenSettled(further);
        await world.RunToRest(world.Runner());

        Assert.Equal("1:9700:paid,2:2425:paid", await world.Scalar<string>(
            "select string_agg(revision || ':' || amount_minor || ':' || state, ',' order by revision) from payout.payout "
                + "where contest_id = 'c-more'"));
        Assert.Equal(2, await world.TransferCount("c-more"));
        Assert.Equal(2_500, await world.Scalar<long>(
            "select amount_minor from payout.ledger_transfer where contest_id = 'c-more' and revision = 2 and code = 'overlay' "
                + "and debit_account = 'house_overlay'"));
        Assert.Equal([1, 2], (await world.Sent<ContestPaidV1>()).Where(p => p.ContestId == "c-more").Select(p => p.Revision));
        Assert.Contains((await world.Sent<PayoutChangedV1>()).Select(PayoutNotices.Of),
            n => n?.Kind == NotificationKinds.Won && n.Facts.GetValueOrDefault("revision") == "2");
        Assert.Empty((await world.VerifyLedger()).Faults);
    }

    [Fact]
    public async Task A_further_revision_is_not_paid_while_the_first_is_held()
    {
        await world.GivenAccount("early");
        var first = ContestBuilder.Of("c-early", 10, ("early", [10_000]));
        await world.GivenFinal(first.Settled);
        foreach (var chunk in first.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);

        await world.GivenSettled(ContestBuilder.Further("c-early", 2, ("early", [2_500])));
        Assert.Equal("receiving",
            await world.Scalar<string>("select state from payout.contest where contest_id = 'c-early' and revision = 2"));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-early'"));

        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), first.Settled);
        await world.PostAwards();
        await world.RunToRest(world.Runner());

        Assert.Equal(
            2, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-early' and state = 'paid'"));
        Assert.Empty((await world.VerifyLedger()).Faults);
    }

    [Fact]
    public async Task A_further_revision_with_a_fee_or_without_its_overlay_is_held()
    {
        var further = ContestBuilder.Further("c-funded", 2, ("funded", [2_500]));
        foreach (var chunk in further.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);

        await world.Handle(
            new ContestSettledHandler(OverlayLimit.Default), further.Settled with { EntryFeesMinor = 2_500, OverlayMinor = 0 });

        Assert.Equal("held", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-funded'"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "awards-differ" && a.Cause == "entry fees: received 0, settled 2500");
    }
}
