using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// From commands and feed to transfers, through all four workers: undisturbed, and with every worker killed again and again.
/// </summary>
public sealed class WholePipelineTests(Backbone backbone)
{
    private const int FeedParts = 4;
    private const int KillsMin = 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slate_ends_in_the_transfers_that_pure_computation_says_and_a_replay_of_all_input_moves_nothing()
    {
        await using var run = await SlateRun.Start(
            "test-inside", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.PlayToTheEnd(Ct);
        await AssertOutcome(run);
        var ledger = await run.Stage.Database.LedgerHash(Ct);

        var replayed = await run.ReplayEverything(Ct);
        await run.Rest(Ct);

        Assert.True(replayed > run.Slate.Feed.Count + run.Slate.Entries.Count, $"only {replayed} records were replayed");
        Assert.Equal(ledger, await run.Stage.Database.LedgerHash(Ct));
        await AssertOutcome(run);
    }

    [Fact]
    public async Task With_every_worker_killed_again_and_again_nothing_is_lost_and_nothing_is_paid_twice()
    {
        Assert.SkipUnless(backbone.IsRealBroker,
            "skipped: no real broker (set KAFKA_BOOTSTRAP_SERVERS or KAFKA_HOME, or put a distribution into ../shared/kafka)");
        var settings = new Dictionary<string, string>
        {
            // Small steps, so that a kill has something to interrupt, and partitions that come back at once.
            ["CONSUMER_BATCH_COUNT_MAX"] = "25", ["PAYOUT_PARALLEL"] = "4", ["KAFKA_GROUP_INSTANCE_ID"] = "only",
            // They live for seconds: what they would learn for later is never used.
            ["DOTNET_TieredPGO"] = "0",
        };
        await using var broker = RealBroker.At(backbone.BootstrapServers, $"kills-{Environment.ProcessId}.");
        await using var run = await SlateRun.Start("test-kills", broker, inside: [], settings, Ct);
        var kill = new KillWorkers(run);

        await EnterUnderFire(run, kill);
        await PlayUnderFire(run, kill);
        await PayUnderFire(run, kill);
        await run.Finish(Ct);

        await AssertOutcome(run);
        Assert.True(
            kill.Kills.Values.Sum() >= KillsMin && kill.Kills.Values.Min() > 3, $"kills: {string.Join(", ", kill.Kills)}");
    }

    private static async Task EnterUnderFire(SlateRun run, KillWorkers kill)
    {
        await run.CreateContests(Ct);
        await kill.Mark(Ct);
        var entering = run.Enter();
        await kill.OnceItGotOn(Workers.Scoring, by: 20, Ct);
        await kill.OnceItGotOn(Workers.Settlement, by: 20, Ct);
        await entering;
        await run.EntriesAnswered(Ct);
    }

    private static async Task PlayUnderFire(SlateRun run, KillWorkers kill)
    {
        foreach (var part in run.Slate.Feed.Chunk((run.Slate.Feed.Count + FeedParts - 1) / FeedParts))
        {
            await kill.Mark(Ct);
            var playing = run.Play(part, Ct);
            await kill.OnceItGotOn(Workers.Ingestion, by: 20, Ct);
            await kill.OnceItGotOn(Workers.Scoring, by: 20, Ct);
            await kill.OnceItGotOn(Workers.Settlement, by: 20, Ct);
            await playing;
        }

        await kill.Once(
            Workers.Scoring, "select count(*) from scoring.contest where finalized_revision is not null", reaches: 1, Ct);
        await kill.Once(Workers.Settlement, "select count(*) from settlement.result", reaches: 1, Ct);
    }

    private static async Task PayUnderFire(SlateRun run, KillWorkers kill)
    {
        await kill.Once(Workers.Payout, "select count(*) from payout.award_chunk", reaches: 1, Ct);
        await kill.Mark(Ct);
        foreach (var paid in (int[])[5, 12]) await kill.OnceItGotOn(Workers.Payout, paid, Ct);
        Assert.True(await kill.BetweenAnswerAndCommit(Ct) > 0);
    }

    /// <summary>
    /// Against what the pure functions make of the undisturbed input: digests, payouts, transfers; and the ledger and the topics
    /// against themselves.
    /// </summary>
    private static async Task AssertOutcome(SlateRun run)
    {
        var facts = await run.Facts(Ct);
        Assert.Empty(FinalChecks.Faults(facts));
        Assert.Empty(facts.Told.Refused);
        Assert.All(facts.Told.Contests, c => Assert.Equal(ContestStates.Paid, c.Lifecycle?.State));
        Assert.Equal(
            run.Slate.Expected.Select(r => (r.ContestId, r.Digest)).Order(),
            facts.Told.Contests.Select(c => (c.ContestId, c.Settled!.Digest)).Order());
        Assert.Equal(
            run.Slate.ExpectedPayouts.Order(), facts.Payouts.Select(p => (p.ContestId, p.PlayerId, p.AmountMinor)).Order());
        Assert.Equal(
            run.Slate.ExpectedPayouts.Select(p => (run.Accounts.ByPlayer[p.PlayerId], p.AmountMinor)).Order(),
            facts.Transfers.Select(t => (t.Destination, t.AmountMinor)).Order());
        Assert.All(run.CopiesFromTopics(Ct), copy =>
        {
            Assert.Empty(copy.Missing());
            var result = copy.Settle();
            Assert.Equal(copy.Settled[1].Digest, result.Digest);
            Assert.Null(copy.DifferenceFromScoring(result));
        });
    }
}
