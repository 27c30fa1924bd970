using System.Collections.Frozen;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// Connections that break and partitions that move in the middle of the work: nothing is lost, nothing is done twice, every key
/// keeps its order.
/// </summary>
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
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = @Name and datname = "
                    + "current_database()", new { Probe.Name });
        }

        await PipelineScope.Eventually(() => AllHandledAndSent("cut"), "everything is handled and sent");
        await scope.Stop(host);

        Assert.True(terminated > 0);
        await AssertOnceInOrder("cut");
        Assert.Null(
            await scope.Scalar<string>("select string_agg(error, chr(10)) from probe.parked where topic = 'feed.games.v1'"));
    }

    /// <summary>
    /// Found by chaos: a connection that broke as a statement began came as ObjectDisposedException, for which a message is
    /// parked and a payout runner ends.
    /// </summary>
    [Fact]
    public async Task A_connection_that_npgsql_disposed_of_under_its_user_is_trouble_that_passes_by()
    {
        await using var database = new WorkerDatabase("scoring", scope.Settings()["SCORING_DATABASE"]!, TimeProvider.System);

        var trouble = await Assert.ThrowsAsync<NpgsqlException>(
            () => database.Run<int>(_ => throw new ObjectDisposedException(typeof(ManualResetEventSlim).FullName),
                TestContext.Current.CancellationToken));

        Assert.True(trouble.IsTransient);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => database.Run<int>(
                _ => throw new ObjectDisposedException("a handler's own"), TestContext.Current.CancellationToken));
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

    /// <summary>
    /// As when its disk is full and its provider makes it read-only, or when it has become a standby: no connection breaks by it.
    /// </summary>
    [Fact]
    public async Task A_database_that_takes_no_writes_for_a_while_parks_nothing_and_everything_is_handled_afterwards()
    {
        using var log = new KeptLog(Probe.Name);
        var host = await Start(log);
        await Publish("full", 1);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.handled where key like 'full-%'") == Keys,
            "the worker works");

        await OfProbe("set default_transaction_read_only = on");
        await scope.Execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = @Name and datname = current_database()",
            new { Probe.Name });
        for (var wave = 2; wave <= Waves; wave++) await Publish("full", wave);
        await PipelineScope.Eventually(
            () => Task.FromResult(log.Has("Attempt", PostgresErrorCodes.ReadOnlySqlTransaction)), "a batch is refused");
        await OfProbe("reset default_transaction_read_only");
        await PipelineScope.Eventually(() => AllHandledAndSent("full"), "everything is handled and sent");
        await scope.Stop(host);

        await AssertOnceInOrder("full");
        Assert.Null(
            await scope.Scalar<string>("select string_agg(error, chr(10)) from probe.parked where topic = 'feed.games.v1'"));

        Task OfProbe(string change) =>
            scope.Execute($"do $$ begin execute format('alter role probe in database %I {change}', current_database()); end $$");
    }

    /// <summary>As a person does who was told that a transaction holds the outbox back.</summary>
    [Fact]
    public async Task A_message_whose_statement_a_person_cancels_is_tried_again_and_not_parked()
    {
        using var log = new KeptLog(Probe.Name);
        var host = await Start(log);
        await using var connection = new NpgsqlConnection(scope.AdminConnection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var holding = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("lock table probe.handled in access exclusive mode", connection))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await scope.Publish(Probe.Message("cancelled", 1));
        // Sessions of the worker may wait for other locks as well.
        await PipelineScope.Eventually(
            async () =>
            {
                await scope.Execute(
                    "select pg_cancel_backend(pid) from pg_locks where relation = 'probe.handled'::regclass and not granted");
                return log.Has("Attempt", PostgresErrorCodes.QueryCanceled);
            }, "the message waits, is cancelled and tried again");
        await holding.CommitAsync(TestContext.Current.CancellationToken);
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "cancelled")).Count == 1, "it is handled");
        await scope.Stop(host);

        Assert.Null(
            await scope.Scalar<string>("select string_agg(error, chr(10)) from probe.parked where topic = 'feed.games.v1'"));
    }

    [Fact]
    public async Task A_message_that_a_time_limit_ends_every_time_is_parked_in_the_end_and_its_neighbours_go_on()
    {
        await using var database = scope.Database(Probe.Name);
        var attempts = 0;
        Handling handling = async (batch, tx) =>
        {
            foreach (var message in batch.Select(one => (FeedStatusV1)one.Message))
            {
                if (message.GameId == "long-1") attempts++;
                await tx.Execute($"set local statement_timeout = {(message.GameId == "long-1" ? 5 : 0)}");
                await tx.Execute(message.GameId == "long-1"
                    ? "select pg_sleep(60)" : "insert into probe.handled (key, sequence) values (@GameId, @Sequence)", message);
            }
        };
        var plan = new TopicPlan(
            Topics.FeedGames, Malformed.Reject, Dedupe.ByInbox, Reader: null, FrozenDictionary<Type, Handling[]>.Empty,
            [handling]);
        var items = Enumerable.Range(0, 3).Select(n => Item($"long-{n}", plan)).ToArray();
        var ownership = new PartitionOwnership(database);
        foreach (var (topic, partition) in items.Select(i => i.Place)) ownership.Assigned(topic, partition);
        await ownership.ClaimNew(TestContext.Current.CancellationToken);

        var end = await new BatchProcessor(database, ownership, new Impatient(), NullLogger.Instance)
            .Process(items, TestContext.Current.CancellationToken);

        Assert.Equal(new BatchResult(3, Fenced: false), end);
        Assert.True(attempts > 5, $"{attempts} attempts");
        Assert.Equal(["long-1"], await scope.Query<string>("select key from probe.parked where key like 'long-%'"));
        Assert.Equal(["long-0", "long-2"],
            await scope.Query<string>("select key from probe.handled where key like 'long-%' order by key"));
        // The offsets of these records are no broker's.
        await scope.Execute("delete from probe.parked; delete from probe.parked_key; delete from probe.handled_offset");

        static ConsumedRecord Item(string game, TopicPlan plan)
        {
            var message = Probe.Message(game, 1);
            var envelope = HarnessRecord.Of(message, game, "tests", DateTimeOffset.UnixEpoch).Envelope();
            return new ConsumedRecord(envelope, new DecodeResult.Decoded(message), plan);
        }
    }

    private Task<IHost> Start(KeptLog log) => scope.Start(
        builder =>
        {
            Probe.Add(builder);
            builder.Services.AddSingleton<ILoggerFactory>(log);
        }, Probe.Settings(scope));

    private Task Publish(string prefix, int wave) =>
        scope.Publish([.. Enumerable.Range(0, Keys).Select(key => (IMessage)Probe.Message($"{prefix}-{key}", wave))]);

    /// <summary>Waits until partitions have been taken over so often.</summary>
    /// <returns>How often, over all partitions.</returns>
    private async Task<long> Owners(long atLeast)
    {
        long epochs = 0;
        await PipelineScope.Eventually(
            async () => (epochs = await scope.Scalar<long>("select coalesce(sum(epoch), 0)::bigint from probe.partition_owner"))
                >= atLeast, $"{atLeast} take-overs");
        return epochs;
    }

    private async Task<bool> AllHandledAndSent(string prefix) =>
        await scope.Scalar<long>("select count(distinct (key, sequence)) from probe.handled where key like @prefix || '-%'",
            new { prefix }) == Keys * Waves
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

    /// <summary>Waits for nothing.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
