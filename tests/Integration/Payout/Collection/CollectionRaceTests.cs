using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// Two processes read what belongs together: the entries of a contest come over one topic, its awards over another.
/// </summary>
public sealed class CollectionRaceTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_contest_goes_on_when_its_last_entry_and_its_awards_are_taken_at_the_same_time(bool isFinalFirst)
    {
        var contestId = $"col-race-{isFinalFirst}";
        var rig = new CollectionRig(world, scope);
        await rig.Publish(contestId);
        await rig.Enter(contestId, 1);
        await rig.Pay(contestId, 0);
        await rig.Run();
        var built = ContestBuilder.Of(contestId, $"{contestId}-p0").OfEntered();
        var settled = built.Settled with { EntryFeesMinor = CollectionRig.FeeMinor,
            OverlayMinor = built.Settled.PoolMinor - CollectionRig.FeeMinor };
        var finalized = new ContestFinalizedV1(contestId, 1, "definition", 1, "hash", [], 0, DateTimeOffset.UnixEpoch);
        await world.GivenPublished(settled);
        Func<Tx, Task> one = isFinalFirst ? Entries : Awards;
        Func<Tx, Task> other = isFinalFirst ? Awards : Entries;

        await Race.Between(world.Database, one, () => world.Database.Run(other, ct), ct);

        Assert.Equal("posting", await world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'"));

        Task Entries(Tx tx) =>
            new CollectionHandler(OverlayLimit.Default)
                .Handle([new Received<IMessage>(finalized, world.EnvelopeOf(finalized))], tx);

        async Task Awards(Tx tx)
        {
            foreach (var chunk in built.Chunks)
                await new ContestAwardsHandler(OverlayLimit.Default)
                    .Handle(new Received<ContestAwardsV1>(chunk, world.EnvelopeOf(chunk)), tx);
            await new ContestSettledHandler(OverlayLimit.Default)
                .Handle(new Received<ContestSettledV1>(settled, world.EnvelopeOf(settled)), tx);
        }
    }
}
