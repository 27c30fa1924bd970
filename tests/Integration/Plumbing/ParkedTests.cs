using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What a person does about parked keys, and what the other keys notice of it: nothing.</summary>
public sealed class ParkedTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_discarded_message_is_kept_whole_and_its_key_goes_on_with_the_next_in_order()
    {
        await scope.Execute("insert into probe.broken values ('given-up')");
        var host = await Probe.Start(scope);
        await scope.Publish([.. Enumerable.Range(1, 4).Select(n => Probe.Message("given-up", n))]);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'given-up'") == 4, "all queue");
        await using var database = AsOwner();
        var shown = await Parked.Show(database, Topics.FeedGames, "given-up", 10, Ct);
        await scope.Execute("delete from probe.broken");

        var notTheHead = await Parked.Discard(database, Topics.FeedGames, "given-up", shown[1].Offset, "ann", "wrong one", Ct);
        var answer = await Parked.Discard(database, Topics.FeedGames, "given-up", shown[0].Offset, "ann", "no such game", Ct);
        var unknown = await Parked.Discard(database, Topics.FeedGames, "nobody", 0, "ann", "none", Ct);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'given-up'") == 0,
            "the key is free");
        await scope.Publish(Probe.Message("given-up", 5));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "given-up")).Count == 4, "the key goes on");
        await scope.Stop(host);

        Assert.Equal(new DiscardAnswer.NotAtTheHead(shown[0].Offset), notTheHead);
        Assert.Equal(3, Assert.IsType<DiscardAnswer.Discarded>(answer).Left);
        Assert.IsType<DiscardAnswer.NotParked>(unknown);
        Assert.Equal([2, 3, 4, 5], await Probe.Handled(scope, "given-up"));
        var kept = Assert.Single(await Parked.AllDiscarded(database, 10, Ct), d => d.Key == "given-up");
        Assert.Equal(("ann", "no such game", shown[0].Offset), (kept.DiscardedBy, kept.Reason, kept.Offset));
        Assert.Equal(shown[0].Body, kept.Body);
        Assert.Equal(shown[0].Headers, kept.Headers);
        Assert.Contains("the test broke given-up", kept.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_that_cannot_be_handled_are_told_of_once_and_not_for_each_alert_that_says_so()
    {
        // Nobody may send alerts as this worker: each of its own is parked when it comes back to it.
        await scope.Execute("insert into probe.broken values ('echo')");
        var toldBefore = Told();
        var host = await Probe.Start(scope);
        await scope.Publish(Probe.Message("echo", 1));

        await PipelineScope.Eventually(
            async () =>
                await scope.Scalar<long>("select count(*) from probe.parked where key in ('echo', 'parked/probe/alerts.v1')")
                    == 2, "it and the last alert are parked");
        await PipelineScope.Eventually(async () => await scope.OutboxIsSent(Probe.Name), "nothing is left to send");
        await scope.Stop(host);
        await scope.Execute("delete from probe.broken");

        // other tests of this pipeline may have raised it before, and it may still be open
        Assert.InRange(Told(), Math.Max(1, toldBefore), toldBefore + 1);
        Assert.Single(scope.ReadTopic<AlertRaisedV1>(), a => a.Subject == "feed.games.v1 key echo");

        int Told() => scope.ReadTopic<AlertRaisedV1>().Count(a => a.DedupKey == "parked/probe/alerts.v1");
    }

    [Fact]
    public async Task The_last_message_discarded_frees_its_key()
    {
        await scope.Execute("insert into probe.broken values ('alone')");
        var host = await Probe.Start(scope);
        await scope.Publish(Probe.Message("alone", 1));
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'alone'") == 1, "it is parked");
        await using var database = AsOwner();
        var key = Assert.Single(await Parked.List(database, Ct), k => k.Key == "alone");
        await scope.Execute("delete from probe.broken where key = 'alone'");

        await Parked.Discard(database, Topics.FeedGames, "alone", key.HeadOffset, "ann", "nobody needs it", Ct);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'alone'") == 0,
            "the key is free");
        await scope.Publish(Probe.Message("alone", 2));
        await PipelineScope.Eventually(async () => (await Probe.Handled(scope, "alone")).Count == 1, "the next is handled");
        await scope.Stop(host);

        Assert.Equal([2], await Probe.Handled(scope, "alone"));
    }

    [Fact]
    public async Task A_message_is_either_handled_again_or_discarded_never_both()
    {
        const int Keys = 40;
        var names = Enumerable.Range(0, Keys).Select(n => $"race-{n}").ToArray();
        foreach (var name in names) await scope.Execute("insert into probe.broken values (@name)", new { name });
        var host = await Probe.Start(scope);
        await scope.Publish([.. names.Select(name => Probe.Message(name, 1))]);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key like 'race-%'") == Keys,
            "all are parked");
        await using var database = AsOwner();
        var heads = (await Parked.List(database, Ct)).Where(k => k.Key.StartsWith("race-", StringComparison.Ordinal)).ToArray();
        await scope.Execute("delete from probe.broken where key like 'race-%'");

        foreach (var head in heads) await Parked.Retry(database, head.Topic, head.Key, Ct);
        var discarded = 0;
        foreach (var head in heads.Reverse())
        {
            if (await Parked.Discard(database, head.Topic, head.Key, head.HeadOffset, "ann", "race", Ct)
                is DiscardAnswer.Discarded) discarded++;
        }

        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key like 'race-%'") == 0,
            "all keys are free");
        await scope.Stop(host);

        Assert.Equal(Keys - discarded, await scope.Scalar<long>("select count(*) from probe.handled where key like 'race-%'"));
        Assert.Equal(0, await scope.Scalar<long>(
            "select count(*) from probe.handled h join probe.parked_discarded d on d.key = h.key where h.key like 'race-%'"));
    }

    [Fact]
    public async Task A_long_queue_that_is_tried_again_lets_other_keys_through_in_between()
    {
        const int Queued = 3_000;
        await scope.Execute("insert into probe.broken values ('long')");
        var host = await Probe.Start(scope);
        await scope.Publish([.. Enumerable.Range(1, Queued).Select(n => Probe.Message("long", n))]);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'long'") == Queued, "all queue");
        await scope.Stop(host);
        await scope.Publish([.. Enumerable.Range(1, 20).Select(n => Probe.Message("passing", n))]);
        await scope.Execute("delete from probe.broken where key = 'long'");
        await using var database = AsOwner();

        await Parked.Retry(database, Topics.FeedGames, "long", Ct);
        host = await Probe.Start(scope);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'long'") == 0,
            "the long key is free");
        await scope.Stop(host);

        Assert.Equal(Enumerable.Range(1, Queued).Select(n => (long)n), await Probe.Handled(scope, "long"));
        Assert.Equal(20, (await Probe.Handled(scope, "passing")).Count);
        Assert.True(
            await scope.Scalar<bool>(
                "select (select max(n) from probe.handled where key = 'passing') < (select max(n) from probe.handled where key "
                    + "= 'long')"),
            "the other key waited until the long one was through");
    }

    [Fact]
    public async Task What_was_discarded_cannot_be_changed_and_the_worker_itself_discards_nothing()
    {
        await scope.Execute("insert into probe.parked_key values ('t', 'k', 0, now())");
        await scope.Execute("insert into probe.parked values ('t', 0, 7, 'k', '{}', 'x', 'wrong', now())");
        await using var worker = scope.Database(Probe.Name);
        await using var owner = AsOwner();

        var refused =
            await Assert.ThrowsAsync<PostgresException>(() => Parked.Discard(worker, "t", "k", 7, "ann", "as the worker", Ct));
        await Parked.Discard(owner, "t", "k", 7, "ann", "as the owner", Ct);
        var changed =
            await Assert.ThrowsAsync<PostgresException>(() =>
                scope.Execute("update probe.parked_discarded set reason = 'another' where key = 'k'"));
        var removed =
            await Assert.ThrowsAsync<PostgresException>(() =>
                scope.Execute("delete from probe.parked_discarded where key = 'k'"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Equal(
            (PostgresErrorCodes.RestrictViolation, PostgresErrorCodes.RestrictViolation), (changed.SqlState, removed.SqlState));
        await scope.Execute("delete from probe.parked_key where key = 'k'");
    }

    [Fact]
    public async Task What_was_to_queue_behind_a_key_that_is_gone_is_asked_for_at_once()
    {
        await using var database = AsOwner();
        var queued = Envelope("gone", 1);

        await database.Run(tx => Parked.Add(tx, [new Aside(queued, Error: null)]), Ct);
        await database.Run(
            tx => Parked.Add(tx, [new Aside(Envelope("broken", 2), "it failed"), new Aside(Envelope("broken", 3), Error: null)]),
            Ct);

        var requests = (await database.Run(Parked.RetryRequests, Ct)).Select(r => r.Key).ToArray();
        Assert.Contains("gone", requests);
        Assert.DoesNotContain("broken", requests);
    }

    [Fact]
    public async Task A_request_that_is_made_while_an_attempt_is_under_way_outlives_its_failure()
    {
        await using var database = AsOwner();
        await database.Run(tx => Parked.Add(tx, [new Aside(Envelope("twice", 5), "it failed")]), Ct);
        await Parked.Retry(database, Topics.FeedGames, "twice", Ct);
        var followed = Assert.Single(await database.Run(Parked.RetryRequests, Ct), r => r.Key == "twice");
        var message = (await database.Run(tx => Parked.First(tx, followed.Topic, followed.Key), Ct))!;

        await Parked.Retry(database, Topics.FeedGames, "twice", Ct);
        await database.Run(tx => Parked.FailedAgain(tx, message, followed.RequestNo, "it failed again"), Ct);
        var again = Assert.Single(await database.Run(Parked.RetryRequests, Ct), r => r.Key == "twice");
        await database.Run(tx => Parked.FailedAgain(tx, message, again.RequestNo, "and again"), Ct);

        Assert.DoesNotContain(await database.Run(Parked.RetryRequests, Ct), r => r.Key == "twice");
    }

    /// <summary>As in a topic that was made anew, whose offsets begin again: left alone, the second message would be gone without
    /// a word.</summary>
    [Fact]
    public async Task A_message_whose_place_is_taken_by_another_parked_one_is_refused_in_words_until_that_one_is_gone()
    {
        await using var database = AsOwner();
        var (first, second) = (Envelope("first-topic", 11), Envelope("second-topic", 11));
        await database.Run(tx => Parked.Add(tx, [new Aside(first, "it failed")]), Ct);

        await database.Run(tx => Parked.Add(tx, [new Aside(first, "it failed again")]), Ct);
        var refused =
            await Assert.ThrowsAsync<InvariantException>(() =>
                database.Run(tx => Parked.Add(tx, [new Aside(Envelope("other", 12), null), new Aside(second, "it failed")]), Ct));
        await Parked.Discard(database, Topics.FeedGames, "first-topic", 11, "ann", "of the old topic", Ct);
        await database.Run(tx => Parked.Add(tx, [new Aside(second, "it failed")]), Ct);

        Assert.Contains("feed.games.v1[900] offset 11", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"contestctl parked retry or discard {Probe.Name} feed.games.v1 first-topic", refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(11, Assert.Single(await Parked.Show(database, Topics.FeedGames, "second-topic", 10, Ct)).Offset);
        Assert.Empty(await Parked.Show(database, Topics.FeedGames, "other", 10, Ct));
        Assert.Equal(2,
            await scope.Scalar<long>(
                "select count(*) from probe.alert_raised where dedup_key like 'parked/probe/feed.games.v1/900/11/%'"));
    }

    /// <summary>As when a topic was given more partitions: what is parked came from the old one, what came since from the new
    /// one, which another process reads.</summary>
    [Fact]
    public async Task A_key_goes_on_although_some_of_its_messages_came_from_a_partition_of_another_process()
    {
        await scope.Execute("insert into probe.broken values ('moved')");
        var host = await Probe.Start(scope);
        await scope.Publish(Probe.Message("moved", 1), Probe.Message("moved", 2));
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked where key = 'moved'") == 2, "both queue");
        await scope.Execute("delete from probe.broken where key = 'moved'");
        await scope.Execute(
            "insert into probe.partition_owner select topic, partition + 1000, 1 from probe.parked_key where key = 'moved'");
        await scope.Execute(
            "update probe.parked set partition = partition + 1000 where key = 'moved' and record_offset = (select "
                + "max(record_offset) from probe.parked where key = 'moved')");
        await using var database = AsOwner();

        await Parked.Retry(database, Topics.FeedGames, "moved", Ct);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select count(*) from probe.parked_key where key = 'moved'") == 0,
            "the key is free");
        await scope.Stop(host);

        Assert.Equal([1, 2], await Probe.Handled(scope, "moved"));
    }

    /// <summary>Of a partition that nobody reads.</summary>
    private static Envelope Envelope(string key, long offset) => new(
        Topics.FeedGames, 900, offset, key, DeterministicId.From($"tests\n{key}/{offset}"), "feed.status.v1", "tests",
        DateTimeOffset.UnixEpoch, null, new Dictionary<string, string> { ["ce_id"] = $"{key}/{offset}", ["ce_source"] = "tests" },
        new byte[] { 1 });

    private WorkerDatabase AsOwner() => new(Probe.Name, scope.AdminConnection, TimeProvider.System);
}
