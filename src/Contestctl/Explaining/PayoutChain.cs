namespace ContestPipeline.Contestctl.Explaining;

/// <summary>What one revision awards to one entry, as the topics lead to it. Minor units.</summary>
/// <param name="PrizeMinor">The entry's whole prize under that revision, before the platform's fee.</param>
/// <param name="AwardedBeforeMinor">What of it earlier revisions had awarded.</param>
/// <param name="MoreMinor">What this revision awards: the prize less what was awarded before.</param>
/// <param name="NetMinor">That less the fee on it: what the payout of this revision holds of the entry.</param>
internal sealed record AwardedEntry(
    string EntryId, long PrizeMinor, long AwardedBeforeMinor, long MoreMinor, long FeeMinor, long NetMinor);

/// <summary>
/// One of the payouts that stood in turn for what a player was awarded in one revision, and what was taken out of it.
/// </summary>
/// <param name="ReductionNo">0: the first; the others stand for what was left of the one before.</param>
/// <param name="EntryId">Whose prize was taken; null: nothing was taken out of this one.</param>
/// <param name="Cause"><c>refund</c>, <c>dispute</c> or <c>correction</c>.</param>
/// <param name="Reason">The cause in the words of the payout's history.</param>
/// <param name="Refunds">Stripe's ids of the entry's refunds at the house's cost, where that is the cause and Stripe has
/// answered.</param>
internal sealed record ChainedPayout(
    string PayoutId, int ReductionNo, long AmountMinor, string State, string? EntryId, long? TakenMinor, string? Cause,
    string? Reason, string? Refunds, DateTimeOffset? TakenAt);

/// <summary>Says what each payout of a chain has to be. Pure.</summary>
internal static class PayoutChain
{
    /// <summary>
    /// The first payout is what the revision awarded, each further one what was left of the one before, and nothing is left
    /// without a payout.
    /// </summary>
    /// <param name="chain">In the order in which they took each other's place.</param>
    public static bool Agrees(IReadOnlyList<AwardedEntry> awarded, IReadOnlyList<ChainedPayout> chain)
    {
        var leftMinor = awarded.Sum(a => a.NetMinor);
        foreach (var payout in chain)
        {
            if (payout.AmountMinor != leftMinor) return false;
            leftMinor -= payout.TakenMinor ?? 0;
        }

        return chain is [.., var last] && (last.TakenMinor is null || leftMinor == 0);
    }
}
