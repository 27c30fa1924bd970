namespace ContestPipeline.Contracts;

/// <summary>Whether a challenge may be published as defined, beside what <see cref="ValidateDefinition"/> asks of all.</summary>
public static class ValidateChallenge
{
    public const int DaysMax = 400;

    /// <summary>All its proofs are ranked in one transaction.</summary>
    public const int ProofsMax = 200_000;

    /// <summary>All its votes are hashed in one transaction.</summary>
    public const int VotesMax = 1_000_000;

    private const int MediaTypesMax = 50;

    /// <returns>Null when it may.</returns>
    public static Refusal? Check(ContestDefinitionV1 d)
    {
        if (d.Kind != ContestKinds.Verified)
            return d.Verified is null
                ? null : Bad("", $"expected nothing: only contests of kind {ContestKinds.Verified} have it");
        if (d.Verified is not { } terms) return Bad("", $"expected what a contest of kind {ContestKinds.Verified} is decided by");
        return Common(d) ?? Times(d, terms) ?? Proofs(d, terms) ?? Files(terms.Proof) ?? Money(terms);
    }

    private static Refusal? Common(ContestDefinitionV1 d)
    {
        if (d.GameIds.Count != 0 || d.GameStarts is not null || d.ScoringEndsAt is not null)
            return Other("gameIds", "expected no games, no gameStarts and no scoringEndsAt: proofs decide a challenge");
        if (d.EntryFeeMinor < 1) return Other("entryFeeMinor", "expected a stake: it is the entry fee");
        if (d.MinEntries < 1) return Other("minEntries", "expected 1 or more: the fewest participants");
        if (d.LateCorrectionPolicy != LateCorrectionPolicies.Freeze)
            return Other("lateCorrectionPolicy", $"expected {LateCorrectionPolicies.Freeze}: no feed corrects a challenge");
        if (d.ReconcileTolerance != 0) return Other("reconcileTolerance", "expected 0: no box is compared");
        return d.RuleSet.Name == VerifiedTermsV1.RuleSet
            ? null : Other("ruleSet", $"expected {VerifiedTermsV1.RuleSet}; got {d.RuleSet.Name}");
    }

    private static Refusal? Times(ContestDefinitionV1 d, VerifiedTermsV1 t)
    {
        if (t.StartsAt < d.LockAt)
            return Bad(".startsAt", $"expected lockAt ({d.LockAt:O}) or later, because joining ends then; got {t.StartsAt:O}");
        if (t.EndsAt <= t.StartsAt) return Bad(".endsAt", $"expected a time after startsAt ({t.StartsAt:O}); got {t.EndsAt:O}");
        if (t.VerificationEndsAt < t.EndsAt)
            return Bad(".verificationEndsAt", $"expected endsAt ({t.EndsAt:O}) or later; got {t.VerificationEndsAt:O}");
        return t.VerificationEndsAt - t.StartsAt > TimeSpan.FromDays(DaysMax)
            ? Bad(".verificationEndsAt", $"expected at most {DaysMax} days after startsAt") : null;
    }

    private static Refusal? Proofs(ContestDefinitionV1 d, VerifiedTermsV1 t)
    {
        if (t.ProofsAllowed is < 1 or > VerifiedTermsV1.ProofsMax)
            return Bad(".proofsAllowed", $"expected 1 to {VerifiedTermsV1.ProofsMax}; got {t.ProofsAllowed}");
        if (t.ProofsRequired < 1 || t.ProofsRequired > t.ProofsAllowed)
            return Bad(".proofsRequired", $"expected 1 to proofsAllowed ({t.ProofsAllowed}); got {t.ProofsRequired}");
        if ((long)t.ProofsAllowed * d.MaxEntries > ProofsMax)
            return Bad(".proofsAllowed", $"expected at most {ProofsMax} proofs of all maxEntries ({d.MaxEntries}) together");
        if (t.VotesNeeded is < 1 or > VerifiedTermsV1.VotesMax)
            return Bad(".votesNeeded", $"expected 1 to {VerifiedTermsV1.VotesMax}; got {t.VotesNeeded}");
        if ((long)t.ProofsAllowed * d.MaxEntries * t.VotesNeeded > VotesMax)
            return Bad(".votesNeeded", $"expected at most {VotesMax} votes on all proofs of all maxEntries together");
        if (t.ApprovalShareBps is < 1 or > PrizeRules.BpsTotal)
            return Bad(".approvalShareBps", $"expected 1 to {PrizeRules.BpsTotal}; got {t.ApprovalShareBps}");
        return UndecidedProofs.All.Contains(t.UndecidedCountsAs)
            ? null : Bad(".undecidedCountsAs", $"expected one of {string.Join(", ", UndecidedProofs.All)}");
    }

    private static Refusal? Files(ProofRulesV1 p)
    {
        if (p.FilesMax is < 0 or > ProofRulesV1.FilesLimit)
            return Bad(".proof.filesMax", $"expected 0 to {ProofRulesV1.FilesLimit}; got {p.FilesMax}");
        if (p.FilesMin < 0 || p.FilesMin > p.FilesMax)
            return Bad(".proof.filesMin", $"expected 0 to filesMax ({p.FilesMax}); got {p.FilesMin}");
        if (!p.TextRequired && p.FilesMin == 0)
            return Bad(".proof", "expected text or a file to be required: an empty proof proves nothing");
        if (p.FileBytesMax is < 1 or > ProofRulesV1.FileBytesLimit)
            return Bad(".proof.fileBytesMax", $"expected 1 to {ProofRulesV1.FileBytesLimit}; got {p.FileBytesMax}");
        if (p.MediaTypes.Count > MediaTypesMax || (p.MediaTypes.Count == 0) != (p.FilesMax == 0))
            return Bad(".proof.mediaTypes", $"expected 1 to {MediaTypesMax} where files are allowed, none where they are not");
        return p.MediaTypes.All(IsMediaType) && p.MediaTypes.Distinct(StringComparer.Ordinal).Count() == p.MediaTypes.Count
            ? null : Bad(".proof.mediaTypes", "expected lower-case types without parameters (image/jpeg), each once");
    }

    private static Refusal? Money(VerifiedTermsV1 t)
    {
        if (!StakeFunding.All.Contains(t.Funding))
            return Bad(".funding", $"expected one of {string.Join(", ", StakeFunding.All)}; got {t.Funding}");
        var payTo = t.Funding == StakeFunding.Wallet ? PrizeTargets.Wallet : PrizeTargets.Transfer;
        if (t.PayTo != payTo)
            return Bad(".payTo", $"expected {payTo}: a stake goes back where it came from ({t.Funding}); got {t.PayTo}");
        return t.CreatorId is null || IdRules.IsNewId(t.CreatorId) ? null : Bad(".creatorId", IdRules.NewIdExpected);
    }

    private static bool IsMediaType(string? type) =>
        type is { Length: <= 100 } && type.Split('/') is [{ Length: > 0 }, { Length: > 0 }]
            && type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '/' or '.' or '+' or '-');

    private static Refusal Bad(string field, string message) =>
        new(Reasons.DefinitionInvalid, message, "definition.verified" + field);

    private static Refusal Other(string field, string message) =>
        new(Reasons.DefinitionInvalid, message, "definition." + field);
}
