using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// The platform fee: one figure per player, rounded half up on the sum of his prizes, then laid on the prizes without losing a
/// cent.
/// </summary>
public static class PlayerFees
{
    /// <summary>Rounded half up.</summary>
    public static long FeeMinor(long grossMinor, int platformFeeBps) =>
        (long)(((Int128)grossMinor * platformFeeBps + PrizeRules.BpsTotal / 2) / PrizeRules.BpsTotal);

    /// <summary>
    /// Fees of one player's prizes, given in ordinal order of their entry ids: each is the fee on everything up to and including
    /// this prize less what the prizes before it bear, so that they sum exactly to the player's fee.
    /// </summary>
    public static void Split(ReadOnlySpan<long> grossMinor, int platformFeeBps, Span<long> feesMinor)
    {
        long soFarMinor = 0, chargedMinor = 0;
        for (var i = 0; i < grossMinor.Length; i++)
        {
            soFarMinor += grossMinor[i];
            var owedMinor = FeeMinor(soFarMinor, platformFeeBps);
            feesMinor[i] = owedMinor - chargedMinor;
            chargedMinor = owedMinor;
            Invariant.Holds(
                feesMinor[i] >= 0 && feesMinor[i] <= grossMinor[i], $"fee {feesMinor[i]} on a prize of {grossMinor[i]}");
        }
    }
}
