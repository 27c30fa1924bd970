using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Drafts;

/// <summary>What of a challenge is the platform's to say, and no creator's.</summary>
/// <param name="Environment"><c>test</c> or <c>live</c>.</param>
/// <param name="FeeBps">The platform's fee on what passers win beyond their stakes, in basis points.</param>
/// <param name="ForfeitsBps">The platform's part of forfeited stakes; the rest is the passers'.</param>
/// <param name="RefereeSeconds">How long after the end a referee may still decide proofs.</param>
public sealed record PlatformTerms(string Environment, int FeeBps, int ForfeitsBps, int RefereeSeconds)
{
    /// <exception cref="SettingException">A setting is out of its bounds.</exception>
    public static PlatformTerms From(IConfiguration settings) => new(
        settings.PipelineEnvironment(), settings.Whole("CHALLENGE_FEE_BPS"), settings.Whole("CHALLENGE_FORFEITS_BPS"),
        settings.Whole("CHALLENGE_REFEREE_HOURS") * 3600);
}
