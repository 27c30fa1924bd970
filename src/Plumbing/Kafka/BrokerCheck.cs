using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>Asks once, before anything else is tried, whether there is a broker.</summary>
public static class BrokerCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <returns>The number of brokers.</returns>
    /// <exception cref="SettingException">None answered within a few seconds.</exception>
    public static int Require(KafkaSettings kafka)
    {
        using var admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
        try
        {
            return admin.GetMetadata(s_patience).Brokers.Count;
        }
        catch (KafkaException e)
        {
            throw new SettingException("KAFKA_BOOTSTRAP_SERVERS", $"names {kafka.BootstrapServers}, where no broker answers ({e.Error.Reason})");
        }
    }
}
