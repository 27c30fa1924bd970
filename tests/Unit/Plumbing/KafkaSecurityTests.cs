using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Confluent.Kafka;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>How every Kafka client of the product is encrypted and signs in.</summary>
public sealed class KafkaSecurityTests : IDisposable
{
    private const string Protocol = "KAFKA_SECURITY_PROTOCOL";
    private const string Mechanism = "KAFKA_SASL_MECHANISM";
    private const string Name = "KAFKA_SASL_USERNAME";
    private const string Password = "KAFKA_SASL_PASSWORD";
    private const string Oauth = "KAFKA_SASL_OAUTHBEARER_";
    private readonly string folder = Directory.CreateTempSubdirectory("contestpipeline-kafka-security-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// The native client looks at every property when it is made: a mechanism or TLS that was not built in would be refused here.
    /// </summary>
    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("scram-sha-512")]
    public void Every_client_takes_a_name_and_a_password(string mechanism)
    {
        var kafka = Read((Protocol, "SASL_SSL"), (Mechanism, mechanism), (Name, "scoring"), (Password, "secret"));

        AllAreMade(kafka, config =>
        {
            Assert.Equal("sasl_ssl", config.Get("security.protocol"));
            Assert.Equal(mechanism.ToUpperInvariant(), config.Get("sasl.mechanism"));
            Assert.Equal(("scoring", "secret", "https"),
                (config.Get("sasl.username"), config.Get("sasl.password"), config.Get("ssl.endpoint.identification.algorithm")));
        });
    }

    [Fact]
    public void Every_client_takes_tokens_of_an_identity_provider()
    {
        var authority = Pem("ca.pem").Certificate;
        var kafka = Read(
            (Protocol, "sasl_ssl"), (Mechanism, "OAUTHBEARER"), (Oauth + "TOKEN_ENDPOINT_URL", "https://127.0.0.1:1/token"),
            (Oauth + "CLIENT_ID", "scoring"), (Oauth + "CLIENT_SECRET", "secret"), (Oauth + "SCOPE", "kafka"),
            (Oauth + "EXTENSIONS", "logicalCluster=lkc-1"), (Oauth + "CA_LOCATION", authority));

        AllAreMade(kafka, config =>
        {
            Assert.Equal("oidc", config.Get("sasl.oauthbearer.method"));
            Assert.Equal("https://127.0.0.1:1/token", config.Get("sasl.oauthbearer.token.endpoint.url"));
            Assert.Equal(("scoring", "secret", "kafka"),
                (config.Get("sasl.oauthbearer.client.id"), config.Get("sasl.oauthbearer.client.secret"),
                    config.Get("sasl.oauthbearer.scope")));
            Assert.Equal(("logicalCluster=lkc-1", authority),
                (config.Get("sasl.oauthbearer.extensions"), config.Get("https.ca.location")));
        });
    }

    [Fact]
    public void Every_client_takes_a_certificate_of_its_own()
    {
        var (certificate, key) = Pem("client.pem", "opensesame");
        var kafka = Read(
            (Protocol, "ssl"), ("KAFKA_SSL_CA_LOCATION", certificate), ("KAFKA_SSL_CERTIFICATE_LOCATION", certificate),
            ("KAFKA_SSL_KEY_LOCATION", key), ("KAFKA_SSL_KEY_PASSWORD_FILE", Written("password", "opensesame\n")));

        AllAreMade(kafka,
            config => Assert.Equal((certificate, key, certificate),
                (config.Get("ssl.certificate.location"), config.Get("ssl.key.location"), config.Get("ssl.ca.location"))));
    }

    [Fact]
    public void A_key_that_the_password_does_not_open_is_one_sentence()
    {
        var (certificate, key) = Pem("client.pem", "opensesame");
        var kafka = Read((Protocol, "ssl"), ("KAFKA_SSL_CERTIFICATE_LOCATION", certificate), ("KAFKA_SSL_KEY_LOCATION", key),
            ("KAFKA_SSL_KEY_PASSWORD", "Qx7secret"));

        var wrong = Assert.Throws<SettingException>(() => BrokerCheck.Require(kafka));

        Assert.Equal(Protocol, wrong.Setting);
        Assert.Contains("ssl.key.location", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Qx7secret", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Protocol, Protocol, "tls")]
    [InlineData(Mechanism, Protocol, "sasl_ssl")]
    [InlineData(Mechanism, Protocol, "sasl_ssl", Mechanism, "GSSAPI")]
    [InlineData(Mechanism, Protocol, "ssl", Mechanism, "SCRAM-SHA-512")]
    [InlineData(Mechanism, Mechanism, "SCRAM-SHA-512")]
    [InlineData(Name, Protocol, "sasl_ssl", Mechanism, "SCRAM-SHA-512", Password, "x")]
    [InlineData(Password, Protocol, "sasl_ssl", Mechanism, "SCRAM-SHA-512", Name, "x")]
    [InlineData(Oauth + "TOKEN_ENDPOINT_URL", Protocol, "sasl_ssl", Mechanism, "OAUTHBEARER")]
    [InlineData(Oauth + "CLIENT_ID", Protocol, "sasl_ssl", Mechanism, "OAUTHBEARER", Oauth + "TOKEN_ENDPOINT_URL", "https://x")]
    [InlineData(Oauth + "CLIENT_SECRET", Protocol, "sasl_ssl", Mechanism, "OAUTHBEARER", Oauth + "TOKEN_ENDPOINT_URL",
        "https://x", Oauth + "CLIENT_ID", "x")]
    [InlineData("KAFKA_SSL_CA_LOCATION", Protocol, "ssl", "KAFKA_SSL_CA_LOCATION", "/nowhere/ca.pem")]
    [InlineData("KAFKA_SSL_KEY_LOCATION", Protocol, "ssl", "KAFKA_SSL_CERTIFICATE_LOCATION", "/dev/null")]
    [InlineData("KAFKA_SSL_CERTIFICATE_LOCATION", Protocol, "ssl", "KAFKA_SSL_KEY_LOCATION", "/dev/null")]
    public void What_is_missing_or_unknown_is_named(string setting, params string[] given) =>
        Assert.Equal(
            setting, Assert.Throws<SettingException>(() => Read([.. given.Chunk(2).Select(pair => (pair[0], pair[1]))])).Setting);

    [Fact]
    public void Without_a_word_nothing_is_encrypted_and_nobody_signs_in() =>
        AllAreMade(Read(), config => Assert.Null(config.SecurityProtocol));

    private static KafkaSettings Read(
        params (string Name, string Value)[] values) => KafkaSettings.From(new ConfigurationBuilder().AddInMemoryCollection(
        values.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value)).Append(new("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")))
        .Build());

    /// <summary>A client of every kind, none of which needs a broker to be made.</summary>
    private static void AllAreMade(KafkaSettings kafka, Action<ClientConfig> check)
    {
        Assert.All((ClientConfig[])[kafka.Client(), kafka.Producer(), kafka.PatientProducer(), kafka.Transactional("id"),
            kafka.Consumer("group")], check);
        using var admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
        using var producer = new MessageProducer(kafka, "tests", TimeProvider.System);
        using var transactional = new SliceSender(kafka.Transactional("id"));
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer("group")).SetLogHandler((_, _) => { }).Build();
    }

    private string Written(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private (string Certificate, string Key) Pem(string name, string? password = null)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var how = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048);
        return (Written(name, certificate.ExportCertificatePem()),
            Written(name + ".key",
                password is null ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(password, how)));
    }
}
