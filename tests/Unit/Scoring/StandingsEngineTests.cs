using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>The standings in memory against a plain recount of everything.</summary>
public sealed class StandingsEngineTests
{
    private const int Slots = 5;
    private const int Members = 60;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 150)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Standings_equal_a_recount_after_any_entries_swaps_withdrawals_and_points(int seed)
    {
        var chance = new Xoshiro((ulong)seed);
        var engine = new StandingsEngine(Slots, Members);
        var entries = new Dictionary<long, int[]>();
        var points = new int[Members];

        for (var round = 0; round < 12; round++)
        {
            for (var i = chance.Next(80); i > 0; i--) Put(engine, entries, engine.LastAcceptanceNo + 1, Lineup(chance));
            for (var i = chance.Next(10); i > 0 && entries.Count > 0; i--)
                Put(engine, entries, Any(chance, entries), Lineup(chance));
            for (var i = chance.Next(4); i > 0 && entries.Count > 0; i--)
            {
                var gone = Any(chance, entries);
                entries.Remove(gone);
                engine.Remove(gone);
            }

            for (var i = chance.Next(6); i > 0; i--)
            {
                // Low member numbers are in most line-ups: both the lists and the bitmaps are walked.
                var member = chance.Next(chance.Next(2) == 0 ? 4 : Members);
                points[member] = chance.Next(20) == 0 ? 900_000 : chance.Next(4_000) - 500;
                engine.SetPoints(member, points[member]);
            }

            SameAsRecount(engine, entries, points);
        }
    }

    [Fact]
    public void Ranks_are_standard_competition_ranks()
    {
        var engine = new StandingsEngine(1, 4);
        foreach (var (member, i) in new[] { 0, 0, 1, 2, 2, 3 }.Select((m, i) => (m, i))) engine.Put(i + 1, [member]);
        engine.SetPoints(0, 10);
        engine.SetPoints(1, 30);
        engine.SetPoints(2, 20);

        Assert.Equal([1, 2, 2, 4, 4, 6], engine.Top(10).Select(p => p.Rank));
        Assert.Equal([3L, 4, 5, 1, 2, 6], engine.Top(10).Select(p => p.AcceptanceNo));
        Assert.Equal([0, 1, 1, 1, 1, 0], engine.Top(10).Select(p => p.TiedWith));
    }

    [Fact]
    public void An_empty_line_up_ranks_with_0_points_above_those_below_0()
    {
        var engine = new StandingsEngine(2, 3);
        engine.Put(1, [LineupTable.NoMember, LineupTable.NoMember]);
        engine.Put(2, [0, 1]);
        engine.Put(3, [1, 2]);
        engine.SetPoints(0, -50);
        engine.SetPoints(2, 70);

        Assert.Equal([3L, 1, 2], engine.Top(3).Select(p => p.AcceptanceNo));
        Assert.Equal(new Place(1, 2, 0, 0), engine.PlaceOf(1));
        Assert.Equal(-50, engine.PlaceOf(2)!.Value.Points);
    }

    [Fact]
    public void The_first_hundred_of_a_hundred_thousand_tied_entries_are_the_first_accepted()
    {
        var engine = new StandingsEngine(1, 2);
        for (var no = 1; no <= 100_000; no++) engine.Put(no, [no % 2]);

        var top = engine.Top(100);

        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), top.Select(p => p.AcceptanceNo));
        Assert.All(top, p => Assert.Equal((1, 99_999), (p.Rank, p.TiedWith)));
    }

    [Fact]
    public void Equal_line_ups_are_stored_once()
    {
        var table = new LineupTable(3);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 5_000; i++) Assert.Equal(i, table.Add([i, i + 1, i + 2]));
        }

        Assert.Equal(5_000, table.Count);
        Assert.Equal([7, 8, 9], table.Members(7).ToArray());
    }

    [Fact]
    public void A_histogram_of_more_bands_than_a_message_takes_has_wider_ones_in_order_with_every_entry_once()
    {
        const int Entries = 20_000;
        var engine = new StandingsEngine(1, Entries);
        for (var n = 0; n < Entries; n++)
        {
            engine.Put(n + 1, [n]);
            engine.SetPoints(n, 100 * n - 700_000 + n % 7);
        }

        var bands = engine.Histogram(100);

        Assert.InRange(bands.Count, StandingsEngine.BandsMax / 2, StandingsEngine.BandsMax);
        Assert.Equal(Entries, bands.Sum(b => b.Entries));
        Assert.All(bands,
            b => Assert.Equal(b.Entries,
                Enumerable.Range(0, Entries)
                    .Count(n => b.From <= 100 * n - 700_000 + n % 7 && 100 * n - 700_000 + n % 7 < b.To)));
        Assert.All(bands.Zip(bands.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From));
    }

    [Fact]
    public void Points_that_cannot_be_are_refused() =>
        Assert.Throws<InvariantException>(() => new StandingsEngine(1, 1).SetPoints(0, StandingsEngine.PointsMax + 1L));

    [Theory]
    [InlineData(10_000, 150, 150_000, 100_000L)]
    [InlineData(10_000, 150, 149_999, null)]
    [InlineData(-10_000, 200, 199_999, null)]
    [InlineData(long.MaxValue / 5, 100, int.MaxValue, null)]
    [InlineData(long.MaxValue / 11, 200, long.MaxValue, null)]
    public void A_line_has_points_only_where_every_slot_s_points_are_in_range(
        long yards, int multiplier, long max, long? expected) =>
        Assert.Equal(
            expected,
            PointsInRange.Of(
                RuleSets.Find("espn-nfl-standard", 2016)! with { Weights = new Dictionary<string, long> { ["yards"] = 10 },
                    Bonuses = [], Steps = [] },
                new Dictionary<string, long> { ["yards"] = yards }, [multiplier], max));

    private static void Put(StandingsEngine engine, Dictionary<long, int[]> entries, long no, int[] lineup)
    {
        engine.Put(no, lineup);
        entries[no] = lineup;
    }

    private static long Any(Xoshiro chance, Dictionary<long, int[]> entries) =>
        entries.Keys.Order().ElementAt(chance.Next(entries.Count));

    private static int[] Lineup(Xoshiro chance)
    {
        if (chance.Next(40) == 0) return [.. Enumerable.Repeat(LineupTable.NoMember, Slots)];
        var chosen = new SortedSet<int> { chance.Next(4) };
        while (chosen.Count < Slots) chosen.Add(chance.Next(Members));
        return [.. chosen];
    }

    private static void SameAsRecount(StandingsEngine engine, Dictionary<long, int[]> entries, int[] points)
    {
        var scored = entries.Select(e => (No: e.Key, Points: (long)e.Value.Where(m => m >= 0).Sum(m => points[m]))).ToArray();
        var ranked = scored.Select(s => s.Points).OrderDescending().ToArray();
        var tied = scored.CountBy(s => s.Points).ToDictionary();
        var expected = scored.Select(s => new Place(s.No, Array.IndexOf(ranked, s.Points) + 1, s.Points, tied[s.Points] - 1))
            .ToArray();

        Assert.Equal(entries.Count, engine.Entries);
        Assert.Equal(expected, expected.Select(e => engine.PlaceOf(e.AcceptanceNo)!.Value));
        Assert.Equal(expected.OrderBy(p => p.Rank).ThenBy(p => p.AcceptanceNo).Take(25), engine.Top(25));
        Assert.Equal(
            scored.GroupBy(s => (long)Math.Floor((decimal)s.Points / 100) * 100).OrderBy(g => g.Key)
                .Select(g => (g.Key, g.Key + 100, g.Count())),
            engine.Histogram(100));
    }
}

/// <summary>A small seeded generator for these tests.</summary>
internal sealed class Xoshiro(ulong seed)
{
    private ulong state = seed;

    public int Next(int max)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (int)((z ^ (z >> 31)) % (ulong)max);
        }
    }
}
