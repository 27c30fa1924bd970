using System.Text;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout;

/// <summary>Where Payout answers over HTTP, whose tokens it believes, and how much it takes from one caller.</summary>
/// <param name="Url">Null: Payout does not answer over HTTP.</param>
/// <param name="RatePerMinute">Requests of one caller; an unused minute saves no more than one minute's worth.</param>
public sealed record PayoutApiOptions(string? Url, JwtRules Tokens, int RatePerMinute)
{
    /// <summary>No request needs more.</summary>
    public const int BodyBytesMax = 64 * 1024;

    internal const string UrlSetting = "PAYOUT_HTTP_URL";

    private const int KeyBytesMin = 32;

    public static PayoutApiOptions From(IConfiguration settings)
    {
        var url = settings.ListenAddress(UrlSetting);
        return new PayoutApiOptions(url, url is null ? new JwtRules([], "", "") : Rules(settings), settings.Whole("PAYOUT_HTTP_RATE_PER_MINUTE", 300, 1, 1_000_000));
    }

    /// <exception cref="SettingException">There is no key, or it is too short to be one.</exception>
    public static JwtRules Rules(IConfiguration settings)
    {
        var key = Encoding.UTF8.GetBytes(settings.Require("PAYOUT_JWT_KEY", "the key that signs callers' tokens (HS256); Payout checks them with it"));
        if (key.Length < KeyBytesMin) throw new SettingException("PAYOUT_JWT_KEY", $"must have at least {KeyBytesMin} bytes, not {key.Length}");
        return new JwtRules(key, settings.Optional("PAYOUT_JWT_ISSUER") ?? "contest-pipeline", settings.Optional("PAYOUT_JWT_AUDIENCE") ?? "payout-api");
    }
}
