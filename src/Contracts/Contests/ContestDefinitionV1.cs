namespace ContestPipeline.Contracts;

/// <summary>
/// Everything that decides a contest. Immutable once published; its canonical SHA-256 travels with every result.
/// </summary>
/// <param name="Kind">One of <see cref="ContestKinds"/>.</param>
/// <param name="Currency">ISO 4217 code, lower case as Stripe writes it (<c>usd</c>).</param>
/// <param name="EntryFeeMinor">Entry fee in minor units, 0 allowed.</param>
/// <param name="GuaranteedPoolMinor">Prize pool in minor units paid whatever the fees bring in (the house adds the overlay);
/// null: pool = fees - rake.</param>
/// <param name="LockAt">When entries stop, UTC.</param>
/// <param name="LateSwap">True: an athlete may be swapped until his own game starts.</param>
/// <param name="RakeBps">The house's share of the entry fees in basis points.</param>
/// <param name="PlatformFeeBps">Fee on a player's gross prize in basis points (default 300), rounded half up.</param>
/// <param name="CorrectionWindowSeconds">How long after the last game closed results may still change before they are
/// final.</param>
/// <param name="LateCorrectionPolicy">One of <see cref="LateCorrectionPolicies"/>.</param>
/// <param name="ReconcileTolerance">Largest difference between plays and box, per athlete and stat, that does not hold the
/// contest.</param>
/// <param name="Environment"><c>test</c> or <c>live</c>.</param>
/// <param name="ScoringEndsAt">A game still postponed at this time is ruled out; null: a postponed game holds the
/// contest.</param>
/// <param name="GameStarts">
/// When each game is scheduled to start, UTC, by game id: its athletes are not swapped from then on, whatever the feed says or
/// does not say; null, or a game that is not named: only the feed tells.
/// </param>
/// <param name="Verified">Of a challenge, and of nothing else.</param>
public sealed record ContestDefinitionV1(
    string ContestId, string Title, [OneOf(typeof(ContestKinds))] string Kind, string Currency, long EntryFeeMinor,
    int MaxEntries, int MaxEntriesPerPlayer, int MinEntries, long? GuaranteedPoolMinor, DateTimeOffset LockAt,
    IReadOnlyList<string> GameIds, RuleSetRefV1 RuleSet, RosterV1 Roster, IReadOnlyList<PoolAthleteV1> Athletes,
    PrizeStructureV1 Prizes, int RakeBps, int PlatformFeeBps,
    int CorrectionWindowSeconds, [OneOf(typeof(LateCorrectionPolicies))] string LateCorrectionPolicy, bool LateSwap,
    [Between(0)] long ReconcileTolerance, [OneOf("test", "live")] string Environment,
    DateTimeOffset? ScoringEndsAt = null, IReadOnlyDictionary<string, DateTimeOffset>? GameStarts = null,
    VerifiedTermsV1? Verified = null);

/// <summary>What becomes of a result when the feed corrects a game after it.</summary>
public static class LateCorrectionPolicies
{
    /// <summary>The result stays; people are told.</summary>
    public const string Freeze = "freeze";

    /// <summary>A further revision pays what entries won more; nobody loses anything.</summary>
    public const string CreditOnly = "credit-only";

    /// <summary>A further revision pays what entries won more and takes back what they won less.</summary>
    public const string Resettle = "resettle";

    public static IReadOnlyList<string> All { get; } = [Freeze, CreditOnly, Resettle];
}

/// <summary>What an entry of a contest is.</summary>
public static class ContestKinds
{
    /// <summary>Athletes in slots; the entry scores what they do.</summary>
    public const string Lineup = "lineup";

    /// <summary>
    /// The entry is the player, and the feed carries the player's own points. The definition names one game, the stream of
    /// activities, no athletes, and a roster of one slot, which takes <see cref="PlayerPosition"/>.
    /// </summary>
    public const string Activity = "activity";

    /// <summary>
    /// A challenge: the entry is the player, who hands in proofs on which the others vote (<see cref="VerifiedTermsV1"/>). No
    /// games, no athletes, and the same roster as an activity contest.
    /// </summary>
    public const string Verified = "verified";

    /// <summary>The one position of the one slot where the entry is the player.</summary>
    public const string PlayerPosition = "player";

    public static IReadOnlyList<string> All { get; } = [Lineup, Activity, Verified];

    /// <returns>The game in which the entries themselves score; null where athletes do.</returns>
    public static string? GameOfPlayers(ContestDefinitionV1 definition) => definition.Kind switch
    {
        Activity => definition.GameIds[0],
        Verified => VerifiedTermsV1.Game,
        _ => null,
    };
}

/// <summary>Which immutable rule set scores the contest: its name, version and canonical hash.</summary>
public sealed record RuleSetRefV1(string Name, int Version, string Hash);

/// <summary>The slots of a line-up and the rules that make one valid.</summary>
/// <param name="SalaryCap">Largest sum of the athletes' salaries; null: no cap.</param>
/// <param name="MinTeams">Fewest different teams among the athletes.</param>
/// <param name="MinGames">Fewest different games among the athletes.</param>
/// <param name="AllowEmpty">True: an entry may be submitted without athletes; it ranks with 0 points.</param>
public sealed record RosterV1(
    IReadOnlyList<RosterSlotV1> Slots, long? SalaryCap, int MinTeams, int MinGames, int? MaxPerTeam, bool AllowEmpty);

/// <summary>
/// One slot: which positions may fill it and by how much its points (and salary) are multiplied, in hundredths (captain: 150).
/// </summary>
public sealed record RosterSlotV1(string Name, IReadOnlyList<string> Positions, int MultiplierHundredths = 100);

/// <summary>An athlete who may be chosen.</summary>
/// <param name="AthleteId">The provider's id.</param>
/// <param name="Salary">Price in the contest's salary units.</param>
public sealed record PoolAthleteV1(
    string AthleteId, string Name, IReadOnlyList<string> Positions, string TeamId, string GameId, long Salary);
