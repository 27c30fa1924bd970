using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// The contests of the demo: four of line-ups, of which one is played for its entry fees, and one of activities. They lock when
/// the feed says that their first game has started; the lock time itself is one fixed date far ahead, so that the definitions,
/// and with them the digests, are the same on every run.
/// </summary>
public static class DemoContests
{
    public const string Gpp = "demo-gpp";
    public const string DoubleUp = "demo-double-up";
    public const string TopThree = "demo-top-three";

    public const int GppEntries = 1_400;
    public const int DoubleUpEntries = 240;
    public const int TopThreeEntries = 360;

    private static readonly DateTimeOffset s_lockAt = new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<ContestDefinitionV1> All(IReadOnlyList<PoolAthleteV1> pool) =>
    [
        Define(pool, Gpp, "Two-game tournament", GppEntries, poolMinor: 242_990, new PrizeStructureV1(
            PrizeTypes.RankTable,
            Ranges:
            [
                new(1, 1, 50_000), new(2, 2, 25_000), new(3, 3, 15_000), new(4, 10, 5_000), new(11, 40, 2_500),
                new(41, 70, 1_433),
            ])),
        Define(pool, DoubleUp, "Two-game double-up", DoubleUpEntries, poolMinor: 105_000, new PrizeStructureV1(
            PrizeTypes.DoubleUp, Places: 105, AmountMinor: 1_000)),
        Define(pool, TopThree, "Two-game top three, many alike", TopThreeEntries, poolMinor: 100_001, new PrizeStructureV1(
            PrizeTypes.TopThreeWeighted)),
        ActivityChallenge.Definition(s_lockAt),
        Define(pool, PaidContest.Id, "Two-game five-dollar entry", PaidContest.Entries, poolMinor: null, PaidContest.Prizes) with
        {
            EntryFeeMinor = PaidContest.FeeMinor, RakeBps = PaidContest.RakeBps,
        },
    ];

    /// <summary>The classic roster of nine under a salary cap.</summary>
    public static RosterV1 Classic { get; } = new(
        [
            new("QB", ["QB"]), new("RB1", ["RB"]), new("RB2", ["RB"]), new("WR1", ["WR"]), new("WR2", ["WR"]), new("WR3", ["WR"]),
            new("TE", ["TE"]), new("FLEX", ["RB", "WR", "TE"]), new("DST", ["DST"]),
        ],
        SalaryCap: 50_000, MinTeams: 2, MinGames: 2, MaxPerTeam: null, AllowEmpty: false);

    /// <summary>A contest of line-ups out of <paramref name="pool"/>, without an entry fee.</summary>
    /// <param name="poolMinor">The guaranteed pool; null: it is what the entries pay.</param>
    public static ContestDefinitionV1 Define(
        IReadOnlyList<PoolAthleteV1> pool, string contestId, string title, int entries, long? poolMinor, PrizeStructureV1 prizes)
    {
        var rules = RuleSets.Find("draftkings-nfl-classic", 201502)
            ?? throw new ArgumentException("rule set draftkings-nfl-classic 201502 does not ship", nameof(contestId));
        return new ContestDefinitionV1(
            contestId, title, Kind: "lineup", Currency: "usd", EntryFeeMinor: 0, MaxEntries: entries, MaxEntriesPerPlayer: 50,
            MinEntries: 2, GuaranteedPoolMinor: poolMinor, LockAt: s_lockAt,
            GameIds: [.. pool.Select(a => a.GameId).Distinct().Order(StringComparer.Ordinal)],
            RuleSet: RuleSets.Ref(rules), Roster: Classic, Athletes: pool, Prizes: prizes, RakeBps: 0, PlatformFeeBps: 300,
            CorrectionWindowSeconds: 2, LateCorrectionPolicy: "freeze", LateSwap: false, ReconcileTolerance: 0,
            Environment: "test");
    }
}
