using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Live standings: memory follows the database, in any number of processes.</summary>
public sealed class StandingsTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly HandClock clock = new(Slate.Published);

    [Fact]
    public async Task Standings_equal_a_recount_after_random_lines_swaps_and_a_restart()
    {
        const string Id = "recount";
        var chance = new SeededRandom(42);
        var rig = new ScoringRig(scope, clock);
        var lineups = await Enter(rig, Id, chance, entries: 400, lateSwap: true);
        var yards = new Dictionary<int, long>();
        clock.Now = Slate.Lock;
        await rig.Tick();

        for (var round = 1; round <= 8; round++)
        {
            var lines = Enumerable.Range(0, 5).Select(_ => chance.Next(Slate.Athletes)).Distinct()
                .Select(a => Slate.Line(Id, a, round, yards[a] = chance.Next(200) - 20, clock.Now)).ToArray<IMessage>();
            chance.Shuffle(lines);
            await rig.Lines(lines);
            var swapped = chance.Next(400) + 1;
            await rig.Command(new SwapAthleteV1($"swap{round}", Id, $"e{swapped}", $"p{swapped % 7}", 3, "a23"));
            if (!lineups[swapped].Contains(23)) lineups[swapped][3] = 23;

            // Every other round a process that starts from nothing must come to the same.
            if (round % 2 == 0) rig = new ScoringRig(scope, clock);
            clock.Now = clock.Now.AddSeconds(10);
            await rig.PublishStandings();
            await SameAsRecount(rig, Id, lineups, yards);
        }
    }

    [Fact]
    public async Task Of_two_processes_one_publishes_and_the_other_takes_over_when_its_lease_runs_out()
    {
        const string Id = "lease";
        var (first, second) = (new ScoringRig(scope, clock), new ScoringRig(scope, clock));
        await Enter(first, Id, new SeededRandom(1), entries: 20, lateSwap: false);
        clock.Now = Slate.Lock.AddDays(1);
        await first.Tick();

        await first.PublishStandings();
        clock.Now = clock.Now.AddSeconds(1);
        await second.PublishStandings();
        Assert.Single(await first.Sent<StandingsV1>(Id));

        clock.Now = clock.Now.AddSeconds(6);
        await first.Lines(Slate.Line(Id, 0, 1, 77, clock.Now));
        await second.PublishStandings();
        Assert.Equal([1L, 2L], (await first.Sent<StandingsV1>(Id)).Select(s => s.Version));
        await first.PublishStandings();
        Assert.Equal(2, (await first.Sent<StandingsV1>(Id)).Count);
        Assert.Equal(await first.Ranks.Of(Id, "e7", default), await second.Ranks.Of(Id, "e7", default));
    }

    [Fact]
    public async Task Unchanged_standings_are_not_published_again_and_changes_at_most_four_times_a_second()
    {
        const string Id = "pace";
        var rig = new ScoringRig(scope, clock);
        await Enter(rig, Id, new SeededRandom(2), entries: 20, lateSwap: false);
        clock.Now = Slate.Lock.AddDays(2);
        await rig.Tick();

        await rig.Lines(Slate.Line(Id, 0, 1, 10, clock.Now));
        for (var run = 0; run < 10; run++)
        {
            clock.Now = clock.Now.AddMilliseconds(100);
            if (run is 1 or 2) await rig.Lines(Slate.Line(Id, 0, run + 1, 10 + run, clock.Now));
            await rig.PublishStandings();
        }

        Assert.Equal(2, (await rig.Sent<StandingsV1>(Id)).Count);
    }

    [Fact]
    public async Task An_unknown_entry_has_no_rank_and_a_withdrawn_one_neither()
    {
        const string Id = "unranked";
        var rig = new ScoringRig(scope, clock);
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Submit(Id, 2, 0, 1, 2, 3));
        Assert.Equal((1, 1), ((await rig.Ranks.Of(Id, "e2", default))!.Rank, (await rig.Ranks.Of(Id, "e2", default))!.TiedWith));

        await rig.Command(new WithdrawEntryV1("away", Id, "e2", "p2"));

        Assert.Null(await rig.Ranks.Of(Id, "e2", default));
        Assert.Null(await rig.Ranks.Of(Id, "e99", default));
        Assert.Null(await rig.Ranks.Of("nothing", "e1", default));
        Assert.Equal(1, (await rig.Ranks.Top(Id, default))!.EntryCount);
    }

    private async Task<Dictionary<int, int[]>> Enter(ScoringRig rig, string id, SeededRandom chance, int entries, bool lateSwap)
    {
        // The tests of this class share a database and each has a day of its own: leases of another day must not count.
        await scope.Execute("update scoring.standings_slice set leased_until = '2000-01-01T00:00:00Z'");
        var lineups = new Dictionary<int, int[]>();
        var pool = Enumerable.Range(0, Slate.Athletes).ToArray();
        for (var n = 1; n <= entries; n++)
        {
            chance.Shuffle(pool);
            lineups[n] = chance.Chance(5) ? [] : [.. pool.Take(4)];
            if (lineups[n].Length == 0 && lateSwap) lineups[n] = [0, 1, 2, 3];
        }

        await rig.Command([Slate.Create(id, lateSwap: lateSwap), .. lineups.Select(l => Slate.Submit(id, l.Key, l.Value))]);
        Assert.Empty((await rig.Sent<CommandRejectedV1>(id)).Select(r => $"{r.ReasonCode} {r.Field}: {r.Message}"));
        Assert.Equal(entries, (await rig.Sent<EntryAcceptedV1>(id)).Count);
        return lineups;
    }

    private static async Task SameAsRecount(
        ScoringRig rig, string id, Dictionary<int, int[]> lineups, Dictionary<int, long> yards)
    {
        var points = lineups.ToDictionary(l => l.Key, l => l.Value.Select((a, slot) => Slate.Points(a, yards, slot)).Sum());
        var ranked = points.OrderByDescending(p => p.Value).ThenBy(p => p.Key).Select(p => new StandingV1(
            1 + points.Values.Count(o => o > p.Value), $"e{p.Key}", $"p{p.Key % 7}", p.Value)).ToArray();

        var standings = (await rig.Sent<StandingsV1>(id))[^1];
        Assert.Equal(ranked.Take(100), standings.Top);
        Assert.Equal((lineups.Count, lineups.Count), (standings.EntryCount, standings.Histogram.Sum(b => b.Entries)));
        foreach (var place in ranked.Where((_, i) => i % 37 == 0))
        {
            var rank = await rig.Ranks.Of(id, place.EntryId, default);
            Assert.Equal((place.Rank, place.Points, points.Values.Count(p => p == place.Points) - 1),
                (rank!.Rank, rank.Points, rank.TiedWith));
        }
    }
}
