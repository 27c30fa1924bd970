using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Monitoring;

namespace ContestPipeline.Integration.Payout.Waiting;

/// <summary>
/// Nothing waits without a word: what is missing since when is told after its patience, and the alert ends when it comes.
/// </summary>
public sealed class WaitingTests(Backbone backbone, PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_settled_contest_of_which_a_chunk_is_missing_is_told_with_the_number_of_the_chunk_until_it_comes()
    {
        var built = ContestBuilder.Of("w-chunk", 1, ("ann", [10_000]), ("bob", [20_000]), ("cid", [30_000]));
        await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), built.Chunks[0]);
        await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), built.Chunks[2]);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), built.Settled);
        await Look();
        Assert.Empty(await Raised());

        await Later(WaitRules.Result);
        Assert.Contains("of 3 chunks (contest.awards.v1) number 1 ",
            Assert.Single(await Raised(), a => a.DedupKey == "result-incomplete/w-chunk/1").Cause, StringComparison.Ordinal);

        await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), built.Chunks[1]);
        await world.PutAside("w-chunk");
        await Look();
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == "result-incomplete/w-chunk/1");
    }

    [Fact]
    public async Task Awards_without_totals_and_a_final_contest_without_a_result_are_told()
    {
        await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), ContestBuilder.Of("w-totals", "dan").Chunks[0]);
        await Finalise("w-none");

        await Later(WaitRules.NoResult);

        Assert.Contains("the totals (contest.settled.v1)",
            Assert.Single(await Raised(), a => a.DedupKey == "result-incomplete/w-totals/1").Cause, StringComparison.Ordinal);
        Assert.Equal("critical", Assert.Single(await Raised(), a => a.DedupKey == "result-missing/w-none/1").Severity);
    }

    [Fact]
    public async Task Entries_that_paid_and_of_which_Scoring_says_nothing_are_told_and_more_so_once_the_contest_is_final()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("w-paid");
        await rig.Enter("w-paid", 2);
        for (var n = 0; n < 2; n++) Assert.True(await rig.Pay("w-paid", n));
        await rig.Run(isHeard: false);

        await Later(WaitRules.Unaccepted);
        Assert.Contains("5000 usd (minor units), the first: e0 (2 in all)",
            Assert.Single(await Raised(), a => a.DedupKey == "entry-unanswered/w-paid").Cause, StringComparison.Ordinal);

        await Finalise("w-paid");
        await Later(WaitRules.PaidOutside);
        Assert.Contains(await Raised(), a => a.DedupKey == "paid-not-accepted/w-paid" && a.Severity == "critical");

        await rig.Run();
        await Look();
        Assert.Equal(
            ["entry-unanswered/w-paid", "paid-not-accepted/w-paid"],
            (await world.Sent<AlertResolvedV1>()).Select(a => a.DedupKey)
                .Where(k => k.EndsWith("w-paid", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refund_a_request_and_a_reading_that_Stripe_does_not_answer_are_told_until_it_does()
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid("w-refund", 1);
        await world.Database.Run(
            async tx => Assert.NotNull(
                (await tx.Refund("w-refund", "e0", new RefundRequest("r1", "a mistake", 1_000), "op"))!.Value.Refund),
                TestContext.Current.CancellationToken);
        await world.GivenAccount("w-reading", ready: false);

        await Later(WaitRules.Refund);

        string[] told = ["reading-slow/accounts", "refund-slow/w-refund", "stripe-call-slow/entry-refund"];
        Assert.Equal(told, (await Raised()).Select(a => a.DedupKey).Order(StringComparer.Ordinal));

        await rig.Run();
        await world.RunToRest(world.Runner());
        await Look();
        Assert.Equal(told, (await world.Sent<AlertResolvedV1>()).Select(a => a.DedupKey).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_waits_where_nothing_is() =>
        Assert.Empty(await world.Database.Run(tx => tx.FindOverdue(), TestContext.Current.CancellationToken));

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private Task Look() => world.Database.Run(new WaitingJob().Run, TestContext.Current.CancellationToken);

    private Task Later(WaitRule rule)
    {
        world.Clock.Forward(rule.Patience + TimeSpan.FromMinutes(1));
        return Look();
    }

    private Task Finalise(string contestId) =>
        new CollectionRig(world, scope)
            .Hear(new ContestFinalizedV1(contestId, 1, "definition", 2, "hash", [], 0, DateTimeOffset.UnixEpoch));

    private async Task<IReadOnlyList<AlertRaisedV1>> Raised()
    {
        var kinds = WaitRules.All.Select(r => r.Kind).ToHashSet();
        return [.. (await world.Sent<AlertRaisedV1>()).Where(a => kinds.Contains(a.Kind))];
    }
}
