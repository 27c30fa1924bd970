namespace ContestPipeline.Integration.Infrastructure;

/// <summary>What stands in for the broker in a container where the package Testcontainers.Kafka was not chosen: there is none.</summary>
internal sealed class KafkaInDocker : IAsyncDisposable
{
    private KafkaInDocker()
    {
    }

    public string BootstrapServers { get; } = "";

    /// <returns>Null.</returns>
    public static Task<KafkaInDocker?> Start(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<KafkaInDocker?>(null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
