namespace ContestPipeline.Plumbing;

/// <summary>
/// A setting that names what this process connects to, or where it sends others; in live nothing goes there in plaintext.
/// </summary>
public abstract record OutgoingConnection
{
    private OutgoingConnection(string setting) => Setting = setting;

    public string Setting { get; }

    /// <summary>The broker, by every client of the process.</summary>
    public static OutgoingConnection Broker { get; } = new Kafka(KafkaSecurity.Protocol);

    /// <summary>Where OpenID Connect gives out tokens for the broker.</summary>
    public static OutgoingConnection BrokerTokens { get; } = new Http(KafkaSecurity.TokenEndpoint);

    /// <summary>Where traces and metrics go; the standard has an address for each as well.</summary>
    public static IReadOnlyList<OutgoingConnection> Telemetry { get; } =
    [
        new Http(TelemetryExport.Setting), new Http("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        new Http("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"),
    ];

    public sealed record Kafka(string Setting) : OutgoingConnection(Setting);

    /// <summary>An Npgsql connection string.</summary>
    public sealed record Postgres(string Setting) : OutgoingConnection(Setting);

    /// <summary>An address of HTTP.</summary>
    public sealed record Http(string Setting) : OutgoingConnection(Setting);

    /// <summary>A mail server.</summary>
    /// <param name="Setting">Names its host.</param>
    /// <param name="TlsSetting">Is <c>false</c> where mail is to go without TLS.</param>
    public sealed record Smtp(string Setting, string TlsSetting) : OutgoingConnection(Setting);
}
