using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>A real broker that speaks TLS: every way to sign in, by every kind of client that the product makes.</summary>
public sealed class EncryptedBrokerTests : IAsyncLifetime
{
    private const string Prefix = "encrypted.";
    private const string Secret = "Qx7secretBroker";
    private readonly string folder = Path.Combine(
        Path.GetTempPath(), $"contestpipeline-encrypted-broker-{Environment.ProcessId}");
    private readonly TlsAuthority authority = new("ours");
    private readonly TlsAuthority clients = new("ours for clients");
    private PrivateKafka? broker;
    private int port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder);
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home) return;
        port = FreePorts.InARow(4);
        var (certificate, key) = authority.Issue("localhost");
        var listeners =
            $"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1},SSL://localhost:{port + 2},SASL_SSL://localhost:{port + 3}";
        const string Login = "org.apache.kafka.common.security.";
        broker = await PrivateKafka.Start(
            home, Path.Combine(folder, "broker"), port,
            [
                $"listeners={listeners}",
                $"advertised.listeners={listeners.Replace($"CONTROLLER://127.0.0.1:{port + 1},", "", StringComparison.Ordinal)}",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL",
                "ssl.keystore.type=PEM", $"ssl.keystore.location={Written("broker.pem", key + "\n" + certificate)}",
                "ssl.truststore.type=PEM", $"ssl.truststore.location={Written("clients.pem", clients.Pem)}",
                "listener.name.ssl.ssl.client.auth=required", "sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
                $"listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={Login}scram.ScramLoginModule required;",
                $"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={Login}scram.ScramLoginModule required;",
                $"listener.name.sasl_ssl.oauthbearer.sasl.jaas.config={Login}oauthbearer.OAuthBearerLoginModule required;",
            ], Ct);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers })
            .SetLogHandler((_, _) =>
        {
        }).Build();
        foreach (var mechanism in (ScramMechanism[])[ScramMechanism.ScramSha256, ScramMechanism.ScramSha512])
        {
            await admin.AlterUserScramCredentialsAsync(
            [
                new UserScramCredentialUpsertion
                {
                    User = "worker", Password = Encoding.UTF8.GetBytes(Secret), Salt = Encoding.UTF8.GetBytes("salt of a test"),
                    ScramCredentialInfo = new ScramCredentialInfo { Mechanism = mechanism, Iterations = 4096 },
                },
            ]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is not null) await broker.DisposeAsync();
        authority.Dispose();
        clients.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task A_name_and_a_password_sign_every_client_in_and_a_wrong_one_does_not(string mechanism)
    {
        SkipWithoutBroker();

        await Works(Settings("sasl_ssl", 3, ("KAFKA_SASL_MECHANISM", mechanism), ("KAFKA_SASL_USERNAME", "worker"),
            ("KAFKA_SASL_PASSWORD", Secret)));
        Fails(Settings("sasl_ssl", 3, ("KAFKA_SASL_MECHANISM", mechanism), ("KAFKA_SASL_USERNAME", "worker"),
            ("KAFKA_SASL_PASSWORD", "wrong")));
    }

    [Fact]
    public async Task A_client_s_certificate_signs_every_client_in_and_without_one_nobody_is()
    {
        SkipWithoutBroker();
        var (certificate, key) = clients.Issue("worker");

        await Works(Settings(
            "ssl", 2, ("KAFKA_SSL_CERTIFICATE_LOCATION", Written("worker.pem", certificate)),
            ("KAFKA_SSL_KEY_LOCATION", Written("worker.key", key))));
        Fails(Settings("ssl", 2));
    }

    [Fact]
    public async Task A_broker_of_another_authority_or_under_another_name_is_told_nothing()
    {
        SkipWithoutBroker();
        var (certificate, key) = clients.Issue("worker");
        (string, string)[] own = [("KAFKA_SSL_CERTIFICATE_LOCATION", Written("worker.pem", certificate)),
            ("KAFKA_SSL_KEY_LOCATION", Written("worker.key", key))];

        Fails(Settings("ssl", 2, [.. own, ("KAFKA_SSL_CA_LOCATION", Written("others.pem", clients.Pem))]));
        Fails(Settings("ssl", 2, [.. own, ("KAFKA_BOOTSTRAP_SERVERS", $"127.0.0.1:{port + 2}")]));
        await Works(Settings("ssl", 2, own));
    }

    /// <summary>The broker is one that believes tokens without a signature; what asks for them is librdkafka itself.</summary>
    [Fact]
    public async Task A_token_of_the_identity_provider_signs_every_client_in()
    {
        SkipWithoutBroker();
        var asked = new ConcurrentQueue<string>();
        await using var provider = await IdentityProvider(asked);
        const string Oauth = "KAFKA_SASL_OAUTHBEARER_";
        var settings = Settings(
            "sasl_ssl", 3, ("KAFKA_SASL_MECHANISM", "OAUTHBEARER"),
            (Oauth + "TOKEN_ENDPOINT_URL", $"{provider.Urls.First()}/token"), (Oauth + "CLIENT_ID", "worker"),
            (Oauth + "CLIENT_SECRET", Secret), (Oauth + "SCOPE", "kafka"));

        await Works(settings);

        Assert.All(asked,
            request => Assert.Equal(
                $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"worker:{Secret}"))} client_credentials kafka",
                request));
        Assert.NotEmpty(asked);
    }

    private static async Task<WebApplication> IdentityProvider(ConcurrentQueue<string> asked)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            asked.Enqueue($"{request.Headers.Authorization} {form["grant_type"]} {form["scope"]}");
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var token = $$"""{"sub":"worker","scope":"kafka","iat":{{now}},"exp":{{now + 3600}}}""";
            return Results.Json(new { access_token = $"{Part("""{"alg":"none"}""")}.{Part(token)}.", token_type = "Bearer",
                expires_in = 3600 });
        });
        await app.StartAsync(Ct);
        return app;

        static string Part(string json) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private void SkipWithoutBroker() =>
        Assert.SkipWhen(broker is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");

    /// <summary>Asked, provisioned, written to with and without a transaction, read.</summary>
    private static async Task Works(IConfiguration settings)
    {
        var kafka = KafkaSettings.From(settings);
        Assert.Equal(1, BrokerCheck.Require(kafka).Brokers);
        using var admin = new TopicAdmin(kafka);
        await admin.Provision();
        using var producer = new MessageProducer(kafka, "tests", TimeProvider.System);
        await producer.Publish(Probe.State("encrypted", 1));
        using var transactional = new SliceSender(kafka.Transactional("probe-outbox-0"));
        Assert.Null(await transactional.Commit(Ct));
        Assert.NotEmpty(new TopicReader(kafka).Read<GameStateV1>());
    }

    private static void Fails(IConfiguration settings) =>
        Assert.Equal("KAFKA_BOOTSTRAP_SERVERS",
            Assert.Throws<SettingException>(() =>
                BrokerCheck.Require(KafkaSettings.From(settings), TimeSpan.FromSeconds(5))).Setting);

    private IConfiguration Settings(
        string protocol, int offset, params (string Name, string Value)[] more) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = $"localhost:{port + offset}", ["TOPIC_PREFIX"] = Prefix,
            ["KAFKA_SECURITY_PROTOCOL"] = protocol,
            ["KAFKA_SSL_CA_LOCATION"] = Written("authority.pem", authority.Pem),
        })
        .AddInMemoryCollection(more.Select(m => KeyValuePair.Create(m.Name, (string?)m.Value))).Build();

    private string Written(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
