using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Settlement;

/// <summary>What a contest's money rules must be, and what is said when they are not.</summary>
public sealed class PrizeRulesTests
{
    private static readonly ContestDefinitionV1 s_valid = SettlementCases.Make(1).Definition with
    {
        EntryFeeMinor = 1_000, MaxEntries = 100, MaxEntriesPerPlayer = 3, MinEntries = 10, GuaranteedPoolMinor = 50_000,
        RakeBps = 1_000, PlatformFeeBps = 300,
        Prizes = new PrizeStructureV1(PrizeTypes.WinnerTakesAll),
    };

    private static string? Error(PrizeStructureV1 prizes) => PrizeRules.Validate(s_valid with { Prizes = prizes });

    [Fact]
    public void A_plain_definition_is_valid() => Assert.Null(PrizeRules.Validate(s_valid));

    [Fact]
    public void Percentages_that_do_not_sum_to_100_are_refused_with_their_sum()
    {
        Assert.Null(Error(new PrizeStructureV1(PrizeTypes.Custom, PercentBps: [7_000, 3_000])));
        Assert.Contains("sum to 9500", Error(new PrizeStructureV1(PrizeTypes.Custom, PercentBps: [7_000, 2_500])));
        Assert.Contains("sum to 10001",
            Error(new PrizeStructureV1(PrizeTypes.PercentageTable, Ranges: [new(1, 1, EachBps: 1), new(2, 3, EachBps: 5_000)])));
    }

    [Theory]
    [InlineData(2, 3, "expected one from place 1, got 2 to 3")]
    [InlineData(1, 0, "places 1 to 0")]
    [InlineData(1, 5_000_001, "places 1 to 5000001")]
    public void Ranges_start_at_place_1_and_end_after_they_start(int first, int last, string expected) =>
        Assert.Contains(
            expected, Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(first, last, AmountMinor: 100)])));

    [Fact]
    public void A_gap_or_an_overlap_between_ranges_is_named()
    {
        Assert.Contains("from place 3, got 4 to 4",
            Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 2, 100), new(4, 4, 50)])));
        Assert.Contains("from place 3, got 2 to 4",
            Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 2, 100), new(2, 4, 50)])));
    }

    [Fact]
    public void What_a_structure_needs_must_be_there_and_what_it_does_not_use_must_not()
    {
        Assert.Contains("prizes.percentBps is required", Error(new PrizeStructureV1(PrizeTypes.Custom)));
        Assert.Contains("prizes.ranges is required", Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [])));
        Assert.Contains("prizes.places is required", Error(new PrizeStructureV1(PrizeTypes.DoubleUp)));
        Assert.Contains(
            "prizes.ranges is not used", Error(new PrizeStructureV1(PrizeTypes.WinnerTakesAll, Ranges: [new(1, 1, 5)])));
        Assert.Contains("prizes.places is not used", Error(new PrizeStructureV1(PrizeTypes.TopThreeEqual, Places: 3)));
        Assert.Contains("prizes.amountMinor is not used", Error(new PrizeStructureV1(PrizeTypes.TopThreeEqual, AmountMinor: 3)));
        Assert.Contains("eachBps is not used", Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 1, 5, 5)])));
        Assert.Contains("amountMinor of places 1 to 1 must be from 1 to 1000000000000000; it is missing",
            Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 1)])));
        Assert.Contains("one of winner_takes_all", Error(new PrizeStructureV1("lottery")));
        Assert.Contains("unclaimedTo must be", Error(new PrizeStructureV1(PrizeTypes.WinnerTakesAll, UnclaimedTo: "me")));
        Assert.Contains("remainderTo must be", Error(new PrizeStructureV1(PrizeTypes.WinnerTakesAll, RemainderTo: "me")));
    }

    [Fact]
    public void Fixed_amounts_must_be_covered_by_the_guarantee()
    {
        Assert.Null(Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 1, 20_000), new(2, 4, 10_000)])));
        Assert.Contains("add up to 50001, more than guaranteedPoolMinor 50000",
            Error(new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, 1, 20_001), new(2, 4, 10_000)])));
        Assert.Contains("add up to 60000", Error(new PrizeStructureV1(PrizeTypes.DoubleUp, Places: 30, AmountMinor: 2_000)));
    }

    [Fact]
    public void Without_a_guarantee_the_fewest_entries_must_cover_fixed_amounts()
    {
        var prizes = new PrizeStructureV1(PrizeTypes.FiftyFifty, Places: 5, AmountMinor: 1_800);
        Assert.Null(PrizeRules.Validate(s_valid with { GuaranteedPoolMinor = null, Prizes = prizes }));
        Assert.Contains("bring in only 8100 after rake",
            PrizeRules.Validate(s_valid with { GuaranteedPoolMinor = null, MinEntries = 9, Prizes = prizes }));
    }

    [Theory]
    [InlineData(-1, 0, 0, "entryFeeMinor")]
    [InlineData(0, -1, 0, "rakeBps")]
    [InlineData(0, 10_001, 0, "rakeBps")]
    [InlineData(0, 0, -1, "platformFeeBps")]
    [InlineData(0, 0, 10_001, "platformFeeBps")]
    [InlineData(1_000_000_000_000, 0, 0, "entryFeeMinor x maxEntries")]
    public void Money_figures_stay_in_their_ranges_here_with_the_field_named(long fee, int rake, int platformFee, string named)
    {
        var definition = s_valid with { EntryFeeMinor = fee, RakeBps = rake, PlatformFeeBps = platformFee, MaxEntries = 5_000 };
        Assert.StartsWith(named, PrizeRules.Validate(definition));
    }

    [Fact]
    public void No_amount_however_large_overflows_the_check()
    {
        var table = new PrizeStructureV1(PrizeTypes.RankTable, Ranges: [new(1, PrizeRules.PlacesMax, PrizeRules.MoneyMaxMinor)]);
        Assert.Contains("add up to 5000000000000000000000", Error(table));
    }
}
