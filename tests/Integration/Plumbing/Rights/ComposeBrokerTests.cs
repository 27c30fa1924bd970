using System.Text.RegularExpressions;
using Confluent.Kafka;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing.Rights;

/// <summary>
/// A real broker with the settings that docker-compose.yml gives the official image, which turns their names into properties;
/// only places and ports are others here.
/// </summary>
public sealed partial class ComposeBrokerTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly int port = FreePorts.InARow(3);
    private PrivateKafka? broker;
    private string folder = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home) return;
        folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-compose-{port}");
        broker = await PrivateKafka.Start(home, folder, port, Properties());
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is null) return;
        await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_compose_starts_lets_everybody_do_his_work_and_nothing_else()
    {
        Assert.SkipUnless(broker is not null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");

        Assert.Equal(ExitCodes.Success, await SecuredKafka.Run("topics provision", SignIn("admin")));
        Assert.Equal(ExitCodes.Success, await SecuredKafka.Run("topics rights --grant", SignIn("admin")));
        await PipelineScope.Eventually(
            async () => await SecuredKafka.Run("topics rights", SignIn("admin")) == ExitCodes.Success, "the rules are all there");

        Assert.Null(await Write(Principals.Settlement, Topics.Results));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, await Write(Principals.Ingestion, Topics.Results));
        Assert.NotNull(await Write("nobody", Topics.Results));
    }

    /// <summary>As the image does: KAFKA_ away, small letters, a dot for each underscore.</summary>
    private string[] Properties()
    {
        var compose = File.ReadAllText(Path.Combine(Checkout(), "docker-compose.yml"));
        var from = compose.IndexOf("\n  kafka:\n", StringComparison.Ordinal);
        var kafka = compose[from..compose.IndexOf("\n  postgres:\n", StringComparison.Ordinal)]
            .Replace(">-\n", "", StringComparison.Ordinal).Replace("\n        ", " ", StringComparison.Ordinal);
        return
        [
            .. Variable().Matches(kafka).Where(m => m.Groups[1].Value != "LOG_DIRS").Select(m =>
                $"{m.Groups[1].Value.ToLowerInvariant().Replace('_', '.')}={Here(m.Groups[2].Value.Trim().Trim('"'))}"),
        ];
    }

    private string Here(string value) => Needed().Replace(value, m => Password(m.Groups[1].Value))
        .Replace("://:9092", $"://127.0.0.1:{port + 2}", StringComparison.Ordinal)
        .Replace("kafka:9092", $"127.0.0.1:{port + 2}", StringComparison.Ordinal)
        .Replace(":9093", $":{port + 1}", StringComparison.Ordinal)
        .Replace(":9094", $":{port}", StringComparison.Ordinal);

    private Dictionary<string, string?> SignIn(string principal) => new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = $"127.0.0.1:{port + 2}",
        ["KAFKA_SECURITY_PROTOCOL"] = "sasl_plaintext", ["KAFKA_SASL_MECHANISM"] = "PLAIN",
        ["KAFKA_SASL_USERNAME"] = principal, ["KAFKA_SASL_PASSWORD"] = Password($"KAFKA_{principal.ToUpperInvariant()}_PASSWORD"),
    };

    private static string Password(string variable) => $"of-{variable}";

    /// <returns>Null: the broker took a record; else why not.</returns>
    private async Task<ErrorCode?> Write(string principal, string topic)
    {
        var kafka = KafkaSettings.From(SecuredKafka.Configuration(SignIn(principal)));
        using var producer = new MessageProducer(kafka, "tests", TimeProvider.System);
        try
        {
            await producer.PublishRaw(topic, "key", new Dictionary<string, string>(), [1], partition: 0)
                .WaitAsync(s_patience, Ct);
            return null;
        }
        catch (KafkaException refused)
        {
            return refused.Error.Code;
        }
        catch (TimeoutException)
        {
            return ErrorCode.SaslAuthenticationFailed;
        }
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "docker-compose.yml"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex("^ {6}KAFKA_([A-Z_]+): (.*)$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{([A-Z_]+):\?[^}]*\}")]
    private static partial Regex Needed();
}
