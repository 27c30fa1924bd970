namespace ContestPipeline.Contracts;

/// <summary>Settings of the workers but Payout's own.</summary>
internal static class WorkerSettings
{
    private const string Workers = "workers";

    private static readonly Setting[] s_ingestion =
    [
        new("INGESTION_DATABASE", "Ingestion, contestctl", null, "connection string", "As the role ingestion. Needed."),
        new("INGESTION_HTTP_URL", "Ingestion", null, "port or URL",
            "For Stripe's webhooks; not set: nowhere. TLS ends before it.")
            { Form = SettingForm.Listen },
        new("STRIPE_WEBHOOK_SECRETS", "Ingestion, Payout", null, "secrets, by commas",
            "Of the platform's webhook endpoint. Needed with INGESTION_HTTP_URL; Payout checks the topic's events."),
        new("STRIPE_CONNECT_WEBHOOK_SECRETS", "Ingestion, Payout", null, "secrets, by commas",
            "Of the endpoint for connected accounts. Needed with INGESTION_HTTP_URL."),
        Setting.Whole("WEBHOOK_RATE_PER_SECOND", "Ingestion", 2_000, "requests/s",
            "Deliveries taken from one address; more get 429.", 1, 100_000),
    ];

    private static readonly Setting[] s_scoring =
    [
        new("SCORING_DATABASE", "Scoring, contestctl", null, "connection string", "As the role scoring. Needed."),
        new("SCORING_HTTP_URL", "Scoring", null, "port or URL", "Where ranks are served; not set: nowhere.")
            { Form = SettingForm.Listen },
        Setting.Whole("SCORING_HTTP_RATE_PER_MINUTE", "Scoring", 600, "requests/min", "Of one address, of IPv6 of a /64 network.",
            1, 1_000_000),
        Setting.Whole(
            PrizeRules.OverlayMaxSetting, "Scoring, Payout, contestctl", PrizeRules.OverlayMaxMinorDefault, "minor units",
            "The most that the house adds to one pool.", min: 0),
        Setting.Whole(
            "SCORING_EARLY_ENTRY_MINUTES", "Scoring", 10, "min",
            "How long an entry, swap or withdrawal waits for its contest, and a contest for its rule set.", min: 0),
        Patience("LINE", 10, "a line or game state that the other names."),
        Patience("FIRST_GAME", 6 * 60, "a locked contest's first game to be named."),
        Patience("LAST_GAME", 5 * 24 * 60, "any game to be named or to begin, from lock or scheduled start."),
        Patience("RUNNING", 24 * 60, "a game under way to end."),
        Patience("STREAM", 30 * 24 * 60, "an activity stream without `scoringEndsAt` to end."),
        Patience("CONFIRMATION", 24 * 60, "a game that is over to be confirmed; a stream to end after `scoringEndsAt`."),
        Patience("RESULT", 60, "Settlement to settle a final ranking."),
        Patience("PAYOUTS", 45 * 24 * 60, "every payout of a settled contest to end."),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Whole("CONSUMER_BATCH_COUNT_MAX", Workers, 4_000, "messages", "The most that one transaction takes."),
        Setting.Whole("CONSUMER_BATCH_BYTES_MAX", Workers, 8_000_000, "bytes", "The same in bytes."),
        Setting.Whole("CONSUMER_LINGER_MS", Workers, 20, "ms", "How long a batch waits for more.", min: 0),
        new("HTTP_TRUSTED_PROXIES", "Ingestion, Scoring, Payout, Console", "none", "addresses, networks",
            "Whose `X-Forwarded-For` is believed (`10.0.0.7, 10.1.0.0/16`)."),
        .. s_ingestion,
        .. s_scoring,
        new("SETTLEMENT_DATABASE", "Settlement, contestctl", null, "connection string", "As the role settlement. Needed."),
        Setting.Whole("SETTLEMENT_WAIT_ALERT_SECONDS", "Settlement", 60, "s",
            "Before `settlement-waiting`: wait for what a completion names."),
        new("OWNER_PASSWORD", "docker-compose", null, "secret", "Of the owner of the database. Needed."),
        new("INGESTION_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
        new("SCORING_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
        new("SETTLEMENT_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
        new("PAYOUT_PASSWORD", "docker-compose", null, "secret", "Of the role. Needed."),
        new("KAFKA_ADMIN_PASSWORD", "docker-compose", null, "secret",
            "Of the broker's super user. Needed."),
        .. Principals.All.Select(who => new Setting($"KAFKA_{who.ToUpperInvariant()}_PASSWORD", "docker-compose", null, "secret",
            "Of the user of that name at the broker. Needed.")),
    ];

    private static Setting Patience(string what, int otherwise, string meaning) =>
        Setting.Whole($"SCORING_PATIENCE_{what}_MINUTES", "Scoring", otherwise, "min",
            $"`contest-held` after waiting for {meaning}");
}
