using ContestPipeline.Contestctl.Explaining;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.EntryFees;
using Npgsql;

namespace ContestPipeline.Integration.Contestctl.Money;

/// <summary>
/// What explain reads of payouts that something was taken out of before they were paid: how much, of which entry, and what for.
/// </summary>
public sealed class ExplainChainTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refund_is_named_with_its_id_at_Stripe()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("exp-ref");
        await rig.Enter("exp-ref", 1);
        Assert.True(await rig.Pay("exp-ref", 0));
        await rig.Run();
        await rig.LockContest("exp-ref");
        await rig.Settle("exp-ref", winners: 1);
        await world.Database.Run(
            async tx => await tx.Refund("exp-ref", "e0", new RefundRequest("r1", "a mistake", 1_000), "op"), ct);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }

        var chain = await Chain("exp-ref", "exp-ref-p0");

        Assert.Equal(
            [(0, 9_700L, "rejected"), (1, 5_820L, "pending")], chain.Select(c => (c.ReductionNo, c.AmountMinor, c.State)));
        Assert.Equal(("e0", 3_880L, "refund"), (chain[0].EntryId, chain[0].TakenMinor, chain[0].Cause));
        Assert.StartsWith("re_", chain[0].Refunds, StringComparison.Ordinal);
        Assert.StartsWith("entry e0 was refunded", chain[0].Reason, StringComparison.Ordinal);
        Assert.Null(chain[1].TakenMinor);
        Assert.True(PayoutChain.Agrees([new AwardedEntry("e0", 10_000, 0, 10_000, 300, 9_700)], chain));
    }

    [Fact]
    public async Task A_lost_dispute_and_then_a_correction_are_told_apart()
    {
        await world.GivenAccount("exp-both", ready: false);
        var dispute = await world.GivenDispute("exp-both", "exp-both");
        await world.GivenSettled(ContestBuilder.Of("exp-both", 10, ("exp-both", [10_000, 20_000])));
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);
        await world.DisputeReader().ReadStale(ct);
        await world.Finalize("exp-both", 2);
        await world.Handle(new ContestReductionsHandler(), new ContestReductionsV1(
            "exp-both", 2, 0, "usd",
            [new PlayerAwardsV1("exp-both", 4_000, 120, 3_880, [new PrizeV1("exp-both-exp-both-1", 2, 90, 4_000, 120, 3_880)])]));
        await new ReductionEffects(world.Database, world.Gateway().Stripe).ReadStale(ct);

        var chain = await Chain("exp-both", "exp-both");

        Assert.Equal([(29_100L, 9_700L, "dispute"), (19_400L, 3_880L, "correction"), (15_520L, null, null)],
            chain.Select(c => (c.AmountMinor, c.TakenMinor, c.Cause)));
        Assert.Contains(dispute, chain[0].Reason, StringComparison.Ordinal);
        Assert.Contains("revision 2", chain[1].Reason, StringComparison.Ordinal);
        Assert.All(chain, c => Assert.Null(c.Refunds));
    }

    private async Task<IReadOnlyList<ChainedPayout>> Chain(string contestId, string playerId)
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        return await connection.PayoutChain(contestId, 1, playerId, ct);
    }
}
