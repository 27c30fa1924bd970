using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Ingestion;

/// <summary>Settings of the webhook endpoint, read once at start.</summary>
/// <param name="PlatformSecrets">Secrets of the platform endpoint: more than one while Stripe is rolling it.</param>
/// <param name="ConnectSecrets">Secrets of the endpoint for connected accounts.</param>
/// <param name="IsLive">Whether real money moves here; deliveries of the other mode are refused.</param>
/// <param name="RatePerSecond">Requests a second and remote address before 429.</param>
public sealed record WebhookOptions(
    string Url, IReadOnlyList<string> PlatformSecrets, IReadOnlyList<string> ConnectSecrets, bool IsLive, int RatePerSecond)
{
    /// <summary>Proxies whose word about the sender's address is believed; see <see cref="Plumbing.TrustedProxies"/>.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    internal const string UrlSetting = "INGESTION_HTTP_URL";

    /// <returns>Null when INGESTION_HTTP_URL is not set: then there is no endpoint here.</returns>
    public static WebhookOptions? From(IConfiguration settings)
    {
        if (settings.ListenAddress(UrlSetting) is not { } url) return null;
        var platform = Secrets(settings, "STRIPE_WEBHOOK_SECRETS", "the signing secrets of the platform's webhook endpoint");
        var connect = Secrets(
            settings, "STRIPE_CONNECT_WEBHOOK_SECRETS", "the signing secrets of the webhook endpoint for connected accounts");
        if (platform.Intersect(connect, StringComparer.Ordinal).Any())
            throw new SettingException(
                "STRIPE_CONNECT_WEBHOOK_SECRETS", "shares a secret with STRIPE_WEBHOOK_SECRETS: each endpoint has its own");
        return new WebhookOptions(
            url, platform, connect, settings.PipelineEnvironment() == "live",
            settings.Whole("WEBHOOK_RATE_PER_SECOND"))
        {
            TrustedProxies = Plumbing.TrustedProxies.From(settings),
        };
    }

    public IReadOnlyList<string> SecretsOf(string endpoint) =>
        endpoint == StripeEndpoints.Connect ? ConnectSecrets : PlatformSecrets;

    /// <summary>Never shows a secret, not even when somebody logs the settings.</summary>
    public override string ToString() =>
        $"webhooks at {Url}, {PlatformSecrets.Count} platform and {ConnectSecrets.Count} connect secrets, "
            + $"{(IsLive ? "live" : "test")}";

    private static IReadOnlyList<string> Secrets(IConfiguration settings, string name, string meaning)
    {
        settings.Require(name, $"{meaning}, separated by commas");
        return settings.Secrets(name, StripeSignature.SecretPrefix) is { Count: > 0 } secrets
            ? secrets : throw new SettingException(name, $"holds nothing: {meaning}, separated by commas");
    }
}
