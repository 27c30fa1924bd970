using Confluent.Kafka;

namespace ProviderSample;

/// <summary>Where to send, and as whom.</summary>
internal sealed record Connection(string Bootstrap, string Prefix, string Source)
{
    public string Topic => Prefix + "feed.games.v1";

    /// <summary>With a user's name, signs in over TLS.</summary>
    public T Configure<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = Bootstrap;
        if (Environment.GetEnvironmentVariable("KAFKA_USERNAME") is not { } user) return config;
        config.SecurityProtocol = SecurityProtocol.SaslSsl;
        config.SaslMechanism = SaslMechanism.ScramSha512;
        config.SaslUsername = user;
        config.SaslPassword = Environment.GetEnvironmentVariable("KAFKA_PASSWORD");
        config.SslCaLocation = Environment.GetEnvironmentVariable("KAFKA_CA");
        return config;
    }
}
