using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Awards;

/// <summary>How much the house adds to the pool of one contest at most, whatever its definition promised.</summary>
/// <param name="MaxMinor">For each revision of a result, in minor units of the contest's currency.</param>
public sealed record OverlayLimit(long MaxMinor)
{
    /// <summary>Where nothing is set.</summary>
    public static OverlayLimit Default { get; } = new(PrizeRules.OverlayMaxMinorDefault);

    /// <exception cref="SettingException">The setting is no whole number from 0 on.</exception>
    public static OverlayLimit From(IConfiguration settings) => new(settings.Whole(PrizeRules.OverlayMaxSetting));

    /// <returns>In words, what of a result is above the limit; null when nothing is.</returns>
    public string? Fault(SettledTotals totals) => totals.OverlayMinor <= MaxMinor ? null
        : $"overlay: the house adds at most {MaxMinor} minor units ({PrizeRules.OverlayMaxSetting}), settled "
            + $"{totals.OverlayMinor}";
}
