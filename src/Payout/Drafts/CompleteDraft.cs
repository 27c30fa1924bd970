using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Drafts;

/// <summary>Something that keeps a draft from being published.</summary>
/// <param name="Field">Where in the definition (<c>definition.verified.startsAt</c>).</param>
/// <param name="Message">What was expected.</param>
public sealed record DraftProblem(string Field, string Message);

/// <summary>Makes the definition of a challenge out of its draft, or says what is still missing. Pure.</summary>
public static class CompleteDraft
{
    private const string Missing = "missing";

    /// <param name="contestId">Under which it is to be published.</param>
    /// <param name="creatorId">Whose draft it is.</param>
    /// <returns>The definition when it could be published now; null and every reason otherwise: what is missing first, then the
    /// first thing that <see cref="ValidateDefinition"/> does not accept.</returns>
    public static (ContestDefinitionV1? Definition, IReadOnlyList<DraftProblem> Problems) Of(
        ChallengeTerms terms, string contestId, string creatorId, PlatformTerms platform, DateTimeOffset now)
    {
        DraftProblem[] missing = [.. Lacking(terms).Select(field => new DraftProblem("definition." + field, Missing))];
        if (missing.Length > 0) return (null, missing);
        var definition = Definition(terms, terms.Verified!, contestId, creatorId, platform);
        return ValidateDefinition.Check(definition, contestId, platform.Environment, now) is { } refusal
            ? (null, [new DraftProblem(refusal.Field ?? "definition", refusal.Message)]) : (definition, []);
    }

    private static IEnumerable<string> Lacking(ChallengeTerms t)
    {
        if (t.Title is null) yield return "title";
        if (t.Currency is null) yield return "currency";
        if (t.EntryFeeMinor is null) yield return "entryFeeMinor";
        if (t.MaxEntries is null) yield return "maxEntries";
        var v = t.Verified ?? new VerifiedTerms();
        if (v.StartsAt is null) yield return "verified.startsAt";
        if (v.EndsAt is null) yield return "verified.endsAt";
        if (v.VerificationEndsAt is null) yield return "verified.verificationEndsAt";
        if (v.ProofsRequired is null) yield return "verified.proofsRequired";
        if (v.ProofsAllowed is null) yield return "verified.proofsAllowed";
        if (v.Proof?.TextRequired is null) yield return "verified.proof.textRequired";
        if (v.VotesNeeded is null) yield return "verified.votesNeeded";
        if (v.ApprovalShareBps is null) yield return "verified.approvalShareBps";
    }

    /// <summary>Only of a draft that lacks nothing.</summary>
    private static ContestDefinitionV1 Definition(
        ChallengeTerms t, VerifiedTerms v, string contestId, string creatorId, PlatformTerms platform)
    {
        var proof = v.Proof!;
        var funding = v.Funding ?? StakeFunding.Wallet;
        return new ContestDefinitionV1(
            contestId, t.Title!, ContestKinds.Verified, t.Currency!, t.EntryFeeMinor!.Value, t.MaxEntries!.Value,
            MaxEntriesPerPlayer: 1, t.MinEntries ?? 1, GuaranteedPoolMinor: null, Utc(t.LockAt ?? v.StartsAt), GameIds: [],
            RuleSets.Ref(RuleSets.Find(VerifiedTermsV1.RuleSet, 1)!),
            new RosterV1([new RosterSlotV1(ContestKinds.PlayerPosition, [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
            Athletes: [], new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), RakeBps: 0, platform.FeeBps,
            platform.RefereeSeconds, LateCorrectionPolicies.Freeze, LateSwap: false, ReconcileTolerance: 0, platform.Environment,
            Verified: new VerifiedTermsV1(
                Utc(v.StartsAt), Utc(v.EndsAt), Utc(v.VerificationEndsAt), v.ProofsRequired!.Value, v.ProofsAllowed!.Value,
                new ProofRulesV1(
                    proof.TextRequired!.Value, proof.FilesMin ?? 0, proof.FilesMax ?? 0, proof.MediaTypes ?? [],
                    proof.FileBytesMax ?? ProofRulesV1.FileBytesLimit),
                v.VotesNeeded!.Value, v.ApprovalShareBps!.Value, v.UndecidedCountsAs ?? UndecidedProofs.Pass,
                platform.ForfeitsBps, PrizeRules.BpsTotal - platform.ForfeitsBps, funding,
                funding == StakeFunding.Card ? PrizeTargets.Transfer : PrizeTargets.Wallet, creatorId));
    }

    private static DateTimeOffset Utc(DateTimeOffset? time) => time!.Value.ToUniversalTime();
}
