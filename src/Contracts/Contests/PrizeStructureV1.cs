namespace ContestPipeline.Contracts;

/// <summary>How a pool becomes prizes by place.</summary>
/// <param name="Type">One of <see cref="PrizeTypes"/>.</param>
/// <param name="PercentBps">For <c>custom</c>: share of each place from the first, in basis points; must sum to 10,000.</param>
/// <param name="Ranges">For <c>rank_table</c> (fixed amounts) and <c>percentage_table</c> (shares): contiguous ranges of places
/// from 1.</param>
/// <param name="Places">For <c>double_up</c> and <c>fifty_fifty</c>: how many places win.</param>
/// <param name="AmountMinor">For <c>double_up</c> and <c>fifty_fifty</c>: the flat prize in minor units; null: the pool divided
/// by the places.</param>
/// <param name="UnclaimedTo">Prizes of places that no entry occupies: <c>redistribute</c> or <c>house</c>.</param>
/// <param name="RemainderTo">Cents that do not divide: <c>rank_order</c> (one each in rank order) or <c>house</c>.</param>
public sealed record PrizeStructureV1(
    [OneOf(typeof(PrizeTypes))] string Type,
    [Between(1, PrizeRules.BpsTotal), AtMost(PrizeRules.TiersMax)] IReadOnlyList<int>? PercentBps = null,
    [AtMost(PrizeRules.TiersMax)] IReadOnlyList<PrizeRangeV1>? Ranges = null,
    [Between(1, PrizeRules.PlacesMax)] int? Places = null, [Between(1, PrizeRules.MoneyMaxMinor)] long? AmountMinor = null,
    [OneOf(PrizeRules.Redistribute, PrizeRules.House)] string UnclaimedTo = PrizeRules.Redistribute,
    [OneOf(PrizeRules.RankOrder, PrizeRules.House)] string RemainderTo = PrizeRules.RankOrder);

/// <summary>
/// Places <see cref="From"/> to <see cref="To"/> (inclusive, from 1) each win the amount in minor units or the share in basis
/// points.
/// </summary>
public sealed record PrizeRangeV1(
    [Between(1, PrizeRules.PlacesMax)] int From, [Between(1, PrizeRules.PlacesMax)] int To,
    [Between(1, PrizeRules.MoneyMaxMinor)] long? AmountMinor = null, [Between(1, PrizeRules.BpsTotal)] int? EachBps = null);

/// <summary>The prize structures that exist.</summary>
public static class PrizeTypes
{
    public const string WinnerTakesAll = "winner_takes_all";
    public const string TopThreeEqual = "top_three_equal";
    public const string TopThreeWeighted = "top_three_weighted";
    public const string Custom = "custom";
    public const string RankTable = "rank_table";
    public const string PercentageTable = "percentage_table";
    public const string DoubleUp = "double_up";
    public const string FiftyFifty = "fifty_fifty";

    /// <summary>Of a challenge: whoever passed gets the stake back and an equal share of what is forfeited.</summary>
    public const string StakeReturnPlusShare = "stake_return_plus_share";

    /// <summary>Those that pay places; the other kind pays whoever passed.</summary>
    public static IReadOnlyList<string> ByPlace { get; } =
        [WinnerTakesAll, TopThreeEqual, TopThreeWeighted, Custom, RankTable, PercentageTable, DoubleUp, FiftyFifty];

    public static IReadOnlyList<string> All { get; } = [.. ByPlace, StakeReturnPlusShare];
}
