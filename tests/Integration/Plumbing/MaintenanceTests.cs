using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Tables that only grow are kept in shape by dropping partitions that have passed, and no earlier.</summary>
public sealed class MaintenanceTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private static readonly DateTimeOffset s_today = TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_outbox_partition_is_dropped_once_every_slice_is_past_it_and_not_before()
    {
        const long rows = MaintenanceJob.OutboxRowsPerPartition;
        await using var database = scope.Database(Probe.Name);
        await database.Run(
            tx =>
            {
                tx.Send(Probe.State("kept", 1));
                return Task.CompletedTask;
            }, default);

        await scope.Execute($"select setval('probe.outbox_position', {3 * rows + 5})");
        await scope.Execute($"update probe.outbox_slice set sent_position = case slice when 7 then {rows - 1} else {3 * rows} end");
        await Maintain(s_today);
        Assert.Equal(["outbox_0", "outbox_1", "outbox_2", "outbox_3", "outbox_4", "outbox_5"], await Partitions("outbox"));
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from probe.outbox_0"));

        await scope.Execute($"update probe.outbox_slice set sent_position = {rows} where slice = 7");
        await Maintain(s_today);
        Assert.Equal(["outbox_1", "outbox_2", "outbox_3", "outbox_4", "outbox_5"], await Partitions("outbox"));

        await database.Run(
            tx =>
            {
                tx.Send(Probe.State("new", 1));
                return Task.CompletedTask;
            }, default);
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from probe.outbox_3"));
    }

    [Fact]
    public async Task An_inbox_partition_is_dropped_only_when_its_day_is_older_than_the_inbox_remembers()
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = EnvelopeReader.Envelope(
            Topics.FeedGames, 0, 0, "key", new Dictionary<string, string> { ["ce_id"] = "remembered", ["ce_source"] = "tests", ["ce_type"] = "feed.status.v1" },
            new byte[1], s_today);
        var day = $"inbox_{s_today:yyyyMMdd}";
        Task<Claim[]> Claimed() => database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        Assert.Equal([Claim.Fresh], await Claimed());
        await Maintain(s_today.AddDays(Topics.InboxDays));
        Assert.Equal([Claim.Repeated], await Claimed());
        Assert.Contains(day, await Partitions("inbox"));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.inbox_default"));

        await Maintain(s_today.AddDays(Topics.InboxDays + 1));
        Assert.DoesNotContain(day, await Partitions("inbox"));
        Assert.Contains($"inbox_{s_today.AddDays(Topics.InboxDays + 3):yyyyMMdd}", await Partitions("inbox"));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.inbox where message_id = @MessageId", new { envelope.MessageId }));
    }

    [Fact]
    public async Task Messages_that_came_before_their_day_had_a_partition_move_into_it()
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = EnvelopeReader.Envelope(
            Topics.FeedGames, 0, 0, "key", new Dictionary<string, string> { ["ce_id"] = "early", ["ce_source"] = "tests", ["ce_type"] = "feed.status.v1" },
            new byte[1], s_today.AddDays(200));
        await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        await Maintain(s_today.AddDays(199));

        Assert.Equal(1, await scope.Scalar<long>($"select count(*) from probe.inbox_{s_today.AddDays(200):yyyyMMdd}"));
        Assert.Equal([Claim.Repeated], await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default));
    }

    /// <summary>As the worker does it: under its own role.</summary>
    private async Task Maintain(DateTimeOffset now)
    {
        await using var database = scope.Database(Probe.Name, new StoppedClock(now));
        await database.Run(new MaintenanceJob().Run, default);
    }

    private Task<IReadOnlyList<string>> Partitions(string table) => scope.Query<string>(
        "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ('probe.' || @table)::regclass and c.relname !~ 'default' order by 1",
        new { table });

    /// <summary>A present that stays.</summary>
    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
