using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Options;

/// <summary>
/// Stripe's keys and address, and whether they belong to the environment that the process runs in: test and live are never mixed.
/// </summary>
public static class StripeKeys
{
    /// <summary>Where Stripe itself answers.</summary>
    public const string StripesOwnAddress = "https://api.stripe.com";

    /// <summary>The key that moves money; only Payout and the making of webhook endpoints need it.</summary>
    /// <exception cref="SettingException">It is not set, or of the other environment.</exception>
    public static string Money(IConfiguration settings)
    {
        var key = settings.Require("STRIPE_API_KEY", "Stripe's secret key of the platform account");
        return Checked(settings, "STRIPE_API_KEY", key, "sk", "rk");
    }

    /// <summary>There is a key that can only look.</summary>
    public static bool HasReading(IConfiguration settings) => settings.Optional("STRIPE_RESTRICTED_KEY") is not null;

    /// <summary>
    /// The key for looking only: STRIPE_RESTRICTED_KEY where it is given, so that who compares and lists can move nothing; else
    /// the other.
    /// </summary>
    /// <exception cref="SettingException">Neither is set, or it is of the other environment.</exception>
    public static string Reading(IConfiguration settings) =>
        settings.Optional("STRIPE_RESTRICTED_KEY") is { } restricted
            ? Checked(settings, "STRIPE_RESTRICTED_KEY", restricted, "rk") : Money(settings);

    /// <returns>Null: Stripe's own.</returns>
    /// <exception cref="SettingException">In live it is another than Stripe's.</exception>
    public static string? Address(IConfiguration settings)
    {
        if (settings.Declared("STRIPE_API_BASE") is not { } address) return null;
        if (settings.PipelineEnvironment() == "live" && address.TrimEnd('/') != StripesOwnAddress)
            throw new SettingException("STRIPE_API_BASE",
                $"must be {StripesOwnAddress} or not set because PIPELINE_ENVIRONMENT is live, not '{address}'");
        return address;
    }

    private static string Checked(IConfiguration settings, string name, string key, params ReadOnlySpan<string> kinds)
    {
        var mode = settings.PipelineEnvironment();
        var allowed = new List<string>();
        foreach (var kind in kinds) allowed.Add($"{kind}_{mode}_");
        return allowed.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length)
            ? key
            : throw new SettingException(
                name, $"must begin with {string.Join(" or ", allowed)} because PIPELINE_ENVIRONMENT is {mode}");
    }
}
