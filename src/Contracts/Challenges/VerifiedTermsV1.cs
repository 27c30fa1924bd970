namespace ContestPipeline.Contracts;

/// <summary>
/// What a challenge has beside every contest: players stake the entry fee, hand in proofs, judge each other's, and get the stake
/// back with a share of what others forfeited, or lose it.
/// </summary>
/// <param name="StartsAt">From when on proofs are handed in, UTC; not before the contest's lock.</param>
/// <param name="EndsAt">Until when, UTC.</param>
/// <param name="VerificationEndsAt">Until when proofs are voted on, UTC: what is not decided by then counts as
/// <paramref name="UndecidedCountsAs"/> says.</param>
/// <param name="ProofsRequired">So many must pass, from 1 on.</param>
/// <param name="ProofsAllowed">Proofs of a player are numbered from 1 to this.</param>
/// <param name="Proof">What each must be.</param>
/// <param name="VotesNeeded">How many other players' votes decide a proof; all of them where there are fewer.</param>
/// <param name="ApprovalShareBps">The share of those votes with which it passes, in basis points, from 1 on.</param>
/// <param name="UndecidedCountsAs">One of <see cref="UndecidedProofs"/>.</param>
/// <param name="ForfeitsToPlatformBps">The platform's part of the stakes of those who failed; with the passers' part
/// 10,000.</param>
/// <param name="ForfeitsToPassersBps">What those who passed share equally.</param>
/// <param name="Funding">One of <see cref="StakeFunding"/>.</param>
/// <param name="PayTo">One of <see cref="PrizeTargets"/>.</param>
/// <param name="CreatorId">The player who thought of it; null: the platform.</param>
public sealed record VerifiedTermsV1(
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset VerificationEndsAt,
    [Between(1, VerifiedTermsV1.ProofsMax)] int ProofsRequired, [Between(1, VerifiedTermsV1.ProofsMax)] int ProofsAllowed,
    ProofRulesV1 Proof, [Between(1, VerifiedTermsV1.VotesMax)] int VotesNeeded, [Between(1, PrizeRules.BpsTotal)]
    int ApprovalShareBps, [OneOf(typeof(UndecidedProofs))] string UndecidedCountsAs, int ForfeitsToPlatformBps,
    int ForfeitsToPassersBps, [OneOf(typeof(StakeFunding))] string Funding, [OneOf(typeof(PrizeTargets))] string PayTo,
    string? CreatorId = null)
{
    public const int ProofsMax = 400;
    public const int VotesMax = 100;

    /// <summary>
    /// The game of a challenge's one line per player: Scoring and Settlement each count it from their own proofs and votes.
    /// </summary>
    public const string Game = "proofs";

    /// <summary>The stat of that line: how many of the player's proofs passed.</summary>
    public const string PassedStat = "proofs_passed";

    /// <summary>The rule set that scores it.</summary>
    public const string RuleSet = "verified-challenge";
}

/// <summary>What one proof must be.</summary>
/// <param name="TextRequired">True: not without words.</param>
/// <param name="FilesMin">Fewest files.</param>
/// <param name="FilesMax">Most files.</param>
/// <param name="MediaTypes">Of the files (<c>image/jpeg</c>); empty where there are none.</param>
/// <param name="FileBytesMax">Largest size of one file, in bytes.</param>
public sealed record ProofRulesV1(
    bool TextRequired, [Between(0, ProofRulesV1.FilesLimit)] int FilesMin, [Between(0, ProofRulesV1.FilesLimit)] int FilesMax,
    IReadOnlyList<string> MediaTypes, [Between(1, ProofRulesV1.FileBytesLimit)] long FileBytesMax)
{
    public const int FilesLimit = 10;
    public const long FileBytesLimit = 10_000_000;
}

/// <summary>What becomes of a proof on which too few voted.</summary>
public static class UndecidedProofs
{
    public const string Pass = "pass";
    public const string Fail = "fail";

    public static IReadOnlyList<string> All { get; } = [Pass, Fail];
}

/// <summary>Where stakes come from.</summary>
public static class StakeFunding
{
    /// <summary>Collected by card, like every entry fee.</summary>
    public const string Card = "card";

    /// <summary>Out of the player's wallet, when he joins.</summary>
    public const string Wallet = "wallet";

    public static IReadOnlyList<string> All { get; } = [Card, Wallet];
}

/// <summary>Where prizes and returned stakes go.</summary>
public static class PrizeTargets
{
    /// <summary>A payout to the player's connected account.</summary>
    public const string Transfer = "transfer";

    /// <summary>A credit in the player's wallet.</summary>
    public const string Wallet = "wallet";

    public static IReadOnlyList<string> All { get; } = [Transfer, Wallet];
}
