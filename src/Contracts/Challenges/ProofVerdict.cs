namespace ContestPipeline.Contracts;

/// <summary>When a proof is decided, and as what: counts in, so that the order of votes has no say. Pure.</summary>
public static class ProofVerdict
{
    /// <param name="participants">All entries of the challenge, the proof's own among them.</param>
    /// <returns>How many votes decide a proof; 0: there is nobody to vote.</returns>
    public static int Needed(VerifiedTermsV1 terms, int participants) =>
        Math.Max(0, Math.Min(terms.VotesNeeded, participants - 1));

    /// <param name="needed">As <see cref="Needed"/> says.</param>
    /// <returns>One of <see cref="ProofOutcomes"/> as soon as no vote that is still to come can change it; null before, and for
    /// ever where nobody can vote.</returns>
    public static string? Of(int approvals, int rejections, int needed, int approvalShareBps)
    {
        if (needed == 0) return null;
        var share = (long)approvalShareBps * needed;
        if ((long)approvals * PrizeRules.BpsTotal >= share) return ProofOutcomes.Passed;
        return (long)(needed - rejections) * PrizeRules.BpsTotal < share ? ProofOutcomes.Failed : null;
    }

    /// <returns>What it is worth once nobody votes any more.</returns>
    public static string AtEnd(VerifiedTermsV1 terms, int approvals, int rejections, int participants) =>
        Of(approvals, rejections, Needed(terms, participants), terms.ApprovalShareBps) ?? Undecided(terms);

    /// <returns>What a proof without a decision is worth.</returns>
    public static string Undecided(VerifiedTermsV1 terms) =>
        terms.UndecidedCountsAs == UndecidedProofs.Pass ? ProofOutcomes.Passed : ProofOutcomes.Failed;
}
