using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>Where the money of a contest comes from, in minor units: pool + surplus = fees - rake + overlay.</summary>
/// <param name="OverlayMinor">What the house adds to reach a guaranteed pool.</param>
/// <param name="SurplusMinor">Fees after rake above a guaranteed pool, kept by the house.</param>
public sealed record Pool(long EntryFeesMinor, long RakeMinor, long PoolMinor, long OverlayMinor, long SurplusMinor)
{
    public static Pool Of(ContestDefinitionV1 definition, int entries)
    {
        var feesMinor = definition.EntryFeeMinor * entries;
        var rakeMinor = PrizeRules.RakeMinor(feesMinor, definition.RakeBps);
        var collectedMinor = feesMinor - rakeMinor;
        var poolMinor = definition.GuaranteedPoolMinor ?? collectedMinor;
        var overlayMinor = Math.Max(0, poolMinor - collectedMinor);
        var surplusMinor = Math.Max(0, collectedMinor - poolMinor);

        Invariant.Holds(poolMinor >= 0 && rakeMinor >= 0, $"contest {definition.ContestId}: pool {poolMinor}, rake {rakeMinor}");
        Invariant.Holds(poolMinor + surplusMinor == collectedMinor + overlayMinor,
            $"contest {definition.ContestId}: the pool does not balance");
        return new Pool(feesMinor, rakeMinor, poolMinor, overlayMinor, surplusMinor);
    }
}
