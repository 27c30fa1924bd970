using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What was committed reaches Kafka, all of it, in order per key; what was not, never.</summary>
public sealed class OutboxTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_exception_before_the_commit_leaves_no_row_no_message_and_no_memory()
    {
        await using var database = scope.Database(Probe.Name);
        var remembered = false;

        await Assert.ThrowsAsync<InvariantException>(() => database.Run(
            async tx =>
            {
                await tx.Execute("insert into probe.handled (key, sequence) values ('undone', 1)");
                tx.Send(Probe.State("undone", 1));
                tx.AfterCommit(() => remembered = true);
                throw new InvariantException("stop here");
            }, default));

        Assert.False(remembered);
        Assert.Empty(await Probe.Handled(scope, "undone"));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.outbox where partition_key = 'undone'"));
    }

    [Fact]
    public async Task Two_relays_and_a_slow_writer_lose_nothing_and_keep_the_order_of_every_key()
    {
        var first = await Probe.Start(scope);
        var second = await Probe.Start(scope);
        await using var database = scope.Database(Probe.Name);
        var release = new TaskCompletionSource();
        var slowWroteFirst = new TaskCompletionSource();

        var slow = SlowWriter(slowWroteFirst, release.Task);
        await slowWroteFirst.Task;
        for (var version = 1; version <= 40; version++)
        {
            var n = version;
            await database.Run(
                tx =>
                {
                    for (var game = 0; game < 20; game++) tx.Send(Probe.State($"fast-{game}", n));
                    return Task.CompletedTask;
                }, default);
        }

        release.SetResult();
        await slow;
        await PipelineScope.Eventually(() => scope.OutboxIsSent(Probe.Name), "everything is sent");
        await scope.Stop(first);
        await scope.Stop(second);

        var sent = scope.ReadTopic<GameStateV1>();
        Assert.Single(sent.Select(s => (s.GameId, s.Version)).Distinct(), s => s.GameId == "slow");
        for (var game = 0; game < 20; game++)
            Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), Probe.Sent(scope, $"fast-{game}"));
    }

    [Fact]
    public async Task A_relay_that_forgot_its_watermark_sends_again_in_the_same_order_and_under_the_same_ids()
    {
        var host = await Probe.Start(scope);
        await using var database = scope.Database(Probe.Name);
        for (var version = 1; version <= 10; version++)
        {
            var n = version;
            await database.Run(tx => Sending(tx, Probe.State("again", n)), default);
        }

        await PipelineScope.Eventually(() => scope.OutboxIsSent(Probe.Name), "everything is sent");
        await scope.Stop(host);
        await scope.Execute("update probe.outbox_slice set sent_position = 0");
        var restarted = await Probe.Start(scope);
        await PipelineScope.Eventually(() => scope.OutboxIsSent(Probe.Name), "everything is sent again");
        await scope.Stop(restarted);

        var records = scope.ReadTopic(Topics.StatLines).Where(e => e.Key == "again").ToArray();
        Assert.Equal(20, records.Length);
        Assert.Equal(records[..10].Select(e => e.MessageId), records[10..].Select(e => e.MessageId));
        Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), Probe.Sent(scope, "again"));
    }

    [Fact]
    public async Task The_same_alert_is_sent_once()
    {
        await using var database = scope.Database(Probe.Name);
        for (var i = 0; i < 3; i++)
        {
            await database.Run(
                tx =>
                {
                    tx.Alert(new Alert("one-alert", AlertSeverity.Warning, "a-kind", "a subject", "a cause", "do something"));
                    return Task.CompletedTask;
                }, default);
        }

        Assert.Equal(1, await scope.Scalar<long>("select count(*) from probe.outbox where partition_key = 'one-alert'"));
    }

    [Fact]
    public async Task A_transaction_that_holds_the_outbox_back_too_long_is_an_alert_that_does_not_wait_behind_it()
    {
        var host = await Probe.Start(scope);
        await using var database = scope.Database(Probe.Name);
        var release = new TaskCompletionSource();
        var wrote = new TaskCompletionSource();
        var before = HeldBack().Count;
        var slow = SlowWriter(wrote, release.Task);
        await wrote.Task;
        await database.Run(tx => Sending(tx, Probe.State("behind", 1)), default);

        await PipelineScope.Eventually(() => Task.FromResult(HeldBack().Count > before), "the alert is published");
        Assert.Empty(Probe.Sent(scope, "behind"));
        release.SetResult();
        await slow;
        await PipelineScope.Eventually(() => scope.OutboxIsSent(Probe.Name), "everything is sent");
        await scope.Stop(host);

        Assert.Equal(before + 1, HeldBack().Count);
        Assert.Single(Probe.Sent(scope, "behind"));

        List<AlertRaisedV1> HeldBack() =>
            [.. scope.ReadTopic<AlertRaisedV1>().Where(a => a.Kind == "outbox-held-back").DistinctBy(a => a.DedupKey)];
    }

    private static Task Sending(Tx tx, IMessage message)
    {
        tx.Send(message);
        return Task.CompletedTask;
    }

    /// <summary>Takes a low position and commits it only after many higher ones were committed.</summary>
    private async Task SlowWriter(TaskCompletionSource wrote, Task release)
    {
        await using var connection = new NpgsqlConnection(scope.WorkerConnection(Probe.Name));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var tx = new Tx(connection, transaction, Probe.Name, TimeProvider.System, default);
        tx.Send(Probe.State("slow", 1));
        await OutboxWriter.Flush(tx);
        wrote.SetResult();
        await release;
        await transaction.CommitAsync();
    }
}
