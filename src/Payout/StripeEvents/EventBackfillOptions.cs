using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>How often Stripe's own list of events is compared with what arrived.</summary>
/// <param name="Every">The platform's list.</param>
/// <param name="AccountsPerRound">Connected accounts looked at in one round, those first that were not for longest.</param>
/// <param name="AccountEvery">No connected account is looked at more often.</param>
/// <param name="Grace">An event younger than this is still on its way, and no gap.</param>
public sealed record EventBackfillOptions(TimeSpan Every, int AccountsPerRound, TimeSpan AccountEvery, TimeSpan Grace)
{
    public static EventBackfillOptions Default { get; } = new(
        TimeSpan.FromMinutes(10), 200, TimeSpan.FromHours(6), TimeSpan.FromMinutes(5));

    public static EventBackfillOptions From(IConfiguration settings) => Default with
    {
        Every = TimeSpan.FromSeconds(settings.Whole("STRIPE_SWEEP_SECONDS")),
        AccountsPerRound = settings.Whole("STRIPE_SWEEP_ACCOUNTS"),
    };
}
