using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>A host is gone, and the server does not know yet: what its sessions hold waits, and nothing else.</summary>
public sealed class VanishedHostTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private const int Keys = 40;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_partition_held_by_a_vanished_host_keeps_no_other_waiting_and_follows_when_the_server_ends_its_session()
    {
        var partitions = Topics.Find(Topics.FeedGames).Partitions;
        var keys = Enumerable.Range(0, Keys).Select(n => $"gone-{n}").ToArray();
        var isHeld = keys.ToLookup(key => KeyHash.Partition(key, partitions) == 3);
        await using var database = scope.Database(Probe.Name);
        var before = new PartitionOwnership(database);
        for (var partition = 0; partition < partitions; partition++) before.Assigned(Topics.FeedGames, partition);
        await before.ClaimNew(Ct);
        await using var vanished = await database.Open(Ct);
        await using var transaction = await vanished.BeginTransactionAsync(Ct);
        await Ask<int>(vanished,
            $"select partition from probe.partition_owner where topic = '{Topics.FeedGames}' and partition = 3 for share");

        await scope.Publish([.. keys.Select(key => Probe.Message(key, 1))]);
        var host = await Probe.Start(scope);
        await PipelineScope.Eventually(async () => await Handled() == isHeld[false].Count(), "everything else is handled");
        var handledMeanwhile = await scope.Query<string>("select key from probe.handled where key like 'gone-%'");
        await scope.Execute("select pg_terminate_backend(@pid)", new { pid = vanished.ProcessID });
        await PipelineScope.Eventually(async () => await Handled() == Keys, "what was held follows");
        await scope.Stop(host);

        Assert.Equal(isHeld[false].Order(StringComparer.Ordinal), handledMeanwhile.Order(StringComparer.Ordinal));

        Task<long> Handled() => scope.Scalar<long>("select count(*) from probe.handled where key like 'gone-%'");
    }

    [Fact]
    public async Task The_server_ends_a_transaction_in_which_nothing_happens()
    {
        await using var impatient = new WorkerDatabase(
            Probe.Name, scope.WorkerConnection(Probe.Name) + ";Options=-c idle_in_transaction_session_timeout=500",
            TimeProvider.System);
        await using var usual = scope.Database(Probe.Name);
        await using var open = await impatient.Open(Ct);
        await using var transaction = await open.BeginTransactionAsync(Ct);
        await Ask<int>(open, "select 1");

        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from pg_stat_activity where pid = @pid",
                new { pid = open.ProcessID }) == 0, "the session is ended");
        await using var lasting = await usual.OpenLasting(Ct);

        foreach (var connection in new[] { await usual.Open(Ct), lasting })
        {
            Assert.Equal(SessionLimits.IdleInTransactionSeconds * 1_000, await Ask<int>(
                connection, "select setting::integer from pg_settings where name = 'idle_in_transaction_session_timeout'"));
            Assert.Equal("10000",
                await Ask<string>(connection, "select setting from pg_settings where name = 'client_connection_check_interval'"));
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_relay_without_slices_tells_that_the_outbox_waits_and_that_it_is_over()
    {
        await using var database = scope.Database(Probe.Name);
        var vanished = await database.OpenLasting(Ct);
        Assert.True(await new RelaySlices(vanished, Probe.Name).Balance(Ct));
        await database.Run(
            tx =>
            {
                tx.Send(Probe.State("waiting", 1));
                return Task.CompletedTask;
            }, Ct);
        await scope.Execute("update probe.outbox set written_at = written_at - interval '10 minutes'");

        var host = await Probe.Start(scope);
        await PipelineScope.Eventually(
            () => Task.FromResult(scope.ReadTopic<AlertRaisedV1>().Any(a => a.Kind == "outbox-waits")), "the alert is published");
        var sentMeanwhile = Probe.Sent(scope, "waiting");
        await vanished.DisposeAsync();
        await PipelineScope.Eventually(
            () => Task.FromResult(scope.ReadTopic<AlertResolvedV1>().Any(a => a.DedupKey == "outbox-waits/probe")),
            "the alert is ended");
        await scope.Stop(host);

        Assert.Empty(sentMeanwhile);
        Assert.Equal([1L], Probe.Sent(scope, "waiting"));
    }

    private static async Task<T> Ask<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
