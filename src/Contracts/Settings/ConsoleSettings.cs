namespace ContestPipeline.Contracts;

/// <summary>Settings of the web console.</summary>
internal static class ConsoleSettings
{
    private const string Console = "Console";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("CONSOLE_DATABASE", "Console, contestctl", null, "connection string", "Role console. Needed."),
        new("CONSOLE_HTTP_URL", Console, null, "port or URL", "Where pages are served, without TLS. Needed."),
        new("CONSOLE_API_URL", "contestctl", null, "URL",
            "Of the console, which then makes replays, as PAYOUT_API_TOKEN.")
            { Form = SettingForm.Address },
        new("CONSOLE_PUBLIC_URL", Console, null, "URL",
            "For browsers; https in live. Needed with CONSOLE_OIDC_AUTHORITY.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_AUTHORITY", Console, null, "URL",
            "OpenID Connect. Needed in live; else a form asks for name and roles.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_CLIENT_ID", Console, null, "name", "Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLIENT_SECRET", Console, null, "secret", "Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLI_CLIENT_ID", Console, null, "name",
            "Public client of contestctl login: device flow, or PKCE back to http://127.0.0.1/signed-in, any port."),
        new("CONTESTCTL_PROFILES", "contestctl", "in the user's configuration", "file",
            "Sign-ins; private to their owner."),
        new("CONSOLE_OIDC_SCOPES", Console, "openid profile", "words", "Scopes to ask for."),
        new("CONSOLE_OIDC_ROLES_CLAIM", Console, "roles", "name",
            "Claim with viewer, operator, approver."),
        new("CONSOLE_KEYS", Console, "memory", "folder",
            "Cookies' keys, for all instances; in memory a restart signs everybody out."),
        Setting.Whole("CONSOLE_HTTP_RATE_PER_MINUTE", Console, 600, "requests/min", "Per person.", 1, 1_000_000),
        Setting.Whole("CONSOLE_REPLAY_APPROVER_ABOVE_MINOR", Console, 100_00, "minor units",
            "Replays that move more need an approver.", 0),
        new("CONSOLE_PASSWORD", "docker-compose", null, "secret", "Role. Needed."),
    ];
}
