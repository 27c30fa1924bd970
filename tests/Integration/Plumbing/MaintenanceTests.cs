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
        await scope.Execute(
            $"update probe.outbox_slice set sent_position = case slice when 7 then {rows - 1} else {3 * rows} end");
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
        await Maintain(s_today);
        var envelope = Claimable("remembered", s_today);
        var day = $"inbox_{s_today:yyyyMMdd}";
        Task<Claim[]> Claimed() => database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        Assert.Equal([Claim.New], await Claimed());
        await Maintain(s_today.AddDays(Topics.InboxDays));
        Assert.Equal([Claim.Duplicate], await Claimed());
        Assert.Contains(day, await Partitions("inbox"));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from probe.inbox_default"));

        await Maintain(s_today.AddDays(Topics.InboxDays + 1));
        Assert.DoesNotContain(day, await Partitions("inbox"));
        Assert.Contains($"inbox_{s_today.AddDays(Topics.InboxDays + 3):yyyyMMdd}", await Partitions("inbox"));
        Assert.Equal(0,
            await scope.Scalar<long>(
                "select count(*) from probe.inbox where message_id = @MessageId", new { envelope.MessageId }));
    }

    [Fact]
    public async Task Messages_that_came_before_their_day_had_a_partition_move_into_it()
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = Claimable("early", s_today.AddDays(200));
        await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        await Maintain(s_today.AddDays(199));

        Assert.Equal(1, await scope.Scalar<long>($"select count(*) from probe.inbox_{s_today.AddDays(200):yyyyMMdd}"));
        Assert.Equal([Claim.Duplicate], await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default));
    }

    [Fact]
    public async Task A_process_whose_clock_is_days_ahead_makes_the_inbox_forget_nothing()
    {
        await Maintain(s_today);
        await using var database = scope.Database(Probe.Name);
        await using var ahead = scope.Database(Probe.Name, new StoppedClock(s_today.AddDays(20)));
        var envelope = Claimable("ahead", s_today);
        await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        await ahead.Run(new MaintenanceJob().Run, default);

        Assert.Equal([Claim.Duplicate], await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default));
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2125-06-01T00:00:00Z")]
    public async Task A_claim_of_a_day_without_a_partition_is_kept_as_long_as_any_other_and_then_forgotten(string time)
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = Claimable("stray" + time, DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        await Maintain(s_today);
        await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        await Maintain(s_today.AddDays(1));
        await Maintain(s_today.AddDays(1 + Topics.InboxDays));
        var kept = await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);
        await Maintain(s_today.AddDays(2 + Topics.InboxDays));

        Assert.Equal([Claim.Duplicate], kept);
        Assert.Equal(0,
            await scope.Scalar<long>(
                "select count(*) from probe.inbox where message_id = @MessageId", new { envelope.MessageId }));
        Assert.Equal(0,
            await scope.Scalar<long>(
                "select count(*) from probe.inbox_stray where message_id = @MessageId", new { envelope.MessageId }));
    }

    private static Envelope Claimable(string id, DateTimeOffset time) => EnvelopeReader.Envelope(
        Topics.FeedGames, 0, 0, "key",
        new Dictionary<string, string> { ["ce_id"] = id, ["ce_source"] = "tests", ["ce_type"] = "feed.status.v1" }, new byte[1],
        time);

    /// <summary>As the worker does it, under its own role, on a day of the database.</summary>
    private async Task Maintain(DateTimeOffset now)
    {
        await scope.Execute(
            $"create or replace function probe.inbox_today() returns date language sql stable as $$ select date "
                + $"'{now:yyyy-MM-dd}' $$");
        await scope.Execute($"update probe.inbox_stray_look set looked = least(looked, date '{now.AddDays(-1):yyyy-MM-dd}')");
        await using var database = scope.Database(Probe.Name);
        await database.Run(new MaintenanceJob().Run, default);
    }

    private Task<IReadOnlyList<string>> Partitions(string table) => scope.Query<string>(
        "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ('probe.' || "
            + "@table)::regclass and c.relname !~ 'default' order by 1",
        new { table });

    /// <summary>A present that stays.</summary>
    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
