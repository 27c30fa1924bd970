using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Plumbing.Rights;

/// <summary>
/// A real Apache Kafka that lets nobody do anything without a rule: principals sign in with a password (SASL PLAIN) at a listener
/// of their own; whoever comes to the other one without is the super user.
/// </summary>
public sealed class SecuredKafka : IAsyncLifetime
{
    /// <summary>Two deployments share the broker.</summary>
    public const string Prefix = "acl.";

    public const string OtherPrefix = "run.";

    private PrivateKafka? broker;
    private int port;
    private string folder = "";

    public bool IsThere => broker is not null;

    public async ValueTask InitializeAsync()
    {
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home) return;
        port = FreePorts.InARow(3);
        folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-rights-{port}");
        broker = await PrivateKafka.Start(home, folder, port, Rules());
        foreach (var prefix in (string[])[Prefix, OtherPrefix])
        {
            Assert.Equal(ExitCodes.Success, await Run("topics provision", SuperUser(prefix)));
            Assert.Equal(ExitCodes.Success, await Run("topics rights --grant", SuperUser(prefix)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is null) return;
        await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Signed in as a principal.</summary>
    public KafkaSettings As(string principal, string prefix = Prefix) =>
        KafkaSettings.From(Configuration(SignIn(principal, prefix)));

    /// <summary>The environment variables of a process that signs in as a principal.</summary>
    public Dictionary<string, string?> SignIn(string principal, string prefix) => new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = $"127.0.0.1:{port + 2}", ["TOPIC_PREFIX"] = prefix,
        ["KAFKA_SECURITY_PROTOCOL"] = "sasl_plaintext",
        ["KAFKA_SASL_MECHANISM"] = "PLAIN", ["KAFKA_SASL_USERNAME"] = prefix + principal,
        ["KAFKA_SASL_PASSWORD"] = Password(prefix + principal),
    };

    /// <summary>Of the super user.</summary>
    public Dictionary<string, string?> SuperUser(string prefix) => new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = $"127.0.0.1:{port}", ["TOPIC_PREFIX"] = prefix,
    };

    /// <summary>contestctl with these environment variables.</summary>
    /// <returns>Its exit code.</returns>
    public static Task<int> Run(string arguments, IReadOnlyDictionary<string, string?> settings) =>
        CommandLine.Run(arguments.Split(' '), new Session(Configuration(settings), TimeProvider.System), CancellationToken.None);

    public static IConfiguration Configuration(IEnumerable<KeyValuePair<string, string?>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    private static string Password(string user) => $"of-{user}";

    private string[] Rules()
    {
        var users = string.Join(' ',
            from prefix in (string[])[Prefix, OtherPrefix] from principal in Principals.All
                select $"user_{prefix}{principal}=\"{Password(prefix + principal)}\"");
        return
        [
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users=User:ANONYMOUS",
            "allow.everyone.if.no.acl.found=false",
            $"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1},SASL_PLAINTEXT://127.0.0.1:{port + 2}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_PLAINTEXT://127.0.0.1:{port + 2}",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN",
            $"listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
                + $"required {users};",
        ];
    }
}
