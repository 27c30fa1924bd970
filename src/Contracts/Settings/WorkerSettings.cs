namespace ContestPipeline.Contracts;

/// <summary>Settings of the workers but Payout's own.</summary>
internal static class WorkerSettings
{
    private const string Workers = "workers";

    private static readonly Setting[] s_ingestion =
    [
        new("INGESTION_DATABASE", "Ingestion, contestctl", null, "connection string", "Role ingestion. Needed."),
        new("INGESTION_HTTP_URL", "Ingestion", null, "port or URL",
            "For Stripe's webhooks, without TLS; unset: none.")
            { Form = SettingForm.Listen },
        new("STRIPE_WEBHOOK_SECRETS", "Ingestion, Payout", null, "secrets, by commas",
            "Of the platform's endpoint; Payout checks the topic. Needed with INGESTION_HTTP_URL."),
        new("STRIPE_CONNECT_WEBHOOK_SECRETS", "Ingestion, Payout", null, "secrets, by commas",
            "Of connected accounts' endpoint. Needed with INGESTION_HTTP_URL."),
        Setting.Whole("WEBHOOK_RATE_PER_SECOND", "Ingestion", 2_000, "requests/s",
            "Per address; more get 429.", 1, 100_000),
    ];

    private static readonly Setting[] s_scoring =
    [
        new("SCORING_DATABASE", "Scoring, contestctl", null, "connection string", "Role scoring. Needed."),
        new("SCORING_HTTP_URL", "Scoring", null, "port or URL", "Serves ranks; unset: none.")
            { Form = SettingForm.Listen },
        Setting.Whole("SCORING_HTTP_RATE_PER_MINUTE", "Scoring", 600, "requests/min", "Per address (IPv6: /64 network).",
            1, 1_000_000),
        Setting.Whole(
            PrizeRules.OverlayMaxSetting, "Scoring, Payout, contestctl", PrizeRules.OverlayMaxMinorDefault, "minor units",
            "Most that the house adds to a pool.", min: 0),
        Setting.Whole(
            "SCORING_EARLY_ENTRY_MINUTES", "Scoring", 10, "min",
            "Entries, swaps, withdrawals wait for their contest, contests for their rule set.", min: 0),
        Patience("LINE", 10, "a named line or game state comes."),
        Patience("FIRST_GAME", 6 * 60, "a locked contest's first game is named."),
        Patience("LAST_GAME", 5 * 24 * 60, "each game is named and begins, from lock or scheduled start."),
        Patience("RUNNING", 24 * 60, "a game under way ends."),
        Patience("STREAM", 30 * 24 * 60, "an activity stream without `scoringEndsAt` ends."),
        Patience("CONFIRMATION", 24 * 60, "a game that is over is confirmed, a stream ends after `scoringEndsAt`."),
        Patience("RESULT", 60, "a final ranking is settled."),
        Patience("PAYOUTS", 45 * 24 * 60, "all payouts end."),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Whole("CONSUMER_BATCH_COUNT_MAX", Workers, 4_000, "messages", "Most in a transaction."),
        Setting.Whole("CONSUMER_BATCH_BYTES_MAX", Workers, 8_000_000, "bytes", "Most in a transaction."),
        Setting.Whole("CONSUMER_LINGER_MS", Workers, 20, "ms", "Wait for a fuller batch.", min: 0),
        new("HTTP_TRUSTED_PROXIES", "Ingestion, Scoring, Payout, Console", "none", "addresses, networks",
            "Whose `X-Forwarded-For` is believed (`10.1.0.0/16`)."),
        .. s_ingestion,
        .. s_scoring,
        new("SETTLEMENT_DATABASE", "Settlement, contestctl", null, "connection string", "Role settlement. Needed."),
        Setting.Whole("SETTLEMENT_WAIT_ALERT_SECONDS", "Settlement", 60, "s",
            "Until `settlement-waiting`."),
        new("OWNER_PASSWORD", "docker-compose", null, "secret", "Database owner. Needed."),
        new("INGESTION_PASSWORD", "docker-compose", null, "secret", "Role. Needed."),
        new("SCORING_PASSWORD", "docker-compose", null, "secret", "Role. Needed."),
        new("SETTLEMENT_PASSWORD", "docker-compose", null, "secret", "Role. Needed."),
        new("PAYOUT_PASSWORD", "docker-compose", null, "secret", "Role. Needed."),
        new("KAFKA_ADMIN_PASSWORD", "docker-compose", null, "secret",
            "Broker's super user. Needed."),
        .. Principals.All.Select(who => new Setting($"KAFKA_{who.ToUpperInvariant()}_PASSWORD", "docker-compose", null, "secret",
            "Broker's user. Needed.")),
    ];

    private static Setting Patience(string what, int otherwise, string meaning) =>
        Setting.Whole($"SCORING_PATIENCE_{what}_MINUTES", "Scoring", otherwise, "min",
            $"`contest-held` unless {meaning}");
}
