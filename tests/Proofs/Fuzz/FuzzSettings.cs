using System.Text;
using System.Text.Json;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Environments of plausible and absurd settings before every reader of settings: it reads them, or says in one sentence which
/// setting is wrong.
/// </summary>
internal sealed class FuzzSettings : IFuzzTarget
{
    private static readonly (string Name, Func<IConfiguration, object?> Read)[] s_readers =
    [
        ("kafka", KafkaSettings.From), ("webhooks", WebhookOptions.From), ("payout", PayoutOptions.From),
        ("risk", RiskPolicy.From), ("sweep", EventBackfillOptions.From), ("api", PayoutApiOptions.From),
        ("notices", NoticeOptions.From), ("onboarding", OnboardingOptions.From), ("tax", TaxOptions.From),
        ("reconcile", ReconcileOptions.From), ("overlay", OverlayLimit.From),
    ];

    private static readonly string[] s_names =
    [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_GROUP_INSTANCE_ID", "KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD", "KAFKA_SECURITY_PROTOCOL", "KAFKA_SSL_CA_LOCATION", "TOPIC_PREFIX", "CONTEST_OVERLAY_MAX_MINOR",
        "INGESTION_HTTP_URL", "NOTICE_ESCALATE_MINUTES", "NOTICE_SMTP_CA", "NOTICE_SMTP_FROM", "NOTICE_SMTP_HOST",
        "NOTICE_SMTP_PASSWORD", "NOTICE_SMTP_PLAYER_ADDRESS", "NOTICE_SMTP_PORT", "NOTICE_SMTP_TLS", "NOTICE_SMTP_TO",
        "NOTICE_SMTP_USER", "NOTICE_WEBHOOK_SECRET", "NOTICE_WEBHOOK_URL", "PAYOUT_ACCOUNT_COUNTRY", "PAYOUT_API_AUTHORITY",
        "PAYOUT_API_AUDIENCE", "PAYOUT_API_TOKEN", "PAYOUT_API_URL", "PAYOUT_ANCHOR_FILE", "PAYOUT_ANCHOR_KEY",
        "PAYOUT_ANCHOR_MINUTES", "PAYOUT_BALANCE_CHECK_UTC", "PAYOUT_BALANCE_CRITICAL_MINOR", "PAYOUT_BALANCE_HEALTHY_MINOR",
        "PAYOUT_BALANCE_READ_SECONDS", "PAYOUT_BALANCE_RESERVE_PERCENT", "PAYOUT_BALANCE_TREND_MINOR",
        "PAYOUT_BALANCE_WARNING_MINOR", "PAYOUT_HTTP_RATE_PER_MINUTE", "PAYOUT_HTTP_URL", "PAYOUT_JWT_AUDIENCE",
        "PAYOUT_JWT_HOURS_MAX", "PAYOUT_JWT_OTHER_KEYS", "PAYOUT_JWT_ISSUER", "PAYOUT_JWT_KEY", "PAYOUT_LEASE_SECONDS",
        "PAYOUT_LINK_DAYS", "PAYOUT_LINK_KEY", "PAYOUT_OUTAGE_PAUSE_SECONDS", "PAYOUT_PARALLEL", "PAYOUT_PUBLIC_URL",
        "PAYOUT_RATE_PER_SECOND", "PAYOUT_RECONCILE_MINUTES", "PAYOUT_REMINDER_DAYS", "PAYOUT_RETRY_SECONDS",
        "PAYOUT_RISK_POLICY_FILE", "PAYOUT_STRIPE_TIMEOUT_SECONDS", "PAYOUT_UNCLAIMED_DAYS", "STRIPE_API_BASE", "STRIPE_API_KEY",
        "STRIPE_CONNECT_WEBHOOK_SECRETS", "STRIPE_RESTRICTED_KEY", "STRIPE_SWEEP_ACCOUNTS", "STRIPE_SWEEP_SECONDS",
        "STRIPE_WEBHOOK_SECRETS", "TAX_PAYER_NAME", "TAX_PAYER_TIN", "TAX_POLICY", "TAX_THRESHOLDS", "WEBHOOK_RATE_PER_SECOND",
    ];

    private static readonly string[] s_values =
    [
        "", " ", "0", "1", "-1", "2", "5", "60", "100", "1000", "2147483647", "2147483648", "1e9", "1.5", "0x10", "1,000",
        "300,600", "300,", ",", "a,b", "yes", "no", "true", "default", "none", "06:00", "24:00", "6", "6:00", "test", "live",
        "usd", "US", "us", "http://127.0.0.1:8080", "https://example.org", "http://", "://", "ftp://x", "http://[::1",
        "http://example.org:99999", "127.0.0.1:9092", ":", "a@b.example", "a@", "whsec_a", "whsec_b", "whsec_a,whsec_b", "whsec_",
        "sk_test_1", "sk_live_1", "rk_test_1", "sk_test_", "ssl", "sasl_ssl", "plaintext", "/nowhere/file", "/dev/null", ".",
        "\0", "\u202e", "\ud800", "usd:60000", "usd=60000", "2026:60000,2027:200000", "0123456789abcdef0123456789abcdef",
        new('x', 10_000),
    ];

    private static readonly string s_policy = JsonSerializer.Serialize(
        RiskPolicy.Default, new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public string Name => "settings";

    public string Try(SeededRandom chance, out byte[] input)
    {
        if (chance.Chance(20)) return Policy(chance, out input);
        var settings = new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = chance.Chance(90)
            ? "test" : chance.Pick(s_values), ["STRIPE_API_KEY"] = "sk_test_1" };
        for (var more = chance.Next(0, 12); more > 0; more--)
            settings[chance.Pick(s_names) + (chance.Chance(5) ? "_FILE" : "")] = chance.Chance(85)
                ? chance.Pick(s_values) : MutateBytes.Of(chance.Pick(s_values), chance);
        var (reader, read) = chance.Pick(s_readers);
        input = Encoding.UTF8.GetBytes(reader + "\n" + string.Join('\n', settings.Select(s => $"{s.Key}={s.Value}")));
        try
        {
            read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
            return "accepted";
        }
        catch (SettingException e)
        {
            Invariant.Holds(e.Setting.Length > 0 && e.Message.StartsWith(e.Setting, StringComparison.Ordinal),
                "the sentence does not name the setting");
            return "rejected: " + e.Setting;
        }
    }

    private static string Policy(SeededRandom chance, out byte[] input)
    {
        input = MutateJson.Of(s_policy, chance);
        try
        {
            return RiskPolicy.Read(input).Fault() is null ? "accepted" : "rejected: risk policy, fault";
        }
        catch (JsonException)
        {
            return "rejected: risk policy, no policy";
        }
    }
}
