using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole;

/// <summary>An authority of OpenID Connect, as people sign in at it.</summary>
/// <param name="ReturnAddress">Where it sends them back to.</param>
public sealed record Authority(
    Uri Address, string ClientId, string ClientSecret, IReadOnlyList<string> Scopes, string RolesClaim, string ReturnAddress)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(Authority)} {{ Address = {Address}, ClientId = {ClientId} }}";
}

/// <summary>Settings of the console, read once at its start.</summary>
/// <param name="Authority">Null, in test only: a form asks for a name and roles.</param>
/// <param name="PayoutUrl">Where Payout's API answers; null: nothing can be decided from the pages.</param>
/// <param name="KeysFolder">Null: the keys of cookies end with the process.</param>
public sealed record ConsoleOptions(
    string Url, bool IsLive, Authority? Authority, Uri? PayoutUrl, string? KeysFolder, int RatePerMinute)
{
    internal const string UrlSetting = "CONSOLE_HTTP_URL";
    internal const string PublicUrlSetting = "CONSOLE_PUBLIC_URL";
    internal const string AuthoritySetting = "CONSOLE_OIDC_AUTHORITY";
    internal const string PayoutUrlSetting = "PAYOUT_API_URL";
    internal const string ReturnPath = "/signed-in";

    /// <summary>Signs what the form of the test environment lets people say of themselves; null: there is no such form, or no
    /// key.</summary>
    public JwtRules? Tokens { get; init; }

    /// <summary>The public client as which contestctl signs people in at the authority; null: it cannot.</summary>
    public string? CliClientId { get; init; }

    /// <summary>Which bearers the operators' API believes: those that Payout's does; null: it answers nobody.</summary>
    public JwtRules? ApiTokens { get; init; }

    /// <summary>What the console connects to; in live never in plaintext.</summary>
    public static IReadOnlyList<OutgoingConnection> Connections { get; } =
    [
        new OutgoingConnection.Postgres(Settings.DatabaseSetting(ConsoleSchema.Name)),
        new OutgoingConnection.Http(AuthoritySetting), new OutgoingConnection.Http(PublicUrlSetting),
        new OutgoingConnection.Http(PayoutUrlSetting),
    ];

    /// <exception cref="SettingException">A setting is missing or wrong.</exception>
    public static ConsoleOptions From(IConfiguration settings)
    {
        var isLive = settings.PipelineEnvironment() == "live";
        TransportSecurity.Require(settings, Connections);
        var url = settings.ListenAddress(UrlSetting)
            ?? throw new SettingException(UrlSetting, "is not set: say where the pages answer (8090, http://0.0.0.0:8090)");
        var authority = AuthorityOf(settings, isLive);
        var tokens = settings.Optional("PAYOUT_JWT_KEY") is not null ? PayoutApiOptions.Rules(settings) : null;
        return new ConsoleOptions(
            url, isLive, authority, Address(settings, PayoutUrlSetting), settings.Optional("CONSOLE_KEYS"),
            settings.Whole("CONSOLE_HTTP_RATE_PER_MINUTE"))
        {
            Tokens = authority is null ? tokens : null,
            ApiTokens = tokens,
            CliClientId = settings.Optional("CONSOLE_OIDC_CLI_CLIENT_ID"),
        };
    }

    private static Authority? AuthorityOf(IConfiguration settings, bool isLive)
    {
        if (Address(settings, AuthoritySetting) is not { } address)
            return isLive
                ? throw new SettingException(AuthoritySetting,
                    "is not set: in live people sign in at an OpenID Connect authority")
                : null;
        const string Needed = "it is needed with CONSOLE_OIDC_AUTHORITY";
        return new Authority(
            address, settings.Require("CONSOLE_OIDC_CLIENT_ID", Needed), settings.Require("CONSOLE_OIDC_CLIENT_SECRET", Needed),
            (settings.Optional("CONSOLE_OIDC_SCOPES") ?? "openid profile").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            settings.Optional("CONSOLE_OIDC_ROLES_CLAIM") ?? "roles",
            (Address(settings, PublicUrlSetting) ?? throw new SettingException(PublicUrlSetting, $"is not set: {Needed}"))
                .GetLeftPart(UriPartial.Authority) + ReturnPath);
    }

    /// <returns>Null when the setting is not set.</returns>
    private static Uri? Address(IConfiguration settings, string name)
    {
        if (settings.Optional(name) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address : throw new SettingException(name, $"must be an http or https address, not '{text}'");
    }
}
