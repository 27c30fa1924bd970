namespace ContestPipeline.Contracts;

/// <summary>Settings that all processes share: the environment, Kafka, PostgreSQL, telemetry.</summary>
internal static class CommonSettings
{
    private const string Each = "workers, contestctl, Console";
    private const string Workers = "workers";

    private static readonly Setting[] s_kafka =
    [
        new("KAFKA_BOOTSTRAP_SERVERS", Each, null, "host:port,…", "The brokers. Needed."),
        new("KAFKA_SECURITY_PROTOCOL", Each, "plaintext", "word",
            "`plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`; live needs `ssl` or `sasl_ssl`.")
            { Form = SettingForm.WordOfAnyCase("plaintext", "ssl", "sasl_plaintext", "sasl_ssl") },
        new("KAFKA_SSL_CA_LOCATION", Each, "the machine's", "file (PEM)", "Authorities that may sign the broker's certificate."),
        new("KAFKA_SSL_CERTIFICATE_LOCATION", Each, null, "file (PEM)", "The client's certificate, for mTLS; needs its key."),
        new("KAFKA_SSL_KEY_LOCATION", Each, null, "file (PEM)", "The key of the client's certificate."),
        new("KAFKA_SSL_KEY_PASSWORD", Each, null, "secret", "The password of that key."),
        new("KAFKA_SASL_MECHANISM", Each, null, "word",
            "`SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER` or `PLAIN`. Needed with `sasl_…`.")
            { Form = SettingForm.WordOfAnyCase("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER") },
        new("KAFKA_SASL_USERNAME", Each, null, "name", "As whom to sign in with SCRAM or PLAIN."),
        new("KAFKA_SASL_PASSWORD", Each, null, "secret", "The password of that name."),
        new("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", Each, null, "URL",
            "Where tokens are got. Needed with OAUTHBEARER.")
            { Form = SettingForm.Address },
        new("KAFKA_SASL_OAUTHBEARER_CLIENT_ID", Each, null, "name", "Asks for tokens. Needed with OAUTHBEARER."),
        new("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET", Each, null, "secret",
            "Its secret. Needed with OAUTHBEARER."),
        new("KAFKA_SASL_OAUTHBEARER_SCOPE", Each, null, "text", "The scope asked for."),
        new("KAFKA_SASL_OAUTHBEARER_EXTENSIONS", Each, null, "name=value,…", "Extensions that the broker wants."),
        new("KAFKA_SASL_OAUTHBEARER_CA_LOCATION", Each, "the machine's", "file (PEM)",
            "Authorities of the token endpoint's certificate."),
        new("KAFKA_GROUP_INSTANCE_ID", Workers, null, "name",
            "Static group membership: a name of its own for every process of a worker, which has its partitions back at once when "
                + "it is started again."),
        new("TOPIC_PREFIX", Each, "none", "text",
            "Before every topic's name. In live empty or beginning with `live`; in test anything else."),
    ];

    private static readonly Setting[] s_telemetry =
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", Workers, null, "URL",
            "The collector; not set: nothing is collected. Other OTEL_ settings of the standard hold, too.")
            { Form = SettingForm.Address },
        new("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Workers, null, "URL", "The same for traces alone.")
            { Form = SettingForm.Address },
        new("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Workers, null, "URL", "The same for metrics alone.")
            { Form = SettingForm.Address },
        new("OTEL_SERVICE_NAME", Workers, "the worker's name", "name", "What traces and metrics are told under."),
        Setting.Whole("OTEL_METRIC_EXPORT_INTERVAL", Workers, 60_000, "ms",
            "Between two exports of metrics, and two readings of those in the database.", min: 100),
        new("HEALTH_URL", Workers, null, "port or URL", "Where `/healthz` and `/readyz` answer; not set: nowhere.")
            { Form = SettingForm.Listen },
    ];

    private static readonly Setting[] s_tools =
    [
        new("ADMIN_DATABASE", "contestctl, Console", null, "connection string",
            "As the owner of all schemas; no worker has it. Needed by most commands, and by a console that carries out replays."),
        new("PG_BIN", "demo, tests", "the newest installed", "folder",
            "PostgreSQL's programs (`initdb`, `postgres`), version 15 or newer."),
        new("KAFKA_HOME", "demo, tests", "../shared/kafka", "folder", "A Kafka distribution, for runs on a real broker."),
        new("SIMULATOR_URL", "StripeSimulator", null, "URL", "Where it listens; port 0: any free one. Needed."),
        new("SIMULATOR_DATA", "StripeSimulator", null, "folder", "Where it keeps its journal. Needed."),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("PIPELINE_ENVIRONMENT", "all", null, "word",
            "`test` or `live`; stamped into the database at the first start. Needed.")
            { Form = SettingForm.Word("test", "live") },
        .. s_kafka, .. s_telemetry, .. s_tools,
    ];
}
