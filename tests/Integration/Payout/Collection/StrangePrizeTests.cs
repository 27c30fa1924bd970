using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// In a contest with fees a prize goes to the player who was asked for its entry's fee, whoever Settlement names.
/// </summary>
public sealed class StrangePrizeTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    [Theory]
    [InlineData("stolen", "e0", "entry e0: it is player stolen-p0's, awarded to player stolen-p1")]
    [InlineData("invented", "e7", "entry e7: awarded to player invented-p1, but no fee was ever asked for such an entry")]
    public async Task A_prize_for_an_entry_that_is_not_its_winner_s_holds_the_contest(
        string contestId, string entryId, string cause)
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish(contestId);
        await rig.Enter(contestId, 2);
        for (var n = 0; n < 2; n++) Assert.True(await rig.Pay(contestId, n));
        await rig.Run();
        var built = ContestBuilder.Of(contestId, $"{contestId}-p1").OfEntered();
        var settled = built.Settled with { EntryFeesMinor = 2 * CollectionRig.FeeMinor,
            OverlayMinor = built.Settled.PoolMinor - 2 * CollectionRig.FeeMinor };
        await world.GivenPublished(settled);

        await world.GivenResult(
            built.Chunks.Select(c =>
                c with { Players =
                    [.. c.Players.Select(p => p with { Prizes = [.. p.Prizes.Select(z => z with { EntryId = entryId })] })] }),
                    settled);
        await rig.Hear(PayoutWorld.Final(contestId, 1));
        await world.PostAwards();

        Assert.Equal("held", await world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.DedupKey == $"awards-differ/{contestId}/1" && a.Severity == "critical" && a.Cause == cause);
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.ledger_transfer where contest_id = '{contestId}' and code = 'award'"));
        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.payout where contest_id = '{contestId}'"));
        var job = new HeldContestsJob(OverlayLimit.Default);
        while (await world.Database.Run(job.Run, default)) { }
        Assert.Equal("held", await world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'"));
    }
}
