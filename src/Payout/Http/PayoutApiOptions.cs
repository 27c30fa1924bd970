using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Http;

/// <summary>Where Payout answers over HTTP, whose tokens it believes, and how much it takes from one caller.</summary>
/// <param name="Url">Null: Payout does not answer over HTTP.</param>
/// <param name="RatePerMinute">Requests of one caller; an unused minute saves no more than one minute's worth.</param>
public sealed record PayoutApiOptions(string? Url, JwtRules Tokens, int RatePerMinute)
{
    /// <summary>No request needs more.</summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>Proxies whose word about the caller's address is believed; see <see cref="Plumbing.TrustedProxies"/>.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    internal const string UrlSetting = "PAYOUT_HTTP_URL";
    internal const string AuthoritySetting = "PAYOUT_API_AUTHORITY";

    private const int LiveHours = 24;
    private const int TestHours = 24 * 366;

    public static PayoutApiOptions From(IConfiguration settings)
    {
        var url = settings.ListenAddress(UrlSetting);
        return new PayoutApiOptions(
            url, url is null ? new JwtRules([], "", "") : Rules(settings), settings.Whole("PAYOUT_HTTP_RATE_PER_MINUTE"))
        {
            TrustedProxies = Plumbing.TrustedProxies.From(settings),
        };
    }

    /// <exception cref="SettingException">There is no key, it is too short to be one, or the authority's address is
    /// none.</exception>
    public static JwtRules Rules(IConfiguration settings)
    {
        var isLive = settings.PipelineEnvironment() == "live";
        var audience = settings.Optional("PAYOUT_JWT_AUDIENCE") ?? "payout-api";
        return new JwtRules(
            SigningKeys.One(settings, "PAYOUT_JWT_KEY", "the key that signs callers' tokens (HS256); Payout checks them with it"),
            settings.Optional("PAYOUT_JWT_ISSUER") ?? "contest-pipeline", audience)
        {
            OtherKeys = SigningKeys.Others(settings, "PAYOUT_JWT_OTHER_KEYS"),
            Environment = settings.PipelineEnvironment(),
            EnvironmentRequired = isLive,
            LifetimeMax = TimeSpan.FromHours(settings.Whole("PAYOUT_JWT_HOURS_MAX", isLive ? LiveHours : TestHours)),
            Authority = Authority(settings, audience),
        };
    }

    private static JwtAuthority? Authority(IConfiguration settings, string audience)
    {
        if (settings.Declared(AuthoritySetting) is not { } address) return null;
        return new JwtAuthority(new Uri(address), settings.Optional("PAYOUT_API_AUDIENCE") ?? audience);
    }
}
