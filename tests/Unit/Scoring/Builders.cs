using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Scoring;

/// <summary>Contests with defaults, for tests that change one thing.</summary>
internal static class Build
{
    public static readonly DateTimeOffset Lock = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    public static ContestDefinitionV1 Contest(
        int maxEntries = 100, int perPlayer = 10, int minEntries = 0, long? guaranteed = 100_000, bool lateSwap = false,
        int windowSeconds = 60, long tolerance = 0, DateTimeOffset? scoringEnds = null, RosterV1? roster = null) =>
        new("c1", "A contest", "lineup", "usd", 0, maxEntries, perPlayer, minEntries, guaranteed, Lock, ["g1", "g2"],
            new RuleSetRefV1("rules", 1, "hash"), roster ?? Roster(), Pool(),
            new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 0, 300, windowSeconds, "freeze", lateSwap, tolerance, "test",
            scoringEnds);

    public static RosterV1 Roster(
        long? cap = 100, int minTeams = 1, int minGames = 1, int? maxPerTeam = null, bool allowEmpty = false,
        int captainHundredths = 100) =>
        new([new RosterSlotV1("QB", ["QB"], captainHundredths), new RosterSlotV1("RB", ["RB"]),
            new RosterSlotV1("FLEX", ["RB", "WR"])],
            cap, minTeams, minGames, maxPerTeam, allowEmpty);

    /// <summary>
    /// Ten athletes a position: <c>q0</c>, <c>r0</c>, <c>w0</c> …; even ones play g1 (teams A, B), odd ones g2 (teams C, D).
    /// </summary>
    public static IReadOnlyList<PoolAthleteV1> Pool() =>
    [
        .. from position in new[] { "QB", "RB", "WR" }
           from i in Enumerable.Range(0, 10)
           select new PoolAthleteV1($"{char.ToLowerInvariant(position[0])}{i}", $"Athlete {i}", [position],
               "ACBD"[i % 4].ToString(), i % 2 == 0 ? "g1" : "g2", 10 + 5 * i),
    ];

    public static GameStateV1 Game(
        string gameId, string status, bool incomplete = false, bool box = true,
        IReadOnlyList<StatDifferenceV1>? differences = null, IReadOnlyDictionary<string, long>? lines = null,
        DateTimeOffset? at = null) =>
        new(gameId, 1, status, null, incomplete, incomplete ? [7] : [], box, differences ?? [],
            lines ?? new Dictionary<string, long>(), at ?? Lock);
}
