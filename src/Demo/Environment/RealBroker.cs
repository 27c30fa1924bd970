using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// A real Apache Kafka: one that runs already (KAFKA_BOOTSTRAP_SERVERS), or one started for this run from a distribution
/// (KAFKA_HOME, else
/// <c>../shared/kafka</c> beside the checkout), which ends with the run. Topics get a prefix of their own, so that runs never
/// meet.
/// </summary>
public sealed class RealBroker : IAsyncDisposable
{
    /// <summary>What to say where <see cref="Find"/> finds none.</summary>
    public const string Missing =
        "no real broker (set KAFKA_BOOTSTRAP_SERVERS or KAFKA_HOME, or put a distribution into ../shared/kafka)";

    private readonly PrivateKafka? own;

    private RealBroker(KafkaSettings settings, PrivateKafka? own) => (Settings, this.own) = (settings, own);

    public KafkaSettings Settings { get; }

    /// <summary>One that somebody else started and ends.</summary>
    public static RealBroker At(string bootstrapServers, string topicPrefix) =>
        new(KafkaSettings.At(bootstrapServers, topicPrefix), own: null);

    /// <returns>Null when there is none on this machine.</returns>
    public static async Task<RealBroker?> Find(StateFolder folder, string topicPrefix, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } servers)
            return At(servers, topicPrefix);
        if (PrivateKafka.FindHome(StateFolder.Checkout()) is not { } home) return null;

        var kafka = await PrivateKafka.Start(home, folder.Sub("kafka"), ct: ct);
        return new RealBroker(KafkaSettings.At(kafka.BootstrapServers, topicPrefix), kafka);
    }

    public bool HasEnded => own is { HasExited: true };

    public ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
