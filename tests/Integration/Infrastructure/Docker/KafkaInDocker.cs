using DotNet.Testcontainers.Builders;
using Testcontainers.Kafka;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>A real broker in a container, where a Docker engine answers. It ends with the test process.</summary>
internal sealed class KafkaInDocker : IAsyncDisposable
{
    private const string Image = "apache/kafka:4.1.0";
    private const string Socket = "/var/run/docker.sock";

    /// <summary>
    /// Nobody uses it; without another listener the package leaves a comma at the end of the list, which newer brokers refuse.
    /// </summary>
    private const string InsideListener = "localhost:19092";

    private readonly KafkaContainer container;

    private KafkaInDocker(KafkaContainer container) => this.container = container;

    public string BootstrapServers =>
        container.GetBootstrapAddress().Replace("plaintext://", "", StringComparison.OrdinalIgnoreCase).TrimEnd('/');

    /// <returns>Null where no Docker engine answers.</returns>
    public static async Task<KafkaInDocker?> Start(CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is not { Length: > 0 } && !File.Exists(Socket)) return null;
        try
        {
            var container = new KafkaBuilder(Image).WithListener(InsideListener)
                .WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false").Build();
            await container.StartAsync(ct);
            return new KafkaInDocker(container);
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();
}
