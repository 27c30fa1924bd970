using System.Globalization;

namespace ContestPipeline.Plumbing;

/// <summary>Whether one worker could do its work now: database, migrations, broker, partitions.</summary>
internal sealed class Readiness(string worker, StartCheck start, KafkaSettings kafka, KafkaConsumerLoop consumer)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    internal async Task<IReadOnlyList<HealthCheck>> Checks(CancellationToken ct) =>
        [await Database(ct), await Task.Run(Broker, ct), Partitions()];

    private async Task<HealthCheck> Database(CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(s_patience);
        try
        {
            await start.CheckDatabase(limited.Token);
            return new HealthCheck(worker, "database", true, "answers, is the primary, has every migration");
        }
        catch (SettingException wrong)
        {
            return new HealthCheck(worker, "database", false, wrong.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new HealthCheck(worker, "database", false, string.Create(CultureInfo.InvariantCulture, $"does not answer within {s_patience.TotalSeconds} s"));
        }
    }

    private HealthCheck Broker()
    {
        try
        {
            return new HealthCheck(worker, "broker", true, string.Create(CultureInfo.InvariantCulture, $"{BrokerCheck.Require(kafka, s_patience).Brokers} answer"));
        }
        catch (SettingException silent)
        {
            return new HealthCheck(worker, "broker", false, silent.Message);
        }
    }

    private HealthCheck Partitions() => consumer.Assigned is { } assigned
        ? new HealthCheck(worker, "partitions", true, string.Create(CultureInfo.InvariantCulture, $"{assigned} assigned"))
        : new HealthCheck(worker, "partitions", false, "the consumer group has assigned none yet");
}
