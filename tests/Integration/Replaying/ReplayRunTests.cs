using System.Security.Cryptography;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Integration.Replaying;

/// <summary>
/// A replay as an operator orders it: planned, run, paused, killed, run again, refused once the world has moved.
/// </summary>
public sealed class ReplayRunTests
{
    private const string Who = "--who ann --why case-120";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_that_was_paused_and_killed_goes_on_repeats_nothing_skips_nothing_and_moves_no_cent()
    {
        await using var run = await SlateRun.Start(
            "test-replay-run", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.PlayToTheEnd(Ct);
        var ledger = await run.Stage.Database.LedgerHash(Ct);
        var transfers = (await run.Stage.Stripe.Transfers(Ct)).Count;
        var file = run.Stage.Folder.Sub("plan.json");
        var commands = run.Stage.Folder.Sub("commands.json");
        await run.Say($"replay plan {Topics.FeedGames} --out {file}", expected: 0);
        await run.Say(
            $"replay plan {Topics.ContestCommands} --contest {run.Slate.Definitions[0].ContestId} --out {commands}", expected: 0);

        var id = await PausedAndKilled(run, file);
        var told = await run.Ask($"replay run {file} {Who}");
        await run.Rest(Ct);

        Assert.Equal(("done", (long)run.Slate.Feed.Count),
            (told.GetProperty("run").GetProperty("state").GetString(),
                told.GetProperty("run").GetProperty("produced").GetInt64()));
        var originals = new TopicReader(run.Stage.Kafka).Read(Topics.FeedGames, Ct)
            .ToLookup(e => e.Headers.ContainsKey(ReplaySource.Header));
        Assert.Equal(
            originals[false].Select(e => $"{id} {e.Partition}/{e.Offset}").Order(StringComparer.Ordinal),
            originals[true].Select(e => e.Headers[ReplaySource.Header]).Order(StringComparer.Ordinal));
        Assert.All(originals[false].GroupBy(e => e.Partition), p => Assert.Equal(
            p.Select(e => (e.Key, e.MessageId, Convert.ToHexString(e.Body.Span))),
            originals[true].Where(e => e.Partition == p.Key)
                .Select(e => (e.Key, e.MessageId, Convert.ToHexString(e.Body.Span)))));
        Assert.Equal(
            (ledger, transfers), (await run.Stage.Database.LedgerHash(Ct), (await run.Stage.Stripe.Transfers(Ct)).Count));
        Assert.Equal(
            ["replay-started", "replay-paused", "replay-resumed", "replay-taken-up", "replay-ended"],
            (await Query(run, $"select action from payout.audit_log where subject = '{id}' order by at")).Distinct());

        await TheSameAgainIsRefused(run, file);
        await ReplayedRecordsAreLeftOut(run, id);
        await NewerRecordsOfACompactedTopicAreNotLeftOut(run);
        await WhatWasLostIsHandledAnew(run, (ledger, transfers));
        await run.Crew.DisposeAsync();
        await ARunEndsThoughOthersGoOnPublishing(run);
        await WhatTheBrokerDroppedMeanwhileIsMissed(run);
        await AMovedWorldIsRefused(run, commands);
    }

    /// <returns>The run's id.</returns>
    private static async Task<string> PausedAndKilled(SlateRun run, string file)
    {
        Assert.Empty((await run.Ask("replay status")).GetProperty("runs").EnumerateArray());
        await using var first = await run.StartContestctl($"replay run {file} {Who} --rate 50", _ => { });
        await run.Wait.Until("records are being produced", async () => await Produced(run) > 100, run.Explain, Ct);
        var id = (await Query(run, "select run_id from operations.replay_run")).Single();
        await run.Say($"replay pause {id} {Who}", expected: 0);
        await run.Say($"replay pause {id} {Who}", expected: 1);
        Assert.Equal("paused", (await run.Ask($"replay status {id}")).GetProperty("runs")[0].GetProperty("state").GetString());
        var before = await Produced(run);
        await run.Say($"replay resume {id} {Who}", expected: 0);
        await run.Wait.Until("it goes on", async () => await Produced(run) > before, run.Explain, Ct);
        await first.Kill();
        return id;
    }

    private static async Task TheSameAgainIsRefused(SlateRun run, string file)
    {
        Assert.Contains("has been run",
            (await run.Ask($"replay run {file} {Who}", expected: 1)).GetProperty("refused")[0].GetString(),
            StringComparison.Ordinal);
        await run.Say("replay status none", expected: 1);
        await run.Say($"replay resume none {Who}", expected: 1);
    }

    private static async Task ReplayedRecordsAreLeftOut(SlateRun run, string id)
    {
        var count = run.Slate.Feed.Count;
        var selection =
            (await run.Ask($"replay plan {Topics.FeedGames} --out {run.Stage.Folder.Sub("again.json")}")).GetProperty("plan")
                .GetProperty("selection");
        Assert.Equal(
            (count, count), (selection.GetProperty("messages").GetInt32(), selection.GetProperty("skippedReplays").GetInt32()));
        selection =
            (await run.Ask(
                $"replay plan {Topics.FeedGames} --of-replay {id} --out {run.Stage.Folder.Sub("its.json")}")).GetProperty("plan")
                .GetProperty("selection");
        Assert.Equal(count, selection.GetProperty("messages").GetInt32());
    }

    /// <summary>
    /// A row was deleted at Scoring, where the inbox knows its message: without --reprocess nothing would be replayed. Money
    /// stays where it is.
    /// </summary>
    private static async Task WhatWasLostIsHandledAnew(SlateRun run, (string Ledger, int Transfers) before)
    {
        var game = run.Slate.Definitions[0].GameIds[0];
        var lost = (await Query(
            run, $"select athlete_id from scoring.line where game_id = '{game}' order by athlete_id limit 1")).Single();
        var line = await Query(
            run, $"select version || stats::text from scoring.line where game_id = '{game}' and athlete_id = '{lost}'");
        await Query(run, $"delete from scoring.line where game_id = '{game}' and athlete_id = '{lost}'");
        var (plain, anew) = (run.Stage.Folder.Sub("plain.json"), run.Stage.Folder.Sub("anew.json"));

        var known = (await run.Ask($"replay plan {Topics.StatLines} --game {game} --out {plain}")).GetProperty("plan")
            .GetProperty("effect").GetProperty("messages");
        var planned =
            (await run.Ask($"replay plan {Topics.StatLines} --game {game} --reprocess --out {anew}")).GetProperty("plan")
                .GetProperty("effect").GetProperty("messages");
        var told = await run.Ask($"replay run {anew} {Who}");
        await run.Rest(Ct);

        Assert.Equal((0, true), (known.GetProperty("new").GetInt64(), planned.GetProperty("new").GetInt64() > 0));
        Assert.Equal("done", told.GetProperty("run").GetProperty("state").GetString());
        Assert.Equal(line,
            await Query(
                run, $"select version || stats::text from scoring.line where game_id = '{game}' and athlete_id = '{lost}'"));
        Assert.Equal(before, (await run.Stage.Database.LedgerHash(Ct), (await run.Stage.Stripe.Transfers(Ct)).Count));
        Assert.Equal(0,
            await run.Figure(
                "select (select count(*) from scoring.reprocess) + (select count(*) from settlement.reprocess)", Ct));
        Assert.Contains("nothing lies in those offsets",
            await run.Say($"replay plan {Topics.StatLines} --key nobody --out {plain}", expected: 1), StringComparison.Ordinal);
    }

    /// <summary>Of the states of a contest, all but the newest are asked for.</summary>
    private static async Task NewerRecordsOfACompactedTopicAreNotLeftOut(SlateRun run)
    {
        var key = new TopicReader(run.Stage.Kafka).Read(Topics.Lifecycle, Ct).GroupBy(e => (e.Partition, e.Key))
            .First(g => g.Count() > 1);
        var newest = key.Max(e => e.Offset);
        var refused =
            await run.Say(
                $"replay plan {Topics.Lifecycle} --key {key.Key.Key} --to-offset {newest} --out "
                    + $"{run.Stage.Folder.Sub("older.json")}", expected: 1);
        Assert.Contains(
            $"newer records of 1 selected keys are not selected ({key.Key.Key} is one)", refused, StringComparison.Ordinal);
        await run.Say(
            $"replay plan {Topics.Lifecycle} --key {key.Key.Key} --from-offset {newest} --out "
                + $"{run.Stage.Folder.Sub("newest.json")}", expected: 0);
    }

    /// <summary>Nobody reads what the run produced, and there is more to read all the time.</summary>
    private static async Task ARunEndsThoughOthersGoOnPublishing(SlateRun run)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var others = PublishOn(run, ended.Token);

        var told = await run.Ask($"replay run {run.Stage.Folder.Sub("again.json")} {Who} --patience 2", expected: 1);

        await ended.CancelAsync();
        Assert.True(await others > 0);
        Assert.Contains(told.GetProperty("differences").EnumerateArray(),
            d => d.GetString()!.EndsWith("records still to read", StringComparison.Ordinal));
        Assert.Equal(run.Slate.Feed.Count, told.GetProperty("run").GetProperty("produced").GetInt32());
    }

    /// <returns>How many records.</returns>
    private static async Task<int> PublishOn(SlateRun run, CancellationToken ct)
    {
        using var producer = new MessageProducer(run.Stage.Kafka, "tests", TimeProvider.System);
        for (var n = 0; ; n++)
        {
            if (ct.IsCancellationRequested) return n;
            await producer.PublishRaw(Topics.FeedGames, "other", new Dictionary<string, string>(), []);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>
    /// The run is killed, and when it goes on the oldest records are gone from a broker that keeps 5 MB of a partition.
    /// </summary>
    private static async Task WhatTheBrokerDroppedMeanwhileIsMissed(SlateRun run)
    {
        var order = $"replay run {run.Stage.Folder.Sub("its.json")} {Who} --patience 1";
        await using (var first = await run.StartContestctl($"{order} --rate 200", _ => { }))
        {
            await run.Wait.Until("records are being produced",
                async () => await run.Figure("select produced from operations.replay_run where state = 'producing'", Ct) > 100,
                run.Explain, Ct);
            await first.Kill();
        }

        using (var producer = new MessageProducer(run.Stage.Kafka, "tests", TimeProvider.System))
        {
            foreach (var partition in Enumerable.Range(0, Topics.Find(Topics.FeedGames).Partitions))
                for (var megabyte = 0; megabyte < 8; megabyte++)
                    await producer.PublishRaw(
                        Topics.FeedGames, "other", new Dictionary<string, string>(), Incompressible(), partition);
        }

        var told = await run.Ask(order, expected: 1);
        var (selected, produced) = (told.GetProperty("run").GetProperty("selected").GetInt64(),
            told.GetProperty("run").GetProperty("produced").GetInt64());
        Assert.Equal("differs", told.GetProperty("run").GetProperty("state").GetString());
        Assert.InRange(produced, 100, selected - 1);
        Assert.Equal(
            $"{selected - produced} of the plan's {selected} records could not be produced: the broker no longer has them",
            told.GetProperty("differences")[0].GetString());
    }

    /// <summary>So that it takes its room at the broker.</summary>
    private static byte[] Incompressible() => RandomNumberGenerator.GetBytes(900_000);

    /// <summary>The plan over the commands of a contest: it is in another state by now, and then it is held.</summary>
    private static async Task AMovedWorldIsRefused(SlateRun run, string plan)
    {
        var contest = run.Slate.Definitions[0].ContestId;
        var ends = new TopicRanges(run.Stage.Kafka).All(Topics.ContestCommands);
        await Query(run, $"update scoring.contest set state = '{ContestStates.Live}' where contest_id = '{contest}'");
        var refused = await run.Ask($"replay run {plan} {Who}", expected: 1);
        Assert.Equal(
            $"contest {contest} is LIVE, and PAID when the plan was made", refused.GetProperty("refused")[0].GetString());
        await Query(run,
            $"update scoring.contest set state = '{ContestStates.Paid}', hold = 'by hand', hold_version = lifecycle_version "
                + $"where contest_id = '{contest}'");
        refused = await run.Ask($"replay run {plan} {Who}", expected: 1);
        Assert.Equal($"contest {contest} has changed since the plan was made", refused.GetProperty("refused")[0].GetString());
        Assert.Equal(ends, new TopicRanges(run.Stage.Kafka).All(Topics.ContestCommands));
    }

    private static Task<long> Produced(SlateRun run) =>
        run.Figure("select coalesce(sum(produced), 0)::bigint from operations.replay_run", Ct);

    private static async Task<IReadOnlyList<string>> Query(SlateRun run, string sql)
    {
        await using var connection = await run.Stage.Database.OpenConnectionAsync(Ct);
        return [.. await Dapper.SqlMapper.QueryAsync<string>(connection, sql)];
    }
}
