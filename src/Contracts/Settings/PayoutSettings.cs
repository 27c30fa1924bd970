namespace ContestPipeline.Contracts;

/// <summary>Settings of Payout: Stripe, payouts, the platform's balance, its API, onboarding, notices, tax.</summary>
internal static class PayoutSettings
{
    private const string Payout = "Payout";
    private const string Both = "Payout, contestctl";

    private static readonly Setting[] s_stripe =
    [
        new("STRIPE_API_KEY", Both, null, "secret", "Moves money: `sk_` or `rk_`. Needed."),
        new("STRIPE_RESTRICTED_KEY", Both, "STRIPE_API_KEY", "secret",
            "Reads: `rk_`."),
        new("STRIPE_API_BASE", Both, "Stripe's own", "URL",
            "Another address, test only.")
            { Form = SettingForm.Address },
        new("STRIPE_APPROVAL_REFERENCE", "contestctl", null, "text",
            "Stripe's written approval; `doctor` warns in live without."),
        Setting.Whole("STRIPE_SWEEP_SECONDS", Payout, 600, "s",
            "Between searches for missing events.", 1, 86_400),
        Setting.Whole(
            "STRIPE_SWEEP_ACCOUNTS", Payout, 200, "accounts", "Connected accounts per search.", 0, 100_000),
    ];

    private static readonly Setting[] s_payouts =
    [
        new("PAYOUT_RISK_POLICY_FILE", Both, "`default` in test", "file (JSON) or word",
            "[Limits](decisions/0013-limits-and-holds.md): a file, `default`, `none`. Needed in live. No `_FILE` form."),
        Setting.Whole("PAYOUT_RATE_PER_SECOND", Payout, 20, "requests/s",
            "Per Stripe endpoint, all processes together.", 1, 1000),
        Setting.Whole("PAYOUT_PARALLEL", Payout, 8, "requests", "At once, per process.", 1, 64),
        Setting.Whole("PAYOUT_LEASE_SECONDS", Payout, 60, "s",
            "A process owns a payout; at least twice PAYOUT_STRIPE_TIMEOUT_SECONDS.", 2, 3600),
        Setting.Whole("PAYOUT_STRIPE_TIMEOUT_SECONDS", Payout, 20, "s", "Wait for Stripe's answer.", 1, 600),
        Setting.Whole(
            "PAYOUT_OUTAGE_PAUSE_SECONDS", Payout, 15, "s", "Pause once Stripe is down.", 1, 3600),
        new("PAYOUT_RETRY_SECONDS", Payout, "300,600,1200", "s, by commas",
            "Pauses after refusals; the last stays.")
            { Form = SettingForm.Wholes(0, 86_400, "300,600,1200") },
        Setting.Whole(
            "PAYOUT_RECONCILE_MINUTES", Payout, 360, "min", "Between reconciliations.", 1, 7 * 24 * 60),
        new("PAYOUT_ANCHOR_FILE", Payout, null, "file", "Takes the ends of hash chains; unset: none."),
        new("PAYOUT_ANCHOR_KEY", Payout, null, "key (PEM, P-256)", "Signs them. Needed with PAYOUT_ANCHOR_FILE."),
        Setting.Whole("PAYOUT_ANCHOR_MINUTES", Payout, 60, "min", "Between them.", 1, 1440),
        Setting.Whole(
            "PAYOUT_BALANCE_READ_SECONDS", Payout, 60, "s", "How long a balance reading is used.", 1, 3600),
        new("PAYOUT_BALANCE_CHECK_UTC", Payout, "06:00", "hh:mm UTC", "Daily reading of the balance.")
            { Form = SettingForm.TimeOfDay },
        Setting.Whole("PAYOUT_BALANCE_CRITICAL_MINOR", Payout, 1_000_00, "minor units", "Below: critical."),
        Setting.Whole("PAYOUT_BALANCE_WARNING_MINOR", Payout, 5_000_00, "minor units", "Below: warning."),
        Setting.Whole("PAYOUT_BALANCE_HEALTHY_MINOR", Payout, 10_000_00, "minor units", "From here: healthy."),
        Setting.Whole(
            "PAYOUT_BALANCE_RESERVE_PERCENT", Payout, 120, "percent", "Reserve wanted, of what is owed.", 100, 1000),
        Setting.Whole("PAYOUT_REFUND_WARNING_MINOR", Payout, 100_00, "minor units",
            "Above: `refund-large`, else a notice."),
        Setting.Whole("PAYOUT_DEPOSIT_FEE_BPS", Payout, 0, "bps",
            "Fee on deposits above PAYOUT_DEPOSIT_FEE_ABOVE_MINOR.", 0, 1_000),
        Setting.Whole("PAYOUT_DEPOSIT_FEE_ABOVE_MINOR", Payout, 100_00, "minor units", "Deposits up to this are free.", 0),
        Setting.Whole("CHALLENGE_FEE_BPS", Payout, 300, "bps",
            "Platform's fee in players' challenges, on winnings beyond the stake.", 0, 10_000),
        Setting.Whole("CHALLENGE_FORFEITS_BPS", Payout, 2_000, "bps",
            "Platform's part of stakes forfeited in players' challenges.", 0, 10_000),
        Setting.Whole("CHALLENGE_REFEREE_HOURS", Payout, 24, "h",
            "Referee's time after a player's challenge.", 0, 720),
        Setting.Whole("PAYOUT_BURST_MINUTES", Payout, 10, "min",
            "Window of `money-burst`.", 1, 1440),
        Setting.Whole("PAYOUT_BURST_FAILURES", Payout, 5, "payouts", "Failed payouts that raise it.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BURST_REFUNDS", Payout, 10, "refunds",
            "Refunds by people that raise it.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BURST_DISPUTES", Payout, 3, "disputes", "Disputes that raise it.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BALANCE_TREND_MINOR", Payout, 1_000_00, "minor units/day", "A faster fall is a warning."),
    ];

    private static readonly Setting[] s_api =
    [
        new("PAYOUT_DATABASE", Both, null, "connection string", "Role payout. Needed."),
        new("PAYOUT_HTTP_URL", Payout, null, "port or URL", "API, without TLS; unset: none.")
            { Form = SettingForm.Listen },
        Setting.Whole("PAYOUT_HTTP_RATE_PER_MINUTE", Payout, 300, "requests/min", "Per caller.", 1, 1_000_000),
        new("PAYOUT_JWT_KEY", Both, null, "secret, 32 bytes", "Signs tokens (HS256). Needed with PAYOUT_HTTP_URL."),
        new("PAYOUT_JWT_OTHER_KEYS", Both, "none", "secrets, by lines", "Only check, while a key is replaced."),
        new("PAYOUT_JWT_ISSUER", Both, "contest-pipeline", "text", "`iss` of tokens."),
        new("PAYOUT_JWT_AUDIENCE", Both, "payout-api", "text", "`aud` of tokens."),
        Setting.WholeOr("PAYOUT_JWT_HOURS_MAX", Both, "24 in live, 8784 in test", "h", "Longest life of tokens.", 1, 8784),
        new("PAYOUT_API_AUTHORITY", Both, "none", "URL",
            "OpenID Connect; https in live.")
            { Form = SettingForm.Address },
        new("PAYOUT_API_AUDIENCE", Both, "PAYOUT_JWT_AUDIENCE", "text", "`aud` of its tokens."),
        new("PAYOUT_API_URL", "contestctl, Console", null, "URL",
            "Payout's API. Needed by what asks Payout.")
            { Form = SettingForm.Address },
        new("PAYOUT_API_TOKEN", "contestctl", null, "secret",
            "Bearer token of the operator. Needed by what asks Payout."),
    ];

    private static readonly Setting[] s_files =
    [
        new("PROOF_FILES_STORE", Payout, null, "folder or s3://bucket/prefix",
            "Where files of proofs are kept; unset: none taken."),
        new(ProofReceipt.KeySetting, "Payout, Scoring", null, "secret, 32 bytes",
            "Signs receipts. Needed with PROOF_FILES_STORE."),
        new(ProofReceipt.OtherKeysSetting, "Scoring", "none", "secrets, by lines",
            "Only check, while a key is replaced."),
        Setting.Whole("PROOF_FILES_PLAYER_MB", Payout, 500, "MB", "Per player and challenge.", 1, 100_000),
        new("PROOF_FILES_S3_URL", Payout, null, "URL", "The store; unset: Amazon's.")
            { Form = SettingForm.Address },
        new("PROOF_FILES_S3_REGION", Payout, "us-east-1", "region", "Of the bucket."),
        new("PROOF_FILES_S3_ACCESS_KEY", Payout, null, "text", "Needed with s3://."),
        new("PROOF_FILES_S3_SECRET_KEY", Payout, null, "secret", "Needed with s3://."),
    ];

    private static readonly Setting[] s_people =
    [
        new("PAYOUT_PUBLIC_URL", Payout, null, "URL", "Where players reach Payout; unset: notices without link.")
            { Form = SettingForm.Address },
        new("PAYOUT_LINK_KEY", Payout, null, "secret, 32 bytes", "Signs onboarding links. Needed with PAYOUT_PUBLIC_URL."),
        new("PAYOUT_LINK_OTHER_KEYS", Payout, "none", "secrets, by lines", "Only check, while a key is replaced."),
        Setting.Whole("PAYOUT_LINK_DAYS", Payout, 14, "days", "Life of a link.", 1, 365),
        new("PAYOUT_ACCOUNT_COUNTRY", Payout, "US", "ISO 3166", "Country of winners' accounts.")
            { Form = SettingForm.Country },
        new("PAYOUT_REMINDER_DAYS", Payout, "1,3,7", "days, by commas", "When players without account are reminded.")
            { Form = SettingForm.Wholes(1, 3650, "1,3,7", rising: true) },
        Setting.Whole("PAYOUT_UNCLAIMED_DAYS", Payout, 30, "days", "Until `prize-unclaimed`.", 1, 3650),
        new("NOTICE_WEBHOOK_URL", Payout, null, "URL", "Receives notices and alerts.")
            { Form = SettingForm.Address },
        new("NOTICE_WEBHOOK_SECRET", Payout, null, "secret", "Signs them. Needed with NOTICE_WEBHOOK_URL."),
        new("NOTICE_SMTP_HOST", Payout, null, "host", "Mail server; unset: no mail."),
        Setting.Whole("NOTICE_SMTP_PORT", Payout, 587, "port", "Its port.", 1, 65_535),
        new("NOTICE_SMTP_TLS", Payout, "true", "true, implicit or false",
            "STARTTLS (port 465: TLS at once); `implicit`: at once; `false`: test only.")
            { Form = SettingForm.WordOfAnyCase("true", "implicit", "false") },
        new("NOTICE_SMTP_CA", Payout, "none", "PEM", "Further authorities of its certificate."),
        new("NOTICE_SMTP_USER", Payout, null, "name", "User name."),
        new("NOTICE_SMTP_PASSWORD", Payout, null, "secret", "Its password."),
        new("NOTICE_SMTP_FROM", Payout, null, "address", "Sender. Needed with NOTICE_SMTP_HOST."),
        new("NOTICE_SMTP_TO", Payout, null, "address", "Operators. Needed with NOTICE_SMTP_HOST."),
        new("NOTICE_SMTP_PLAYER_ADDRESS", Payout, null, "address",
            "Of a player id (`{player}@players.example`); unset: no mail to players."),
        Setting.Whole("NOTICE_ESCALATE_MINUTES", Payout, 30, "min",
            "Until an unacknowledged critical alert is repeated.", 1, 10_080),
        new("TAX_POLICY", Payout, "net-of-fees", "word", "Winnings: `net-of-fees` or `gross`.")
            { Form = SettingForm.Word("net-of-fees", "gross") },
        new("TAX_THRESHOLDS", Payout, "none", "year=minor units,…", "Thresholds of 1099s from 2027 on (`2027=210000`)."),
        new("TAX_PAYER_NAME", Payout, "none", "text", "Name on 1099s."),
        new("TAX_PAYER_TIN", Payout, "none", "text", "Tax number on 1099s."),
    ];

    public static IReadOnlyList<Setting> All { get; } = [.. s_api, .. s_stripe, .. s_payouts, .. s_people, .. s_files];
}
