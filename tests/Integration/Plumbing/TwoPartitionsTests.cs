using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Records of one key in two partitions, as two partitioners leave them.</summary>
public sealed class TwoPartitionsTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>As after an upgrade that changed the partitioner, or from two clients with different ones.</summary>
    [Fact]
    public async Task A_key_that_lies_in_two_partitions_queues_as_one_and_goes_on_in_order()
    {
        await scope.Execute("insert into probe.broken values ('two-places')");
        var host = await Probe.Start(scope);
        var partitions = Topics.Find(Topics.FeedGames).Partitions;
        var now = KeyHash.Partition(Probe.Message("two-places", 1).PartitionKey, partitions);
        for (var n = 1; n <= 4; n++)
        {
            var record = HarnessRecord.Of(Probe.Message("two-places", n), $"two-places-{n}", "probe", DateTimeOffset.UnixEpoch);
            await scope.Producer.PublishRaw(
                record.Topic, record.Key, record.Headers, record.Body.ToArray(), (now + n) % partitions);
            await PipelineScope.Eventually(
                async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'two-places'") == n,
                $"{n} queue");
        }

        await scope.Execute("delete from probe.broken where key = 'two-places'");
        await using var database = new WorkerDatabase(Probe.Name, scope.AdminConnection, TimeProvider.System);
        await Parked.Retry(database, Topics.FeedGames, "two-places", Ct);
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "two-places")).Count == 4, "all are handled");
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'two-places'") == 0,
            "the key is free again");
        await scope.Stop(host);

        Assert.Equal([1, 2, 3, 4], await Probe.Handled(scope, "two-places"));
    }
}
