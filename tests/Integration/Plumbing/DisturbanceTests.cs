using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Connections that break and partitions that move in the middle of the work: nothing is lost, nothing is done twice, every key keeps its order.</summary>
public sealed class DisturbanceTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private const int Keys = 20;
    private const int Waves = 30;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Connections_terminated_again_and_again_lose_nothing_and_double_nothing()
    {
        var host = await Probe.Start(scope);
        long terminated = 0;

        for (var wave = 1; wave <= Waves; wave++)
        {
            await Publish("cut", wave);
            terminated += await scope.Scalar<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = @Name and datname = current_database()", new { Probe.Name });
        }

        await PipelineScope.Eventually(() => AllHandledAndSent("cut"), "everything is handled and sent");
        await scope.Stop(host);

        Assert.True(terminated > 0);
        await AssertOnceInOrder("cut");
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.parked"));
    }

    /// <summary>Found by chaos: a connection that broke as a statement began came as ObjectDisposedException, for which a message is parked and a payout runner ends.</summary>
    [Fact]
    public async Task A_connection_that_npgsql_disposed_of_under_its_user_is_trouble_that_passes_by()
    {
        await using var database = new WorkerDatabase("scoring", scope.Settings()["SCORING_DATABASE"]!, TimeProvider.System);

        var trouble = await Assert.ThrowsAsync<NpgsqlException>(
            () => database.Run<int>(_ => throw new ObjectDisposedException(typeof(ManualResetEventSlim).FullName), TestContext.Current.CancellationToken));

        Assert.True(trouble.IsTransient);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => database.Run<int>(_ => throw new ObjectDisposedException("a handler's own"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Partitions_that_move_between_two_consumers_in_mid_stream_lose_nothing_and_double_nothing()
    {
        var first = await Probe.Start(scope);
        var settled = await Owners(atLeast: 1);
        for (var wave = 1; wave <= Waves / 3; wave++) await Publish("move", wave);

        var second = await Probe.Start(scope);
        for (var wave = Waves / 3 + 1; wave <= 2 * Waves / 3; wave++) await Publish("move", wave);
        await Owners(settled + 1);

        await scope.Stop(first);
        for (var wave = 2 * Waves / 3 + 1; wave <= Waves; wave++) await Publish("move", wave);
        await PipelineScope.Eventually(() => AllHandledAndSent("move"), "everything is handled and sent");
        await scope.Stop(second);

        await AssertOnceInOrder("move");
    }

    private Task Publish(string prefix, int wave) =>
        scope.Publish([.. Enumerable.Range(0, Keys).Select(key => (IMessage)Probe.Message($"{prefix}-{key}", wave))]);

    /// <summary>Waits until partitions have been taken over so often.</summary>
    /// <returns>How often, over all partitions.</returns>
    private async Task<long> Owners(long atLeast)
    {
        long epochs = 0;
        await PipelineScope.Eventually(
            async () => (epochs = await scope.Scalar<long>("select coalesce(sum(epoch), 0)::bigint from probe.partition_owner")) >= atLeast, $"{atLeast} take-overs");
        return epochs;
    }

    private async Task<bool> AllHandledAndSent(string prefix) =>
        await scope.Scalar<long>("select count(distinct (key, sequence)) from probe.handled where key like @prefix || '-%'", new { prefix }) == Keys * Waves
        && await scope.OutboxIsSent(Probe.Name);

    private async Task AssertOnceInOrder(string prefix)
    {
        var expected = Enumerable.Range(1, Waves).Select(n => (long)n).ToArray();
        var sent = scope.ReadTopic<GameStateV1>().ToLookup(s => s.GameId, s => s.Version);
        for (var key = 0; key < Keys; key++)
        {
            Assert.Equal(expected, await Probe.Handled(scope, $"{prefix}-{key}"));
            Assert.Equal(expected, sent[$"{prefix}-{key}"].Distinct());
        }
    }
}
