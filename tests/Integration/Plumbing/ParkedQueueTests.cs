using System.Collections.Frozen;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What an operator is shown of parked keys, and what comes of a retry.</summary>
public sealed class ParkedQueueTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The process believes that the partition is its own, and another has claimed it since.</summary>
    [Fact]
    public async Task A_retry_by_a_process_that_lost_the_partition_does_nothing_and_says_so()
    {
        await using var database = AsOwner();
        await database.Run(tx => Parked.Add(tx, [new Aside(Envelope("fenced", 21), "it failed")]), Ct);
        var ownership = new PartitionOwnership(database);
        ownership.Assigned(Topics.FeedGames, 900);
        await ownership.ClaimNew(Ct);
        await scope.Execute("update probe.partition_owner set epoch = epoch + 1 where topic = @topic and partition = 900",
            new { topic = Topics.FeedGames });
        var asked = (await Parked.Retry(database, Topics.FeedGames, "fenced", Ct))!;
        var plans = new Dictionary<string, TopicPlan>
        {
            [Topics.FeedGames] = new(
                Topics.FeedGames, Malformed.Park, Dedupe.ByInbox, null, FrozenDictionary<Type, Handling[]>.Empty, []),
        };

        var before = await Parked.Await(database, asked, TimeSpan.Zero, TimeProvider.System, Ct);
        await Assert.ThrowsAsync<FencedException>(() =>
            new BatchProcessor(database, ownership, TimeProvider.System, NullLogger.Instance).RetryParked(plans, 10, Ct));
        var after = await Parked.Await(database, asked, TimeSpan.Zero, TimeProvider.System, Ct);

        Assert.Equal(new KeyRetry.NotYet(0, 1), before);
        Assert.Equal(new KeyRetry.NotOwner(0, 1), after);
        Assert.Contains(await database.Run(Parked.RetryRequests, Ct), r => r.Key == "fenced");
        await scope.Execute("delete from probe.parked where key = 'fenced'; delete from probe.parked_key where key = 'fenced'");
    }

    /// <summary>More than an index takes, and of letters that no compression makes less of.</summary>
    [Fact]
    public async Task A_key_too_long_for_an_index_is_parked_whole_shown_by_its_hash_and_discarded_by_it()
    {
        await using var database = AsOwner();
        var random = new SeededRandom(5);
        var key = string.Concat(Enumerable.Range(0, 20_000).Select(_ => (char)('!' + random.Next(90))));

        await database.Run(
            tx => Parked.Add(tx, [new Aside(Envelope(key, 31), "it failed"), new Aside(Envelope(key, 32), Error: null)]), Ct);
        var among = await database.Run(tx => Parked.Among(tx, [Topics.FeedGames], [key]), Ct);
        var shown = await Parked.Show(database, Topics.FeedGames, KeyName.Of(key), 10, Ct);
        await Parked.Discard(database, Topics.FeedGames, KeyName.Of(key), 31, "ann", "no such game", Ct);
        await Parked.Discard(database, Topics.FeedGames, key, 32, "ann", "no such game", Ct);

        Assert.Contains((Topics.FeedGames, key), among);
        Assert.Equal([key, key], shown.Select(s => s.Key));
        Assert.Empty(await Parked.Show(database, Topics.FeedGames, key, 10, Ct));
        var alert = Assert.Single(
            await scope.Query<string>(
                "select convert_from(body, 'UTF8') from probe.outbox where convert_from(body, 'UTF8') like '%/900/31/%' and "
                    + "convert_from(body, 'UTF8') like '%parked retry%'"));
        Assert.Contains(KeyName.Of(key), alert, StringComparison.Ordinal);
        Assert.DoesNotContain(key, alert, StringComparison.Ordinal);
        await scope.Execute("delete from probe.parked_key where length(key) > 10000");
    }

    /// <summary>
    /// A console producer put the poison at offset 5 of one partition; the good message that waits behind it is at offset 1 of
    /// another.
    /// </summary>
    [Fact]
    public async Task The_message_that_failed_is_the_first_whatever_partition_and_offset_the_next_has()
    {
        await using var database = AsOwner();
        await database.Run(tx => Parked.Add(tx, [new Aside(Envelope("two-ways", 55), "it failed")]), Ct);
        await database.Run(tx => Parked.Add(tx, [new Aside(Envelope("two-ways", 41) with { Partition = 901 }, Error: null)]), Ct);

        var listed = Assert.Single(await Parked.List(database, Ct), k => k.Key == "two-ways");
        var shown = await Parked.Show(database, Topics.FeedGames, "two-ways", 10, Ct);
        var good = await Parked.Discard(database, Topics.FeedGames, "two-ways", 41, "ann", "as the screen said", Ct);
        var first = (await database.Run(tx => Parked.First(tx, Topics.FeedGames, "two-ways"), Ct))!;

        Assert.Equal((55, 900), (listed.HeadOffset, listed.Partition));
        Assert.Equal([(900, 55L, 1), (901, 41L, 0)], shown.Select(s => (s.Partition, s.Offset, s.Failures)));
        Assert.Equal(new DiscardAnswer.NotAtTheHead(55), good);
        Assert.Equal((900, 55), (first.Partition, first.RecordOffset));
        await scope.Execute(
            "delete from probe.parked where key = 'two-ways'; delete from probe.parked_key where key = 'two-ways'");
    }

    [Fact]
    public async Task A_retry_that_fails_keeps_the_error_of_the_first_time_and_an_alert_lasts_until_its_message_is_gone()
    {
        await using var database = AsOwner();
        await database.Run(
            tx => Parked.Add(
                tx, [new Aside(Envelope("original", 61), "the cause"), new Aside(Envelope("original", 62), Error: null)]), Ct);
        await Parked.Retry(database, Topics.FeedGames, "original", Ct);
        var followed = Assert.Single(await database.Run(Parked.RetryRequests, Ct), r => r.Key == "original");
        var message = (await database.Run(tx => Parked.First(tx, Topics.FeedGames, "original"), Ct))!;

        await database.Run(tx => Parked.FailedAgain(tx, message, followed.RequestNo, "another trouble"), Ct);
        var shown = (await Parked.Show(database, Topics.FeedGames, "original", 10, Ct))[0];
        var open = await Open(61);
        await database.Run(tx => Parked.Remove(tx, message), Ct);
        var closed = await Open(61);
        var second = (await database.Run(tx => Parked.First(tx, Topics.FeedGames, "original"), Ct))!;
        await database.Run(tx => Parked.FailedAgain(tx, second, followed.RequestNo, "the second fails as well"), Ct);

        Assert.Equal(("the cause", "another trouble", 2), (shown.Error, shown.LastError, shown.Failures));
        Assert.Equal((1, 0, 1), (open, closed, await Open(62)));
        Assert.Equal(
            "the second fails as well", Assert.Single(await Parked.Show(database, Topics.FeedGames, "original", 10, Ct)).Error);
        await scope.Execute(
            "delete from probe.parked where key = 'original'; delete from probe.parked_key where key = 'original'");

        Task<int> Open(long offset) => scope.Scalar<int>(
            "select count(*)::int from probe.alert_raised where dedup_key like @key and resolved_at is null",
            new { key = $"parked/probe/feed.games.v1/900/{offset}/%" })!;
    }

    /// <summary>Of a partition that nobody reads.</summary>
    private static Envelope Envelope(string key, long offset) => new(
        Topics.FeedGames, 900, offset, key, DeterministicId.From($"tests\n{key}/{offset}"), "feed.status.v1", "tests",
        DateTimeOffset.UnixEpoch, null, new Dictionary<string, string> { ["ce_id"] = $"{key}/{offset}", ["ce_source"] = "tests" },
        new byte[] { 1 });

    private WorkerDatabase AsOwner() => new(Probe.Name, scope.AdminConnection, TimeProvider.System);
}
