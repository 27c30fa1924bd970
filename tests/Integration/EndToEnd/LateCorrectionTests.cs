using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Replay.Run;
using ContestPipeline.Settlement;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// A provider corrects a game a week after its contests were paid: through all four workers, once for each policy.
/// </summary>
public sealed class LateCorrectionTests
{
    private const long YardsMore = 400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_corrected_feed_message_a_week_later_ends_exactly_as_each_policy_says_and_a_replay_of_everything_changes_nothing()
    {
        await using var run = await SlateRun.Start(
            "test-corrected", broker: null, Workers.All, new Dictionary<string, string>(), Ct, onePerPolicy: true);
        await run.PlayToTheEnd(Ct);

        var corrected = Correct(run.Slate);
        var plan = await Plan(run, corrected);
        await CarryOut(run, plan);
        await AllSettled(run);
        await AssertForetold(run, plan.Effect);
        await AssertOutcome(run, [.. run.Slate.TrueFeed, .. corrected]);
        var ledger = await run.Stage.Database.LedgerHash(Ct);

        Assert.True(await run.ReplayEverything(Ct) > run.Slate.Feed.Count);
        await run.Rest(Ct);

        Assert.Equal(ledger, await run.Stage.Database.LedgerHash(Ct));
        await AssertOutcome(run, [.. run.Slate.TrueFeed, .. corrected]);
    }

    private static async Task<ReplayPlan> Plan(SlateRun run, IReadOnlyList<FeedRecord> records)
    {
        var file = new FileInfo(run.Stage.Folder.Sub("corrected.jsonl"));
        await using (var stream = file.Create()) await FeedFile.Write(stream, records, Ct);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(run.Stage.Settings).Build();
        return await new PlanReplay(settings, run.Stage.Kafka, TimeProvider.System, _ => { }).Of(file, Ct);
    }

    /// <summary>The documented way: by the plan, from the file that it was made of; another file is refused.</summary>
    private static async Task CarryOut(SlateRun run, ReplayPlan plan)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(run.Stage.Settings).Build();
        var running = new RunReplay(settings, run.Stage.Kafka, TimeProvider.System, _ => { });
        var order = new ReplayOrder("ann", "case 121", 0, TimeSpan.FromMinutes(2));
        var file = new FileInfo(run.Stage.Folder.Sub("corrected.jsonl"));
        var another = new FileInfo(run.Stage.Folder.Sub("another.jsonl"));
        await File.WriteAllLinesAsync(another.FullName, (await File.ReadAllLinesAsync(file.FullName, Ct)).Take(1), Ct);

        Assert.Contains("is not what the plan was made of",
            Assert.IsType<ReplayAnswer.Refused>(await running.Run(plan, another, order, Ct)).Because[0],
            StringComparison.Ordinal);
        Assert.Contains("--feed-file", Assert.IsType<ReplayAnswer.Refused>(await running.Run(plan, null, order, Ct)).Because[0],
            StringComparison.Ordinal);
        var ended = Assert.IsType<ReplayAnswer.Ended>(await running.Run(plan, file, order, Ct));

        Assert.Empty(ended.Differences);
        Assert.Equal(("done", 2L), (ended.Run.State, ended.Run.Produced));
    }

    /// <summary>What the plan said of the contests came to pass, to the cent.</summary>
    private static async Task AssertForetold(SlateRun run, ReplayEffect effect)
    {
        foreach (var definition in run.Slate.Definitions.Where(d => d.LateCorrectionPolicy != LateCorrectionPolicies.Freeze))
        {
            var foretold = Assert.Single(effect.Contests, c => c.ContestId == definition.ContestId);
            Assert.Equal((1, 2), (foretold.RevisionBefore, foretold.RevisionAfter));
            var prizes = Assert.Single(foretold.Prizes);
            var paidFirst = run.Slate.ExpectedPayouts.Where(p => p.ContestId == definition.ContestId).Sum(p => p.AmountMinor);
            Assert.Equal(await Moved(run, definition, "payout") - paidFirst, prizes.UpMinor);
            Assert.Equal(await Moved(run, definition, "prize-reduced"), prizes.DownMinor);
        }

        Assert.All(
            effect.Contests.Where(c => c.ContestId.EndsWith("freeze", StringComparison.Ordinal)),
            c => Assert.Equal((1, 0, 0), (c.RevisionAfter, c.PrizesChanged, c.Transfers)));
        Assert.Empty(effect.Failures);
    }

    /// <summary>A play of an athlete whom few hold gains many yards, and the game's box with it.</summary>
    /// <param name="which">Of the plays that may be chosen; the first are those of athletes whom the fewest hold.</param>
    internal static IReadOnlyList<FeedRecord> Correct(SmallSlate slate, int which = 0)
    {
        var held = slate.Entries.SelectMany(e => e.AthleteIds).GroupBy(a => a).ToDictionary(g => g.Key, g => g.Count());
        var (play, athlete) = slate.TrueFeed.Select(r => r.Message).OfType<FeedPlayV1>()
            .SelectMany(p => p.Athletes.Where(a => a.Stats.ContainsKey("rush_yds") && held.ContainsKey(a.AthleteId)),
                (p, a) => (Play: p, Athlete: a))
            .OrderBy(x => held[x.Athlete.AthleteId]).ThenBy(x => x.Athlete.AthleteId, StringComparer.Ordinal)
            .ThenBy(x => x.Play.Sequence).ElementAt(which);
        var box = slate.TrueFeed.Select(r => r.Message).OfType<FeedBoxV1>().Last(b => b.GameId == play.GameId);
        var told = slate.Feed.Select(r => r.Message).ToArray();
        var sequence = told.Max(m => m switch
        {
            FeedPlayV1 p when p.GameId == play.GameId => p.Sequence,
            FeedBoxV1 b when b.GameId == play.GameId => b.Sequence,
            FeedStatusV1 s when s.GameId == play.GameId => s.Sequence,
            FeedHeartbeatV1 h when h.GameId == play.GameId => h.LastSequence,
            _ => 0,
        });
        var at = box.ProviderTime.AddDays(7);
        return
        [
            new FeedRecord(0, at, play with
            {
                Sequence = sequence + 1, ProviderTime = at,
                Revision = told.OfType<FeedPlayV1>().Where(p => p.GameId == play.GameId && p.EventId == play.EventId)
                    .Max(p => p.Revision) + 1,
                Athletes = [.. play.Athletes.Select(a => a.AthleteId == athlete.AthleteId ? More(a) : a)],
            }),
            new FeedRecord(0, at, box with
            {
                Sequence = sequence + 2, ProviderTime = at,
                Lines = [.. box.Lines.Select(l => l.AthleteId == athlete.AthleteId && box.CoveredStats.Contains("rush_yds")
                    ? More(l) : l)],
            }),
        ];
    }

    private static AthleteStatsV1 More(AthleteStatsV1 line) => line with
    {
        Stats = new Dictionary<string, long>(line.Stats) { ["rush_yds"] = line.Stats.GetValueOrDefault("rush_yds") + YardsMore },
    };

    private static async Task AllSettled(SlateRun run)
    {
        await run.Wait.Until("both contests that may be revised are",
            async () => await run.Figure("select count(*) from settlement.result where revision = 2", Ct) == 2, run.Explain, Ct);
        await run.Wait.Until(
            "every revision is paid and what was awarded too much is back",
            async () => await run.Figure("select count(*) from payout.contest where state = 'paid'", Ct) == 5
                && await run.Figure("select count(*) from payout.reduction_part where outcome in ('open', 'asked')", Ct) == 0,
                run.Explain, Ct);
        await run.Rest(Ct);
    }

    private static async Task AssertOutcome(SlateRun run, IReadOnlyList<FeedRecord> feed)
    {
        Assert.Empty((await run.Stage.Database.VerifyLedger(Ct)).Faults);
        Assert.Equal(
            0, await run.Figure("select count(*) from settlement.result where contest_id like '%freeze' and revision > 1", Ct));
        Assert.Equal(1,
            await run.Figure("select count(*) from scoring.alert_raised where dedup_key like 'late-correction/%freeze/%'", Ct));
        foreach (var first in run.Slate.Expected)
        {
            var definition = run.Slate.Definitions.Single(d => d.ContestId == first.ContestId);
            var expected = first.Awards.Winners.Sum(w => Net(first.Awards, w));
            var (increase, decrease) = (0L, 0L);
            if (definition.LateCorrectionPolicy != LateCorrectionPolicies.Freeze)
            {
                var awarded = first.Awards.Winners.ToDictionary(w => first.Entries.EntryIds[w], w => first.Awards.GrossMinor[w]);
                var correction = CorrectAwards.Of(run.Slate.Settle(definition, feed, revision: 2), definition, awarded);
                increase = correction.Result.Totals.NetMinor;
                decrease = correction.Reductions.Winners.Sum(w => Net(correction.Reductions, w));
                Assert.True(increase > 0, "the correction moves a prize");
                Assert.Equal(definition.LateCorrectionPolicy == LateCorrectionPolicies.Resettle, decrease > 0);
                var copy = run.CopiesFromTopics(Ct).Single(c => c.ContestId == definition.ContestId);
                Assert.Empty(copy.Missing(2));
                Assert.Equal(correction.Result.Digest, copy.Announced(2).Result.Digest);
                Assert.Equal(correction.Result.Digest, copy.Settled[2].Digest);
            }

            Assert.Equal(expected + increase, await Moved(run, definition, "payout"));
            Assert.Equal(decrease, await Moved(run, definition, "prize-reduced"));
            Assert.Equal(0, await Moved(run, definition, "correction-loss"));
        }

        var transfers = (await run.Facts(Ct)).Transfers;
        Assert.Equal(await run.Figure("select sum(amount_minor)::bigint from payout.payout where transfer_id is not null", Ct),
            transfers.Sum(t => t.AmountMinor));
    }

    private static Task<long> Moved(SlateRun run, ContestDefinitionV1 contest, string code) => run.Figure(
        $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contest.ContestId}' "
            + $"and code = '{code}'", Ct);

    private static long Net(Awards awards, int entry) => awards.GrossMinor[entry] - awards.FeeMinor[entry];
}
