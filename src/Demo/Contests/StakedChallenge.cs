using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// The demo's challenge: thirty days of running, in seconds. Eight players stake out of their wallets; five run, one hands in a
/// stranger's picture, two never do.
/// </summary>
public static class StakedChallenge
{
    public const string Id = "demo-thirty-days";
    public const long DepositMinor = 30_00;
    public const long StakeMinor = 20_00;
    public const int Players = 8;
    public const int Runners = 5;

    /// <summary>Whose proof is approved by the others, and is not the player's own.</summary>
    public const int Cheat = 6;

    /// <summary>Two others judge each proof.</summary>
    public const int Votes = 2;

    private const int FirstPlayer = 200;
    private const int BytesMax = 1_000_000;

    /// <summary>Joining ends after this; whoever comes later is late.</summary>
    private static readonly TimeSpan s_joining = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan s_lasts = TimeSpan.FromSeconds(15);

    public static string PlayerId(int n) => DemoEntries.PlayerId(FirstPlayer + n);

    public static string EntryId(int n) => $"{Id}-{n}";

    /// <summary>Those who judge a player's proof: the next ones, in a circle.</summary>
    public static IEnumerable<int> VotersOn(int n) => Enumerable.Range(0, Votes).Select(v => (n + v) % Players + 1);

    public static ContestDefinitionV1 Definition(DateTimeOffset now)
    {
        var rules = RuleSets.Find(VerifiedTermsV1.RuleSet, 1)
            ?? throw new InvariantException($"rule set {VerifiedTermsV1.RuleSet} 1 does not ship");
        var (starts, ends) = (now + s_joining, now + s_joining + s_lasts);
        return new ContestDefinitionV1(
            Id, "Thirty days of running", ContestKinds.Verified, Currency: "usd", StakeMinor, MaxEntries: Players,
            MaxEntriesPerPlayer: 1, MinEntries: 2, GuaranteedPoolMinor: null, LockAt: starts, GameIds: [], RuleSets.Ref(rules),
            new RosterV1([new("player", [ContestKinds.PlayerPosition])], SalaryCap: null, MinTeams: 0, MinGames: 0,
                MaxPerTeam: null, AllowEmpty: false), Athletes: [],
            new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), RakeBps: 0, PlatformFeeBps: 300, CorrectionWindowSeconds: 1,
            LateCorrectionPolicies.Freeze, LateSwap: false, ReconcileTolerance: 0, Environment: "test",
            Verified: new VerifiedTermsV1(
                starts, ends, ends.AddDays(3), ProofsRequired: 1, ProofsAllowed: 1,
                new ProofRulesV1(TextRequired: true, FilesMin: 1, FilesMax: 1, ["image/png"], BytesMax), Votes,
                ApprovalShareBps: 5_000, UndecidedProofs.Pass, ForfeitsToPlatformBps: 2_000, ForfeitsToPassersBps: 8_000,
                StakeFunding.Wallet, PrizeTargets.Wallet, CreatorId: PlayerId(1)));
    }

    /// <summary>What a player hands in: the beginning of a PNG, and something of the player's own.</summary>
    public static byte[] Picture(int n) =>
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. System.Text.Encoding.UTF8.GetBytes($"thirty runs of {PlayerId(n)}")];
}
