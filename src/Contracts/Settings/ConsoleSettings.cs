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
            "Where the console answers; set, replays are made and run by it and not by this process. PAYOUT_API_TOKEN says who asks.")
            { Form = SettingForm.Address },
        new("CONSOLE_PUBLIC_URL", Console, null, "URL",
            "Where browsers reach the pages; https in live. Needed with CONSOLE_OIDC_AUTHORITY.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_AUTHORITY", Console, null, "URL",
            "The OpenID Connect authority that people sign in at. Needed in live; in test, without it, a form asks for a name and "
                + "roles.")
            { Form = SettingForm.Address },
        new("CONSOLE_OIDC_CLIENT_ID", Console, null, "name", "As which client. Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLIENT_SECRET", Console, null, "secret", "Of that client. Needed with CONSOLE_OIDC_AUTHORITY."),
        new("CONSOLE_OIDC_CLI_CLIENT_ID", Console, null, "name",
            "The public client as which contestctl login signs people in, by the device flow; not set: it cannot."),
        new("CONTESTCTL_PROFILES", "contestctl", "in the user's configuration", "file",
            "Where contestctl login keeps sign-ins; only its owner may read it."),
        new("CONSOLE_OIDC_SCOPES", Console, "openid profile", "words", "What is asked for at the authority."),
        new("CONSOLE_OIDC_ROLES_CLAIM", Console, "roles", "name",
            "The claim with viewer, operator, approver: of the ID token, else of the access token."),
        new("CONSOLE_KEYS", Console, "memory", "folder",
            "Where the keys of cookies are kept, shared by all instances; not set: a start signs everybody out."),
        Setting.Whole("CONSOLE_HTTP_RATE_PER_MINUTE", Console, 600, "requests/min", "Of one person.", 1, 1_000_000),
        Setting.Whole("CONSOLE_REPLAY_APPROVER_ABOVE_MINOR", Console, 100_00, "minor units",
            "A replay whose plan moves more of one currency needs an approver other than who ordered it.", 0),
        new("CONSOLE_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
    ];
}
