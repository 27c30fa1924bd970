namespace ContestPipeline.Contracts;

/// <summary>Settings of the web console.</summary>
internal static class ConsoleSettings
{
    private const string Console = "Console";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("CONSOLE_DATABASE", "Console, contestctl", null, "connection string", "As the role console. Needed."),
        new("CONSOLE_HTTP_URL", Console, null, "port or URL", "Where the pages answer. TLS ends before it. Needed."),
        new("CONSOLE_API_URL", "contestctl", null, "URL",
            "Of the console, which then makes and runs replays. PAYOUT_API_TOKEN says who asks.")
            { Form = SettingForm.Address },
        new("CONSOLE_PUBLIC_URL", Console, null, "URL",
            "Where browsers reach the pages; https in live. Needed with CONSOLE_OIDC_AUTHORITY.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_AUTHORITY", Console, null, "URL",
            "Where people sign in (OpenID Connect). Needed in live; else a form asks for name and roles.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_CLIENT_ID", Console, null, "name", "As which client. Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLIENT_SECRET", Console, null, "secret", "Of that client. Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLI_CLIENT_ID", Console, null, "name",
            "The public client of contestctl login: device flow, or code with PKCE back to http://127.0.0.1/signed-in at any port; "
                + "not set: it cannot."),
        new("CONTESTCTL_PROFILES", "contestctl", "in the user's configuration", "file",
            "Sign-ins of contestctl login; only its owner may read it."),
        new("CONSOLE_OIDC_SCOPES", Console, "openid profile", "words", "What is asked for at the authority."),
        new("CONSOLE_OIDC_ROLES_CLAIM", Console, "roles", "name",
            "The claim with viewer, operator, approver, of ID or access token."),
        new("CONSOLE_KEYS", Console, "memory", "folder",
            "Keys of cookies, shared by all instances; in memory a start signs everybody out."),
        Setting.Whole("CONSOLE_HTTP_RATE_PER_MINUTE", Console, 600, "requests/min", "Of one person.", 1, 1_000_000),
        Setting.Whole("CONSOLE_REPLAY_APPROVER_ABOVE_MINOR", Console, 100_00, "minor units",
            "A replay that moves more needs an approver other than who ordered it.", 0),
        new("CONSOLE_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
    ];
}
