using ContestPipeline.Contracts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>Prizes of small contests that can be checked by hand.</summary>
public sealed class SettleContestTests
{
    private static readonly RuleSet s_rules = new(
        "points", 1, "test", "made up", 2, new Dictionary<string, long> { ["p"] = 1 },
        new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], []);

    /// <param name="points">Points of entries e1, e2, ... in order of acceptance; each by a player of its own unless
    /// <paramref name="player"/> says so.</param>
    private static SettlementResult Settle(PrizeStructureV1 prizes, long? poolMinor, long[] points,
        Func<int, string>? player = null, int platformFeeBps = 0, long feeMinor = 0, int rakeBps = 0)
    {
        var athletes = points.Select((_, i) => new PoolAthleteV1($"a{i}", "A", ["ANY"], "t", "g", 1)).ToArray();
        var definition = new ContestDefinitionV1(
            "c", "T", "lineup", "usd", feeMinor, 1_000, 100, 0, poolMinor, default, ["g"], RuleSets.Ref(s_rules),
            new RosterV1([new RosterSlotV1("S", ["ANY"])], null, 1, 1, null, true), athletes, prizes, rakeBps, platformFeeBps, 0,
            "freeze", false, 0, "test");
        var lines = points.Select((p, i) => (p, i))
            .ToDictionary(
                x => ("g", $"a{x.i}"), x => (IReadOnlyDictionary<string, long>)new Dictionary<string, long> { ["p"] = x.p });
        var entries = points.Select((_, i) => ($"e{i + 1}", player?.Invoke(i) ?? $"p{i + 1}", (long)(i + 1), $"a{i}"));
        return SettleContest.Compute(
            definition, "hash", s_rules, new FinalStats(new HashSet<string>(), lines), SettlementCase.Book(entries));
    }

    private static long[] Gross(SettlementResult result) => result.Awards.GrossMinor;

    [Fact]
    public void Tied_entries_pool_their_places_and_the_odd_cent_goes_to_the_earliest()
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.Custom, [6_623, 3_377]), 151, [88, 88, 12]);

        Assert.Equal([76, 75, 0], Gross(result));
        Assert.Equal([1, 1, 3], Enumerable.Range(0, 3).Select(i => result.Prize(i).Rank));
    }

    [Fact]
    public void The_odd_cents_of_a_tie_stay_with_the_house_where_the_structure_says_so()
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.WinnerTakesAll, RemainderTo: "house"), 1_000, [5, 5, 5]);

        Assert.Equal([333, 333, 333], Gross(result));
        Assert.Equal(1, result.Totals.HouseRemainderMinor);
    }

    [Fact]
    public void A_tie_across_the_last_paid_place_shares_what_is_left_of_it() =>
        Assert.Equal([500, 100, 100, 100, 100, 100],
            Gross(Settle(new PrizeStructureV1(PrizeTypes.TopThreeWeighted), 1_000, [9, 5, 5, 5, 5, 5])));

    [Fact]
    public void More_tied_entries_than_cents_pay_one_cent_each_to_the_earliest()
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 2, [5, 5, 5]);

        Assert.Equal([1, 1, 0], Gross(result));
        Assert.Equal(2, result.Awards.Winners.Length);
    }

    [Theory]
    [InlineData("redistribute", new long[] { 625, 375 }, 0)]
    [InlineData("house", new long[] { 500, 300 }, 200)]
    public void Places_nobody_holds_go_where_the_structure_says(string target, long[] expected, long houseMinor)
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.TopThreeWeighted, UnclaimedTo: target), 1_000, [9, 5]);

        Assert.Equal(expected, Gross(result));
        Assert.Equal(houseMinor, result.Totals.HouseRemainderMinor);
    }

    [Fact]
    public void Without_entries_the_guaranteed_pool_stays_with_the_house()
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.TopThreeWeighted), 1_000, []);

        Assert.Equal(
            (1_000, 1_000, 0), (result.Totals.HouseRemainderMinor, result.Pool.OverlayMinor, result.Awards.Winners.Length));
    }

    [Fact]
    public void The_house_adds_what_the_fees_do_not_bring_to_a_guaranteed_pool_and_keeps_what_they_bring_more()
    {
        var overlay = Settle(new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 1_000, [1, 2, 3], feeMinor: 301, rakeBps: 1_000);
        var surplus = Settle(new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 1_000, [1, 2, 3], feeMinor: 401, rakeBps: 1_000);

        Assert.Equal(new Pool(903, 90, 1_000, 187, 0), overlay.Pool);
        Assert.Equal(new Pool(1_203, 120, 1_000, 0, 83), surplus.Pool);
    }

    [Fact]
    public void Fixed_prizes_are_paid_as_they_stand_and_the_rest_of_the_pool_stays_with_the_house()
    {
        var result = Settle(
            new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 1, 500), new(2, 3, 100)]), 1_000, [3, 2, 1, 0]);

        Assert.Equal([500, 100, 100, 0], Gross(result));
        Assert.Equal(300, result.Totals.HouseRemainderMinor);
    }

    [Fact]
    public void A_players_fee_is_rounded_once_and_laid_on_his_prizes_in_order_of_their_ids()
    {
        var result = Settle(new PrizeStructureV1(PrizeTypes.TopThreeEqual), 150, [9, 8, 7], _ => "one", platformFeeBps: 300);

        Assert.Equal([50, 50, 50], Gross(result));
        Assert.Equal([2, 1, 2], result.Awards.FeeMinor); // 1.5, 3 and 4.5 rounded half up, and what each adds
        Assert.Equal(5, result.Totals.FeesMinor);
    }

    [Fact]
    public void A_line_up_that_does_not_fit_the_roster_is_a_bug_and_stops_the_settlement()
    {
        var c = SettlementCases.Make(7);
        var stranger = c with { Entries = [("x", "p", 1, string.Join(',', c.Definition.Roster.Slots.Select(_ => "nobody")))] };
        var tooShort =
            c with { Entries = [("x", "p", 1,
                string.Join(',', Enumerable.Repeat("ath1", c.Definition.Roster.Slots.Count + 1)))] };

        Assert.Throws<InvariantException>(stranger.Settle);
        Assert.Throws<InvariantException>(tooShort.Settle);
    }

    [Fact]
    public void A_definition_that_could_not_have_been_published_is_never_settled()
    {
        var c = SettlementCases.Make(7);
        Assert.Throws<InvariantException>((c with { Definition = c.Definition with { RakeBps = -1 } }).Settle);
    }
}
