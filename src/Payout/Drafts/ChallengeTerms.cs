using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Drafts;

/// <summary>
/// What the creator of a challenge says of it, each member when it is decided on; in the places where the definition has it.
/// </summary>
/// <param name="EntryFeeMinor">The stake, in minor units.</param>
/// <param name="MinEntries">Fewest participants; not given: 1.</param>
/// <param name="LockAt">Until when players join, UTC; not given: the start.</param>
public sealed record ChallengeTerms(
    string? Title = null, string? Currency = null, long? EntryFeeMinor = null, int? MinEntries = null, int? MaxEntries = null,
    DateTimeOffset? LockAt = null, VerifiedTerms? Verified = null);

/// <summary>As <see cref="VerifiedTermsV1"/>, as far as it is decided.</summary>
/// <param name="UndecidedCountsAs">Not given: <see cref="UndecidedProofs.Pass"/>.</param>
/// <param name="Funding">Not given: <see cref="StakeFunding.Wallet"/>; prizes go where stakes come from.</param>
public sealed record VerifiedTerms(
    DateTimeOffset? StartsAt = null, DateTimeOffset? EndsAt = null, DateTimeOffset? VerificationEndsAt = null,
    int? ProofsRequired = null, int? ProofsAllowed = null, ProofTerms? Proof = null, int? VotesNeeded = null,
    int? ApprovalShareBps = null, string? UndecidedCountsAs = null, string? Funding = null);

/// <summary>As <see cref="ProofRulesV1"/>, as far as it is decided.</summary>
/// <param name="FilesMin">Not given: 0.</param>
/// <param name="FilesMax">Not given: 0.</param>
/// <param name="MediaTypes">Not given: none.</param>
/// <param name="FileBytesMax">Not given: <see cref="ProofRulesV1.FileBytesLimit"/>.</param>
public sealed record ProofTerms(
    bool? TextRequired = null, int? FilesMin = null, int? FilesMax = null, IReadOnlyList<string>? MediaTypes = null,
    long? FileBytesMax = null);
