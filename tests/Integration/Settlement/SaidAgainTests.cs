using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// A worker whose database went back says what it said before, at another time, and the inbox of another day does not know it.
/// </summary>
public sealed class SaidAgainTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_at = new(2026, 10, 4, 23, 59, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_completion_that_Scoring_says_again_at_another_time_changes_nothing_and_another_one_is_refused()
    {
        var first = new ContestFinalizedV1("c1", 1, "d", 1, "e", [], 1, s_at);
        await using var stage = new SettlementStage(scope);
        await stage.Deliver(first);

        await stage.Deliver(first with { At = s_at.AddDays(1) });
        await Assert.ThrowsAsync<InvariantException>(() => stage.Deliver(first with { EntryCount = 2 }));
    }

    [Fact]
    public async Task A_settlement_that_is_said_again_at_another_time_changes_nothing_and_another_one_is_refused()
    {
        var first = new ContestSettledV1("c1", 1, "d", "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "digest", s_at);
        await Payout(async tx =>
        {
            await tx.OpenContest("c1", 1, "usd");
            return true;
        });
        Assert.True(await Payout(tx => tx.StoreSettlement(first, "one")));

        Assert.False(await Payout(tx => tx.StoreSettlement(first with { At = s_at.AddDays(1) }, "two")));
        await Assert.ThrowsAsync<InvariantException>(
            () => Payout(tx => tx.StoreSettlement(first with { Digest = "other" }, "three")));
    }

    private Task<T> Payout<T>(Func<Tx, Task<T>> act) => scope.Database(PayoutWorker.Name).Run(act, default);
}
