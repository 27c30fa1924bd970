using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>What a broker that answered says there is.</summary>
/// <param name="Topics">As the broker calls them.</param>
public sealed record BrokerView(int Brokers, IReadOnlySet<string> Topics);

/// <summary>Asks once, before anything else is tried, whether there is a broker.</summary>
public static class BrokerCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <exception cref="SettingException">None answered within a few seconds.</exception>
    public static BrokerView Require(KafkaSettings kafka) => Require(kafka, s_patience);

    /// <exception cref="SettingException">None answered in time.</exception>
    public static BrokerView Require(KafkaSettings kafka, TimeSpan patience)
    {
        using var admin = Build(kafka);
        try
        {
            var there = admin.GetMetadata(patience);
            return new BrokerView(there.Brokers.Count, there.Topics.Select(t => t.Topic).ToHashSet(StringComparer.Ordinal));
        }
        catch (KafkaException e)
        {
            throw new SettingException(
                "KAFKA_BOOTSTRAP_SERVERS", $"names {kafka.BootstrapServers}, where no broker answers ({e.Error.Reason})");
        }
    }

    /// <summary>The client reads keys and certificates when it is made.</summary>
    private static IAdminClient Build(KafkaSettings kafka)
    {
        try
        {
            return new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException(KafkaSecurity.Protocol,
                $"and the settings beside it that begin with KAFKA_SSL_ and KAFKA_SASL_ make no client ({e.Message})");
        }
    }

    /// <returns>What Kafka's client or the broker complains of; null when the trouble is none of theirs.</returns>
    public static string? Complaint(Exception trouble) => (trouble as KafkaException)?.Error.Reason;
}
