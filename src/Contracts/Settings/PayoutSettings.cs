namespace ContestPipeline.Contracts;

/// <summary>Settings of Payout: Stripe, payouts, the platform's balance, its API, onboarding, notices, tax.</summary>
internal static class PayoutSettings
{
    private const string Payout = "Payout";
    private const string Both = "Payout, contestctl";

    private static readonly Setting[] s_stripe =
    [
        new("STRIPE_API_KEY", Both, null, "secret", "Moves money: `sk_` or `rk_` of the environment. Needed."),
        new("STRIPE_RESTRICTED_KEY", Both, "STRIPE_API_KEY", "secret",
            "Only looks: `rk_` of the environment."),
        new("STRIPE_API_BASE", Both, "Stripe's own", "URL",
            "Another address of Stripe's API; test only.")
            { Form = SettingForm.Address },
        new("STRIPE_APPROVAL_REFERENCE", "contestctl", null, "text",
            "Stripe's written approval; `doctor` warns in live while it is not set."),
        Setting.Whole("STRIPE_SWEEP_SECONDS", Payout, 600, "s",
            "Between two comparisons of Stripe's events with those that arrived.", 1, 86_400),
        Setting.Whole(
            "STRIPE_SWEEP_ACCOUNTS", Payout, 200, "accounts", "Connected accounts looked at in each of them.", 0, 100_000),
    ];

    private static readonly Setting[] s_payouts =
    [
        new("PAYOUT_RISK_POLICY_FILE", Both, "`default` in test", "file (JSON) or word",
            "Limits and approvals: a file, `default` or `none`. Needed in live. No `_FILE` form."),
        Setting.Whole("PAYOUT_RATE_PER_SECOND", Payout, 20, "requests/s",
            "At each endpoint of Stripe, of all processes.", 1, 1000),
        Setting.Whole("PAYOUT_PARALLEL", Payout, 8, "requests", "At the same time, of one process.", 1, 64),
        Setting.Whole("PAYOUT_LEASE_SECONDS", Payout, 60, "s",
            "How long a payout belongs to one process; at least twice PAYOUT_STRIPE_TIMEOUT_SECONDS.", 2, 3600),
        Setting.Whole("PAYOUT_STRIPE_TIMEOUT_SECONDS", Payout, 20, "s", "How long an answer of Stripe's is waited for.", 1, 600),
        Setting.Whole(
            "PAYOUT_OUTAGE_PAUSE_SECONDS", Payout, 15, "s", "How long nothing is sent once Stripe is down.", 1, 3600),
        new("PAYOUT_RETRY_SECONDS", Payout, "300,600,1200", "s, by commas",
            "Pauses after a refusal that may change; the last one stays.")
            { Form = SettingForm.Wholes(0, 86_400, "300,600,1200") },
        Setting.Whole(
            "PAYOUT_RECONCILE_MINUTES", Payout, 360, "min", "Between two comparisons of the ledger with Stripe.", 1, 7 * 24 * 60),
        new("PAYOUT_ANCHOR_FILE", Payout, null, "file", "Where the ends of the hash chains are appended; not set: nowhere."),
        new("PAYOUT_ANCHOR_KEY", Payout, null, "key (PEM, P-256)", "Signs them. Needed with PAYOUT_ANCHOR_FILE."),
        Setting.Whole("PAYOUT_ANCHOR_MINUTES", Payout, 60, "min", "Between two of them.", 1, 1440),
        Setting.Whole(
            "PAYOUT_BALANCE_READ_SECONDS", Payout, 60, "s", "How long a reading of the balance holds.", 1, 3600),
        new("PAYOUT_BALANCE_CHECK_UTC", Payout, "06:00", "hh:mm UTC", "When the balance is written down every day.")
            { Form = SettingForm.TimeOfDay },
        Setting.Whole("PAYOUT_BALANCE_CRITICAL_MINOR", Payout, 1_000_00, "minor units", "Less is critical."),
        Setting.Whole("PAYOUT_BALANCE_WARNING_MINOR", Payout, 5_000_00, "minor units", "Less is a warning."),
        Setting.Whole("PAYOUT_BALANCE_HEALTHY_MINOR", Payout, 10_000_00, "minor units", "As much is healthy."),
        Setting.Whole(
            "PAYOUT_BALANCE_RESERVE_PERCENT", Payout, 120, "percent", "Of what is owed that the balance should have.", 100, 1000),
        Setting.Whole("PAYOUT_REFUND_WARNING_MINOR", Payout, 100_00, "minor units",
            "An operator's larger refund is `refund-large`, a smaller one a notice."),
        Setting.Whole("PAYOUT_DEPOSIT_FEE_BPS", Payout, 0, "bps",
            "Of all of a deposit of more than PAYOUT_DEPOSIT_FEE_ABOVE_MINOR.", 0, 1_000),
        Setting.Whole("PAYOUT_DEPOSIT_FEE_ABOVE_MINOR", Payout, 100_00, "minor units", "Deposits up to this are free.", 0),
        Setting.Whole("PAYOUT_BURST_MINUTES", Payout, 10, "min",
            "How far back `money-burst` counts.", 1, 1440),
        Setting.Whole("PAYOUT_BURST_FAILURES", Payout, 5, "payouts", "So many that failed are a burst.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BURST_REFUNDS", Payout, 10, "refunds",
            "So many that people made are a burst.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BURST_DISPUTES", Payout, 3, "disputes", "So many are a burst.", 1, 1_000_000),
        Setting.Whole("PAYOUT_BALANCE_TREND_MINOR", Payout, 1_000_00, "minor units/day", "A faster fall is a warning."),
    ];

    private static readonly Setting[] s_api =
    [
        new("PAYOUT_DATABASE", Both, null, "connection string", "As the role payout. Needed."),
        new("PAYOUT_HTTP_URL", Payout, null, "port or URL", "Where the API listens; not set: nowhere. TLS ends before it.")
            { Form = SettingForm.Listen },
        Setting.Whole("PAYOUT_HTTP_RATE_PER_MINUTE", Payout, 300, "requests/min", "Of one caller.", 1, 1_000_000),
        new("PAYOUT_JWT_KEY", Both, null, "secret, 32 bytes", "Signs callers' tokens (HS256). Needed with PAYOUT_HTTP_URL."),
        new("PAYOUT_JWT_OTHER_KEYS", Both, "none", "secrets, by lines", "Keys that only check, while one is replaced."),
        new("PAYOUT_JWT_ISSUER", Both, "contest-pipeline", "text", "What a token must say in `iss`."),
        new("PAYOUT_JWT_AUDIENCE", Both, "payout-api", "text", "What a token must say in `aud`."),
        Setting.WholeOr("PAYOUT_JWT_HOURS_MAX", Both, "24 in live, 8784 in test", "h", "The longest life of a token.", 1, 8784),
        new("PAYOUT_API_AUTHORITY", Both, "none", "URL",
            "An OpenID Connect authority; https in live.")
            { Form = SettingForm.Address },
        new("PAYOUT_API_AUDIENCE", Both, "PAYOUT_JWT_AUDIENCE", "text", "What a token of that authority must say in `aud`."),
        new("PAYOUT_API_URL", "contestctl, Console", null, "URL",
            "Where Payout's API answers. Needed by what asks Payout.")
            { Form = SettingForm.Address },
        new("PAYOUT_API_TOKEN", "contestctl", null, "secret",
            "A bearer token with the operator's name and role. Needed by what asks Payout."),
    ];

    private static readonly Setting[] s_files =
    [
        new("PROOF_FILES_STORE", Payout, null, "folder or s3://bucket/prefix",
            "Where files of proofs are kept; not set: none are taken."),
        new(ProofReceipt.KeySetting, "Payout, Scoring", null, "secret, 32 bytes",
            "Signs the receipts that Scoring asks for. Needed with PROOF_FILES_STORE."),
        new(ProofReceipt.OtherKeysSetting, "Scoring", "none", "secrets, by lines",
            "Keys that only check, while one is replaced."),
        Setting.Whole("PROOF_FILES_PLAYER_MB", Payout, 500, "MB", "Of one player for one challenge.", 1, 100_000),
        new("PROOF_FILES_S3_URL", Payout, null, "URL", "Of the store; not set: Amazon's own.")
            { Form = SettingForm.Address },
        new("PROOF_FILES_S3_REGION", Payout, "us-east-1", "region", "Of the bucket."),
        new("PROOF_FILES_S3_ACCESS_KEY", Payout, null, "text", "Of the bucket. Needed with s3://."),
        new("PROOF_FILES_S3_SECRET_KEY", Payout, null, "secret", "Of the bucket. Needed with s3://."),
    ];

    private static readonly Setting[] s_people =
    [
        new("PAYOUT_PUBLIC_URL", Payout, null, "URL", "Where players reach Payout; not set: notices carry no link.")
            { Form = SettingForm.Address },
        new("PAYOUT_LINK_KEY", Payout, null, "secret, 32 bytes", "Signs onboarding links. Needed with PAYOUT_PUBLIC_URL."),
        new("PAYOUT_LINK_OTHER_KEYS", Payout, "none", "secrets, by lines", "Keys that only check, while one is replaced."),
        Setting.Whole("PAYOUT_LINK_DAYS", Payout, 14, "days", "How long a link works.", 1, 365),
        new("PAYOUT_ACCOUNT_COUNTRY", Payout, "US", "ISO 3166", "Of the accounts made for winners.")
            { Form = SettingForm.Country },
        new("PAYOUT_REMINDER_DAYS", Payout, "1,3,7", "days, by commas", "When a player without account is reminded.")
            { Form = SettingForm.Wholes(1, 3650, "1,3,7", rising: true) },
        Setting.Whole("PAYOUT_UNCLAIMED_DAYS", Payout, 30, "days", "Until the alert `prize-unclaimed`.", 1, 3650),
        new("NOTICE_WEBHOOK_URL", Payout, null, "URL", "Where notices and alerts are posted; not set: nowhere.")
            { Form = SettingForm.Address },
        new("NOTICE_WEBHOOK_SECRET", Payout, null, "secret", "Signs what is posted. Needed with NOTICE_WEBHOOK_URL."),
        new("NOTICE_SMTP_HOST", Payout, null, "host", "The mail server; not set: no mail."),
        Setting.Whole("NOTICE_SMTP_PORT", Payout, 587, "port", "Of the mail server.", 1, 65_535),
        new("NOTICE_SMTP_TLS", Payout, "true", "true, implicit or false",
            "STARTTLS, on port 465 TLS at once; `implicit`: at once; `false`: not in live.")
            { Form = SettingForm.WordOfAnyCase("true", "implicit", "false") },
        new("NOTICE_SMTP_CA", Payout, "none", "PEM", "Further authorities of its certificate."),
        new("NOTICE_SMTP_USER", Payout, null, "name", "As whom to sign in."),
        new("NOTICE_SMTP_PASSWORD", Payout, null, "secret", "The password of that name."),
        new("NOTICE_SMTP_FROM", Payout, null, "address", "The sender. Needed with NOTICE_SMTP_HOST."),
        new("NOTICE_SMTP_TO", Payout, null, "address", "The operators. Needed with NOTICE_SMTP_HOST."),
        new("NOTICE_SMTP_PLAYER_ADDRESS", Payout, null, "address",
            "A player's, from the id (`{player}@players.example`); not set: players get no mail."),
        Setting.Whole("NOTICE_ESCALATE_MINUTES", Payout, 30, "min",
            "Until an unacknowledged critical alert is told again.", 1, 10_080),
        new("TAX_POLICY", Payout, "net-of-fees", "word", "What counts as winnings: `net-of-fees` or `gross`.")
            { Form = SettingForm.Word("net-of-fees", "gross") },
        new("TAX_THRESHOLDS", Payout, "none", "year=minor units,…", "Thresholds of the 1099 from 2027 on (`2027=210000`)."),
        new("TAX_PAYER_NAME", Payout, "none", "text", "The payer's name on the 1099."),
        new("TAX_PAYER_TIN", Payout, "none", "text", "The payer's tax number on the 1099."),
    ];

    public static IReadOnlyList<Setting> All { get; } = [.. s_api, .. s_stripe, .. s_payouts, .. s_people, .. s_files];
}
