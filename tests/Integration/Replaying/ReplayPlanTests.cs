using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Replaying;

/// <summary>What a plan foretells of a slate, and that foretelling it touches nothing.</summary>
public sealed class ReplayPlanTests
{
    private const string Yards = "rush_yds";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_foretells_every_cent_and_leaves_every_table_topic_and_Stripe_as_they_were()
    {
        await using var run = await SlateRun.Start(
            "test-replay-plan", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.FillContests(Ct);
        await run.Rest(Ct);

        await TheWholeFeedIsForetold(run);
        await run.Crew.Start(Ct);
        await run.Play(run.Slate.Feed, Ct);
        await run.Finish(Ct);
        await WhatIsKnownChangesNothing(run);
        await ALateCorrectionIsSeenBeforehand(run);
    }

    /// <summary>
    /// Before a single play was published: the plan over the file must come to what the pure functions make of it.
    /// </summary>
    private static async Task TheWholeFeedIsForetold(SlateRun run)
    {
        var plan = await Untouched(run, planner => planner.Of(Written(run, run.Slate.Feed), Ct));

        var (messages, total) = (plan.Effect.Messages, plan.Effect.Total);
        Assert.Equal(run.Slate.Feed.Count, messages.Read);
        Assert.Equal(run.Slate.Feed.Select(r => r.Id).Distinct().Count(), messages.New);
        Assert.Equal(messages.Read - messages.New, messages.AlreadyKnown);
        Assert.Equal(run.Slate.ExpectedPayouts.Count, total.Transfers);
        Assert.Equal([("usd", run.Slate.ExpectedPayouts.Sum(p => p.AmountMinor), 0L)],
            total.TransferCents.Select(c => (c.Currency, c.UpMinor, c.DownMinor)));
        Assert.Equal(
            run.Slate.ExpectedPayouts.GroupBy(p => p.ContestId).Select(g => (g.Key, g.Count(), g.Sum(p => p.AmountMinor)))
                .Order(),
            plan.Effect.Contests.Select(c => (c.ContestId, c.Transfers, c.TransferCents.Sum(t => t.UpMinor))).Order());
        Assert.All(plan.Effect.Contests, c => Assert.Equal((ContestStates.Settled, 1), (c.StateAfter, c.RevisionAfter)));
        Assert.Empty(plan.Effect.Failures);
    }

    private static async Task WhatIsKnownChangesNothing(SlateRun run)
    {
        var plan = await Untouched(run, planner => planner.Of(Wish(Topics.FeedGames), Ct));

        Assert.Equal((run.Slate.Feed.Count, run.Slate.Feed.Count, 0),
            (plan.Effect.Messages.Read, plan.Effect.Messages.AlreadyKnown, plan.Effect.Messages.New));
        Assert.Equal((0, 0, 0, 0L),
            (plan.Effect.Contests.Count(c => c.IsChange), plan.Effect.Total.PrizesChanged, plan.Effect.Total.Transfers,
                plan.Effect.LedgerLines));
        Assert.Equal(0, plan.Unread);

        var file = run.Stage.Folder.Sub("plan.json");
        await plan.Write(file, Ct);
        Assert.Equal(plan.Hash, (await ReplayPlan.Read(file, Ct)).Hash);
        await File.WriteAllTextAsync(file,
            (await File.ReadAllTextAsync(file, Ct)).Replace("\"unread\": 0", "\"unread\": 1", StringComparison.Ordinal), Ct);
        await Assert.ThrowsAsync<InvariantException>(() => ReplayPlan.Read(file, Ct));
    }

    /// <summary>The contests' policy freezes results: scores would move, no cent would.</summary>
    private static async Task ALateCorrectionIsSeenBeforehand(SlateRun run)
    {
        var plays = run.Slate.Feed.Select(r => r.Message).OfType<FeedPlayV1>().ToArray();
        var play = plays.Where(p => p.Op == "upsert").GroupBy(p => (p.GameId, p.EventId)).Select(g => g.MaxBy(p => p.Revision)!)
            .First(p => p.Athletes.Any(a => a.Stats.GetValueOrDefault(Yards) > 0));
        var corrected = play with
        {
            Revision = play.Revision + 1, Sequence = plays.Where(p => p.GameId == play.GameId).Max(p => p.Sequence) + 100,
            Athletes = [.. play.Athletes.Select(a =>
                a with { Stats = a.Stats.ToDictionary(s => s.Key, s => s.Key == Yards ? s.Value + 200 : s.Value) })],
        };
        var plan = await Untouched(
            run, planner => planner.Of(Written(run, [new FeedRecord(0, DateTimeOffset.UnixEpoch, corrected)]), Ct));

        Assert.Equal((1, 0, 1), (plan.Effect.Messages.Read, plan.Effect.Messages.AlreadyKnown, plan.Effect.Messages.New));
        Assert.True(
            plan.Effect.Total is { EntriesRescored: > 0, ScoresChanged: > 0, RanksChanged: > 0, PrizesChanged: 0, Transfers: 0 },
            $"{plan.Effect.Total}");
    }

    /// <summary>While the workers stand still, so that nothing but the plan could have moved anything.</summary>
    private static async Task<ReplayPlan> Untouched(SlateRun run, Func<PlanReplay, Task<ReplayPlan>> plan)
    {
        await run.Crew.DisposeAsync();
        var before = await LiveFingerprint.Of(run, Ct);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(run.Stage.Settings).Build();
        var made = await plan(new PlanReplay(settings, run.Stage.Kafka, TimeProvider.System, _ => { }));
        LiveFingerprint.Same(before, await LiveFingerprint.Of(run, Ct));
        return made;
    }

    private static FileInfo Written(SlateRun run, IReadOnlyList<FeedRecord> records)
    {
        var file = new FileInfo(run.Stage.Folder.Sub("tried.jsonl"));
        using var stream = file.Create();
        FeedFile.Write(stream, records, Ct).GetAwaiter().GetResult();
        return file;
    }

    private static ReplayWish Wish(string topic) => new(topic, null, null, null, null, null, null, null, null, null);
}
