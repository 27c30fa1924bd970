using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Awards;

/// <summary>
/// What Scoring told of a contest whose result came from Settlement. The two come on different topics, which different workers
/// may write: whoever can write results alone can have nothing paid.
/// </summary>
/// <param name="IsPublished">contest.published.v1 was heard.</param>
/// <param name="RakeBps">Null: the contest was published before its terms were kept here.</param>
/// <param name="GuaranteedPoolMinor">In minor units; null: the pool is fees less rake.</param>
/// <param name="IsFinalized">contest.finalized.v1 of the revision was heard.</param>
/// <param name="FinalizedHash">Of the definition, as the finalisation names it; null: it was heard before that was kept
/// here.</param>
/// <param name="SettledHash">Of the definition, as the result names it; null: it came before that was kept here.</param>
/// <param name="FirstPoolMinor">The pool of the first revision, in minor units; null: its result has not come.</param>
/// <param name="CancelReason">In words, as contest.cancelled.v1 told it; null: it was not heard. Scoring cancels only what
/// Settlement has said is never settled, and the fees go back.</param>
/// <param name="StakeMinor">Of each participant of a challenge, in minor units; null: it is none.</param>
/// <param name="ForfeitsToPlatformBps">The platform's part of what is forfeited in it; null likewise.</param>
/// <param name="Funding">One of <see cref="StakeFunding"/>; null: it is not published.</param>
/// <param name="PayTo">One of <see cref="PrizeTargets"/>; null likewise.</param>
public sealed record ResultGrounds(
    bool IsPublished, string? DefinitionHash, string? Currency, int? RakeBps, long? GuaranteedPoolMinor,
    string? LateCorrectionPolicy, bool IsFinalized, string? FinalizedHash, string? SettledHash, long? FirstPoolMinor,
    string? CancelReason = null, long? StakeMinor = null, int? ForfeitsToPlatformBps = null, string? Funding = null,
    string? PayTo = null)
{
    /// <returns>What has not come yet, in words; null when nothing is missing.</returns>
    public string? Missing(SettledTotals totals)
    {
        if (!IsPublished) return "contest.published.v1";
        if (!IsFinalized)
            return string.Create(CultureInfo.InvariantCulture, $"contest.finalized.v1 of revision {totals.Revision}");
        return totals.Revision > 1 && FirstPoolMinor is null ? "contest.settled.v1 of revision 1" : null;
    }

    /// <summary>
    /// The pool is computed again from the definition: fees less rake, or what is guaranteed. A later revision is the house's,
    /// and no more than the first pool.
    /// </summary>
    /// <param name="currency">Of the result.</param>
    /// <returns>The first thing that is not as it was published, in words; null when all is.</returns>
    public string? Fault(SettledTotals totals, string currency)
    {
        if (Currency != currency) return $"currency: published {Currency}, settled {currency}";
        if (SettledHash is not null && SettledHash != DefinitionHash)
            return $"definition: published {DefinitionHash}, settled {SettledHash}";
        if (FinalizedHash is not null && FinalizedHash != DefinitionHash)
            return $"definition: published {DefinitionHash}, finalized {FinalizedHash}";
        if (RakeBps is not { } rakeBps) return null;
        if (totals.Revision > 1) return FurtherFault(totals);
        if (StakeMinor is { } stakeMinor) return ChallengeFault(totals, stakeMinor);
        var rakeMinor = PrizeRules.RakeMinor(totals.EntryFeesMinor, rakeBps);
        var broughtInMinor = totals.EntryFeesMinor - rakeMinor;
        var poolMinor = GuaranteedPoolMinor ?? broughtInMinor;
        return Differs(
            ("rake", rakeMinor, totals.RakeMinor), ("pool", poolMinor, totals.PoolMinor),
            ("overlay", Math.Max(0, poolMinor - broughtInMinor), totals.OverlayMinor),
            ("surplus", Math.Max(0, broughtInMinor - poolMinor), totals.SurplusMinor));
    }

    /// <summary>
    /// Whoever is awarded something passed, once each: so many stakes go back, and the platform takes its part of the others.
    /// </summary>
    private string? ChallengeFault(SettledTotals totals, long stakeMinor)
    {
        var forfeitedMinor = totals.EntryFeesMinor - stakeMinor * totals.Winners;
        if (totals.EntryFeesMinor % stakeMinor != 0 || forfeitedMinor < 0)
            return string.Create(CultureInfo.InvariantCulture,
                $"stakes: {totals.Winners} players passed with {stakeMinor} each, and {totals.EntryFeesMinor} were staked");
        var platformMinor = PrizeRules.ForfeitsToPlatformMinor(forfeitedMinor, ForfeitsToPlatformBps!.Value, totals.Winners);
        return Differs(
            ("forfeits to the platform", platformMinor, totals.RakeMinor),
            ("pool", totals.EntryFeesMinor - platformMinor, totals.PoolMinor), ("overlay", 0, totals.OverlayMinor),
            ("surplus", 0, totals.SurplusMinor), ("remainder", 0, totals.HouseRemainderMinor));
    }

    private string? FurtherFault(SettledTotals totals)
    {
        if (LateCorrectionPolicy == LateCorrectionPolicies.Freeze)
            return "late correction policy: published freeze, and a further revision is settled";
        if (totals.PoolMinor > FirstPoolMinor)
            return string.Create(CultureInfo.InvariantCulture,
                $"overlay: the first pool was {FirstPoolMinor}, revision {totals.Revision} awards {totals.PoolMinor} more");
        return Differs(("overlay", totals.PoolMinor, totals.OverlayMinor), ("rake", 0, totals.RakeMinor),
            ("surplus", 0, totals.SurplusMinor));
    }

    private static string? Differs(params (string What, long Published, long Settled)[] compared)
    {
        foreach (var (what, published, settled) in compared)
            if (published != settled)
                return string.Create(
                    CultureInfo.InvariantCulture, $"{what}: by the published definition {published}, settled {settled}");
        return null;
    }
}
