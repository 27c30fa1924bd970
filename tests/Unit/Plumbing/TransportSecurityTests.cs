using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>What live refuses because it would travel in plaintext.</summary>
public sealed class TransportSecurityTests
{
    private const string Database = "SCORING_DATABASE";

    private static readonly OutgoingConnection[] s_all =
    [
        OutgoingConnection.Broker, OutgoingConnection.BrokerTokens, new OutgoingConnection.Postgres(Database),
        .. OutgoingConnection.Telemetry, new OutgoingConnection.Http("NOTICE_WEBHOOK_URL"),
        new OutgoingConnection.Smtp("NOTICE_SMTP_HOST", "NOTICE_SMTP_TLS"),
    ];

    [Theory]
    [InlineData("KAFKA_SECURITY_PROTOCOL", null, "KAFKA_BOOTSTRAP_SERVERS", "k:1", false)]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "plaintext", "KAFKA_BOOTSTRAP_SERVERS", "k:1", false)]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext", "KAFKA_BOOTSTRAP_SERVERS", "k:1", false)]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "ssl", "KAFKA_BOOTSTRAP_SERVERS", "k:1", true)]
    [InlineData("KAFKA_SECURITY_PROTOCOL", "SASL_SSL", "KAFKA_BOOTSTRAP_SERVERS", "k:1", true)]
    [InlineData("KAFKA_SECURITY_PROTOCOL", null, null, null, true)]
    [InlineData("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", "http://id.example.org/token", null, null, false)]
    [InlineData("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", "https://id.example.org/token", null, null, true)]
    [InlineData(Database, "Host=db;Password=x", null, null, false)]
    [InlineData(Database, "Host=db;SSL Mode=Disable", null, null, false)]
    [InlineData(Database, "Host=db;SSL Mode=Require", null, null, false)]
    [InlineData(Database, "Host=db;SSL Mode=VerifyCA", null, null, false)]
    [InlineData(Database, "Host=127.0.0.1", null, null, false)]
    [InlineData(Database, "Host=/run/postgresql,db", null, null, false)]
    [InlineData(Database, "Database=x", null, null, false)]
    [InlineData(Database, "no connection string", null, null, false)]
    [InlineData(Database, "Host=db;SSL Mode=Sometimes", null, null, false)]
    [InlineData(Database, "Host=db;SSL Mode=VerifyFull", null, null, true)]
    [InlineData(Database, "Host=a,b;sslmode=verifyfull;Root Certificate=/ca.pem", null, null, true)]
    [InlineData(Database, "Host=/run/postgresql", null, null, true)]
    [InlineData(Database, "Host=@abstract", null, null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317", null, null, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317", null, null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317", null, null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318", null, null, false)]
    [InlineData("NOTICE_WEBHOOK_URL", "http://hooks.example.org/x", null, null, false)]
    [InlineData("NOTICE_WEBHOOK_URL", "http://localhost.example.org/x", null, null, false)]
    [InlineData("NOTICE_WEBHOOK_URL", "ftp://127.0.0.1/x", null, null, false)]
    [InlineData("NOTICE_WEBHOOK_URL", "hooks.example.org", null, null, false)]
    [InlineData("NOTICE_WEBHOOK_URL", "HTTPS://hooks.example.org/x", null, null, true)]
    [InlineData("NOTICE_SMTP_TLS", "False", "NOTICE_SMTP_HOST", "mail", false)]
    [InlineData("NOTICE_SMTP_TLS", "true", "NOTICE_SMTP_HOST", "mail", true)]
    [InlineData("NOTICE_SMTP_TLS", null, "NOTICE_SMTP_HOST", "mail", true)]
    [InlineData("NOTICE_SMTP_TLS", "false", null, null, true)]
    public void Live_takes_what_is_encrypted_and_checked_and_test_takes_all(
        string setting, string? value, string? beside, string? besideValue, bool taken)
    {
        var settings = Settings("live", (setting, value), (beside ?? "NONE", besideValue));

        var refused = TransportSecurity.Refusals(settings, s_all);

        if (taken) Assert.Empty(refused);
        else Assert.Equal(setting, Assert.Single(refused).Setting);
        Assert.Empty(TransportSecurity.Refusals(Settings("test", (setting, value), (beside ?? "NONE", besideValue)), s_all));
    }

    [Fact]
    public void All_that_is_refused_is_told_at_once_with_what_was_expected_what_came_and_what_to_do_and_without_secrets()
    {
        var settings = Settings(
            "live", ("KAFKA_BOOTSTRAP_SERVERS", "k:9092"), ("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext"),
            ("KAFKA_SASL_PASSWORD", "Qx7secret"), (Database, "Host=db;Password=Qx7secret;SSL Mode=Require"),
            ("NOTICE_WEBHOOK_URL", "http://user:Qx7secret@hooks.example.org/Qx7secret"), ("NOTICE_SMTP_HOST", "mail"),
            ("NOTICE_SMTP_TLS", "false"), ("NOTICE_SMTP_PASSWORD", "Qx7secret"));

        var wrong = Assert.Throws<SettingException>(() => TransportSecurity.Require(settings, s_all));

        Assert.Equal("KAFKA_SECURITY_PROTOCOL", wrong.Setting);
        var lines = wrong.Message.Split('\n');
        Assert.Equal(
            ["KAFKA_SECURITY_PROTOCOL", Database, "NOTICE_WEBHOOK_URL", "NOTICE_SMTP_TLS"], lines.Select(l => l.Split(' ')[0]));
        Assert.Equal("SCORING_DATABASE must say SSL Mode=VerifyFull because PIPELINE_ENVIRONMENT is live, not Require: "
            + "add it, and Root Certificate=FILE where the server's certificate is not of a public authority;", lines[1]);
        Assert.DoesNotContain("Qx7secret", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_in_a_file_is_looked_at_like_any_other()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "Host=db\n");

        Assert.Equal(
            Database, Assert.Single(TransportSecurity.Refusals(Settings("live", (Database + "_FILE", file)), s_all)).Setting);
        File.Delete(file);
        Assert.Empty(TransportSecurity.Refusals(Settings("live", (Database + "_FILE", file)), s_all));
    }

    private static IConfiguration Settings(
        string environment, params (string Name, string? Value)[] values) => new ConfigurationBuilder().AddInMemoryCollection(
        values.Select(v => KeyValuePair.Create(v.Name, v.Value)).Append(new("PIPELINE_ENVIRONMENT", environment))).Build();
}
