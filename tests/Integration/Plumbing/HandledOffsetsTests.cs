using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// A database that goes back in time is noticed by the offsets that it had, at once and without anybody's help, and nothing else
/// is taken for it.
/// </summary>
/// <remarks>
/// A pipeline for each test: a worker that a failed one leaves behind would keep the partitions, and the others wait for them in
/// vain for minutes.
/// </remarks>
public sealed class HandledOffsetsTests(Backbone backbone) : IAsyncLifetime
{
    private const string Late = "late";
    private static readonly int s_partition = KeyHash.Partition(
        Probe.Message(Late, 1).PartitionKey, Topics.Find(Topics.FeedGames).Partitions);

    private readonly PipelineScope scope = new(backbone);

    public async ValueTask InitializeAsync()
    {
        await scope.InitializeAsync();
        await Probe.Install(scope);
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();

    [Fact]
    public async Task A_restored_database_is_told_of_once_and_handles_again_what_it_lacks_whether_the_worker_stood_still_or_ran()
    {
        var host = await Probe.Start(scope);
        await Handle("early", 1, 5);
        await Handle(Late, 1, 2);
        await scope.Stop(host);
        var copy = await scope.BackUp();
        host = await Probe.Start(scope);
        await Handle(Late, 3, 5);
        await scope.Stop(host);

        await scope.GoBack(copy);
        Assert.Equal([1, 2], await Probe.Handled(scope, Late));
        host = await Probe.Start(scope);
        await PipelineScope.Eventually(
            async () => (await Probe.Handled(scope, Late)).Count == 5, "what was lost while it stood still is handled again");
        await scope.Publish(Probe.Message(Late, 6));
        await PipelineScope.Eventually(
            async () => (await Probe.Handled(scope, Late)).Count == 6 && Resolved() == 1, "it is over");

        Assert.Equal(1, Raised());
        Assert.Matches(
            $"feed.games.v1/{s_partition} it knows what comes before offset 2, and the consumer group has handled what comes "
                + $"before 5\\. ", Alerts()[0].Cause);

        await scope.GoBack(copy);
        await PipelineScope.Eventually(
            async () => (await Probe.Handled(scope, Late)).Count == 6, "what was lost while it ran is handled again");
        await PipelineScope.Eventually(() => Task.FromResult(Resolved() == 2), "it is over again");
        await scope.Stop(host);

        Assert.Equal((2, null),
            (Raised(), await scope.Scalar<string>(
                "select string_agg(key || ': ' || error, chr(10)) from probe.parked where topic = 'feed.games.v1'")));
        Assert.Equal([1, 2, 3, 4, 5, 6], await Probe.Handled(scope, Late));
        Assert.Equal([1, 2, 3, 4, 5], await Probe.Handled(scope, "early"));
    }

    [Fact]
    public async Task What_a_partition_held_whose_first_record_came_after_the_back_up_is_handled_again_as_well()
    {
        const string key = "first-of-its-partition";
        var partition = KeyHash.Partition(Probe.Message(key, 1).PartitionKey, Topics.Find(Topics.FeedGames).Partitions);
        var host = await Probe.Start(scope);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.handled_offset where topic = 'feed.games.v1'")
                == Topics.Find(Topics.FeedGames).Partitions, "all partitions are claimed");
        Assert.Equal(0,
            await scope.Scalar<long>(
                $"select next_offset from probe.handled_offset where topic = 'feed.games.v1' and partition = {partition}"));
        await scope.Stop(host);
        var copy = await scope.BackUp();
        host = await Probe.Start(scope);
        await Handle(key, 1, 3);
        await scope.Stop(host);

        await scope.GoBack(copy);
        host = await Probe.Start(scope);
        await PipelineScope.Eventually(
            async () => (await Probe.Handled(scope, key)).Count == 3, "what the partition held is handled again");
        await scope.Stop(host);

        Assert.Equal(1, Raised());
    }

    public static TheoryData<string, string, long?> NoLosses => new()
    {
        { "row", "delete from probe.handled_offset", null },
        { "older", "update probe.handled_offset set next_offset = 0; update probe.partition_owner set epoch = epoch + 1", null },
        { "set-back", "select 1", 0 },
        { "made-anew", "select 1", 1_000_000 },
    };

    /// <summary>
    /// The row removed; a worker of an older version had the partition; the group set back by hand; the topic made anew, and its
    /// offsets begin again.
    /// </summary>
    [Theory]
    [MemberData(nameof(NoLosses))]
    public async Task What_only_looks_like_it_is_not_told_of_and_the_worker_goes_on(string key, string sql, long? group)
    {
        var partition = KeyHash.Partition(Probe.Message(key, 1).PartitionKey, Topics.Find(Topics.FeedGames).Partitions);
        var host = await Probe.Start(scope);
        await Handle(key, 1, 3);
        await scope.Stop(host);

        await scope.Execute(sql);
        if (group is { } offset) scope.SetGroup(Probe.Name, Topics.FeedGames, partition, offset);
        host = await Probe.Start(scope);
        await Handle(key, 4, 4);
        await scope.Stop(host);
        await scope.Stop(await Probe.Start(scope));

        Assert.Equal([1, 2, 3, 4], await Probe.Handled(scope, key));
        Assert.Equal(0, Raised());
    }

    [Fact]
    public async Task A_record_whose_key_is_parked_counts_as_handled()
    {
        await scope.Execute("insert into probe.broken values ('unlucky')");
        var host = await Probe.Start(scope);
        await scope.Publish(Probe.Message("unlucky", 1));
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'unlucky'") == 1, "it is parked");
        await scope.Stop(host);
        await scope.Stop(await Probe.Start(scope));

        var next = await scope.Scalar<long>(
            "select h.next_offset - p.record_offset from probe.handled_offset h join probe.parked p on p.topic = h.topic and "
                + "p.partition = h.partition where p.key = 'unlucky'");
        Assert.Equal(1, next);
    }

    private async Task Handle(string key, int from, int to)
    {
        await scope.Publish([.. Enumerable.Range(from, to - from + 1).Select(n => (IMessage)Probe.Message(key, n))]);
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, key)).Contains(to)
            && await scope.OutboxIsSent(Probe.Name), $"{key} is handled up to {to}");
    }

    private IReadOnlyList<AlertRaisedV1> Alerts() =>
        [.. scope.ReadTopic<AlertRaisedV1>().Where(a => a.Kind == "database-went-back")];

    private int Raised() => Alerts().Count;

    private int Resolved() => scope.ReadTopic<AlertResolvedV1>().Count(r => r.DedupKey == "database-went-back/probe");
}
