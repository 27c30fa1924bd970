namespace ContestPipeline.Contracts;

/// <summary>Settings that all processes share: the environment, Kafka, PostgreSQL, telemetry.</summary>
internal static class CommonSettings
{
    private const string Each = "workers, contestctl, Console";
    private const string Workers = "workers";

    private static readonly Setting[] s_kafka =
    [
        new("KAFKA_BOOTSTRAP_SERVERS", Each, null, "host:port,…", "Brokers. Needed."),
        new("KAFKA_SECURITY_PROTOCOL", Each, "plaintext", "word",
            "`plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`; live needs `ssl` or `sasl_ssl`.")
            { Form = SettingForm.WordOfAnyCase("plaintext", "ssl", "sasl_plaintext", "sasl_ssl") },
        new("KAFKA_SSL_CA_LOCATION", Each, "the machine's", "file (PEM)", "Authorities of the broker's certificate."),
        new("KAFKA_SSL_CERTIFICATE_LOCATION", Each, null, "file (PEM)", "Client's certificate (mTLS); needs its key."),
        new("KAFKA_SSL_KEY_LOCATION", Each, null, "file (PEM)", "Key of that certificate."),
        new("KAFKA_SSL_KEY_PASSWORD", Each, null, "secret", "Password of that key."),
        new("KAFKA_SASL_MECHANISM", Each, null, "word",
            "`SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER` or `PLAIN`. Needed with `sasl_…`.")
            { Form = SettingForm.WordOfAnyCase("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER") },
        new("KAFKA_SASL_USERNAME", Each, null, "name", "For SCRAM or PLAIN."),
        new("KAFKA_SASL_PASSWORD", Each, null, "secret", "Its password."),
        new("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", Each, null, "URL",
            "Needed with OAUTHBEARER.")
            { Form = SettingForm.Address },
        new("KAFKA_SASL_OAUTHBEARER_CLIENT_ID", Each, null, "name", "Needed with OAUTHBEARER."),
        new("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET", Each, null, "secret",
            "Needed with OAUTHBEARER."),
        new("KAFKA_SASL_OAUTHBEARER_SCOPE", Each, null, "text", "Scope to ask for."),
        new("KAFKA_SASL_OAUTHBEARER_EXTENSIONS", Each, null, "name=value,…", "SASL extensions."),
        new("KAFKA_SASL_OAUTHBEARER_CA_LOCATION", Each, "the machine's", "file (PEM)",
            "Of the token endpoint."),
        new("KAFKA_GROUP_INSTANCE_ID", Workers, null, "name",
            "Static group membership, another for each process: restarted, it has its partitions back at once."),
        new("TOPIC_PREFIX", Each, "none", "text",
            "Before every topic's name; live: empty or `live…`, test: anything else."),
    ];

    private static readonly Setting[] s_telemetry =
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", Workers, null, "URL",
            "Collector; unset: none. The standard's other OTEL_ settings hold.")
            { Form = SettingForm.Address },
        new("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Workers, null, "URL", "For traces alone.")
            { Form = SettingForm.Address },
        new("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Workers, null, "URL", "For metrics alone.")
            { Form = SettingForm.Address },
        new("OTEL_SERVICE_NAME", Workers, "the worker's name", "name", "Service name."),
        Setting.Whole("OTEL_METRIC_EXPORT_INTERVAL", Workers, 60_000, "ms",
            "Between exports of metrics.", min: 100),
        new("HEALTH_URL", Workers, null, "port or URL", "Serves `/healthz`, `/readyz`; unset: nowhere.")
            { Form = SettingForm.Listen },
    ];

    private static readonly Setting[] s_tools =
    [
        new("ADMIN_DATABASE", "contestctl, Console", null, "connection string",
            "As owner of all schemas. Needed by most commands, and for replays at the console."),
        new("PG_BIN", "demo, tests", "the newest installed", "folder",
            "PostgreSQL's programs, 15 or newer."),
        new("KAFKA_HOME", "demo, tests", "../shared/kafka", "folder", "Kafka distribution, for real brokers."),
        new("SIMULATOR_URL", "StripeSimulator", null, "URL", "Where it listens; port 0: any. Needed."),
        new("SIMULATOR_DATA", "StripeSimulator", null, "folder", "Its journal. Needed."),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("PIPELINE_ENVIRONMENT", "all", null, "word",
            "`test` or `live`, stamped into the database. Needed.")
            { Form = SettingForm.Word("test", "live") },
        .. s_kafka, .. s_telemetry, .. s_tools,
    ];
}
