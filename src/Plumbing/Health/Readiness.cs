using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ContestPipeline.Plumbing;

/// <summary>Whether one worker could do its work now: database, migrations, broker, partitions.</summary>
internal sealed class Readiness(string worker, StartCheck start, KafkaSettings kafka, KafkaConsumerLoop consumer)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public string Worker => worker;

    /// <summary>
    /// By what they look at. What is wrong with a setting they throw, as a <see cref="SettingException"/>; its sentence is the
    /// answer.
    /// </summary>
    public IReadOnlyList<(string What, Func<CancellationToken, Task<HealthCheckResult>> Look)> Checks =>
        [("database", Database), ("broker", Broker), ("partitions", _ => Task.FromResult(Partitions()))];

    private async Task<HealthCheckResult> Database(CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(s_patience);
        try
        {
            await start.CheckDatabase(limited.Token);
            return HealthCheckResult.Healthy("answers, is the primary, has every migration");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(
                string.Create(CultureInfo.InvariantCulture, $"does not answer within {s_patience.TotalSeconds} s"));
        }
    }

    private Task<HealthCheckResult> Broker(CancellationToken ct) => Task.Run(
        () => HealthCheckResult.Healthy(
            string.Create(CultureInfo.InvariantCulture, $"{BrokerCheck.Require(kafka, s_patience).Brokers} answer")), ct);

    private HealthCheckResult Partitions() => consumer.Assigned is { } assigned
        ? HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"{assigned} assigned"))
        : HealthCheckResult.Unhealthy("the consumer group has assigned none yet");
}
