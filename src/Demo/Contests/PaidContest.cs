using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// The contest of the demo that is played for its own entry fees: $5 each, a tenth is the house's, the rest is the pool. Three of
/// its entries do not simply pay: one player's card is declined for good, one pays with a second card, one gets the fee back
/// before the contest locks.
/// </summary>
public static class PaidContest
{
    public const string Id = "demo-entry-fee";
    public const int Entries = 120;
    public const long FeeMinor = 5_00;
    public const int RakeBps = 1_000;

    public static string EntryId(int number) => $"{Id}-{number:D4}";

    /// <summary>Its player has no card that works.</summary>
    public static string DeclinedEntry { get; } = EntryId(17);

    /// <summary>Its player's first card is declined, the second is not.</summary>
    public static string SecondCardEntry { get; } = EntryId(18);

    /// <summary>The operator gives its fee back.</summary>
    public static string RefundedEntry { get; } = EntryId(19);

    /// <summary>Entries whose fee is paid, however late it was.</summary>
    public const int Paid = Entries - 1;

    /// <summary>Entries that play: what was declined and what was given back does not.</summary>
    public const int Playing = Entries - 2;

    public static PrizeStructureV1 Prizes { get; } = new(
        PrizeTypes.PercentageTable,
        Ranges:
        [
            new(1, 1, EachBps: 2_000), new(2, 2, EachBps: 1_200), new(3, 3, EachBps: 800), new(4, 10, EachBps: 300),
            new(11, 40, EachBps: 130),
        ]);

    /// <summary>What the player puts in, try by try.</summary>
    public static IReadOnlyList<string> Cards(string entryId) =>
        entryId == DeclinedEntry ? [CardDeclined] : entryId == SecondCardEntry ? [CardDeclined, CardGood] : [CardGood];

    public const string CardGood = "pm_card_visa";
    public const string CardDeclined = "pm_card_chargeDeclined";
}
