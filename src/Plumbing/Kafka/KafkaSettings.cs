using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Plumbing;

/// <summary>Where the broker is, how to sign in, and what every topic name is prefixed with.</summary>
public sealed class KafkaSettings
{
    /// <summary>So long a transaction may stay open, then the broker gives it up (librdkafka's default).</summary>
    internal static readonly TimeSpan TransactionMax = TimeSpan.FromSeconds(60);

    private readonly ClientConfig client;

    private readonly string? groupInstanceId;

    private KafkaSettings(ClientConfig client, string topicPrefix, string? groupInstanceId = null) =>
        (this.client, TopicPrefix, this.groupInstanceId) = (client, topicPrefix, groupInstanceId);

    public string BootstrapServers => client.BootstrapServers;

    public string TopicPrefix { get; }

    /// <exception cref="SettingException">A setting is missing or wrong. That live may not be plaintext is
    /// <see cref="TransportSecurity"/>'s to say.</exception>
    public static KafkaSettings From(IConfiguration configuration)
    {
        var client = new ClientConfig
        {
            BootstrapServers = configuration.Require(KafkaSecurity.Servers, "say where Kafka is, e.g. 127.0.0.1:9092"),
            ClientId = "contestpipeline",
        };
        KafkaSecurity.Apply(configuration, client);
        return new KafkaSettings(client, Prefix(configuration), configuration.Optional("KAFKA_GROUP_INSTANCE_ID"));
    }

    /// <summary>
    /// The plain names belong to live; on a broker that both environments use, test has a prefix. A prefix that names the other
    /// environment is a mistake.
    /// </summary>
    /// <exception cref="SettingException">TOPIC_PREFIX and PIPELINE_ENVIRONMENT disagree.</exception>
    private static string Prefix(IConfiguration configuration)
    {
        var prefix = configuration.Optional("TOPIC_PREFIX") ?? "";
        var environment = configuration.Optional("PIPELINE_ENVIRONMENT");
        if (environment == "live" && prefix.Length > 0 && !prefix.StartsWith("live", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(
                "TOPIC_PREFIX", $"must be empty or begin with live because PIPELINE_ENVIRONMENT is live, not '{prefix}'");
        if (environment == "test" && prefix.StartsWith("live", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(
                "TOPIC_PREFIX", $"must not begin with live because PIPELINE_ENVIRONMENT is test, not '{prefix}'");
        return prefix;
    }

    public static KafkaSettings At(string bootstrapServers, string topicPrefix = "") =>
        new(new ClientConfig { BootstrapServers = bootstrapServers, ClientId = "contestpipeline" }, topicPrefix);

    /// <summary>The name at the broker.</summary>
    internal string Physical(string topic) => TopicPrefix + topic;

    /// <summary>The name in the code.</summary>
    internal string Logical(string physical) => physical[TopicPrefix.Length..];

    internal ClientConfig Client() => new(client);

    internal ProducerConfig Producer() => new(new Dictionary<string, string>(client))
    {
        EnableIdempotence = true, Acks = Acks.All, MaxInFlight = 5, LingerMs = 2, CompressionType = CompressionType.Lz4,
        MessageMaxBytes = 8_000_000, QueueBufferingMaxMessages = 1_000_000, EnableDeliveryReports = true,
    };

    /// <summary>
    /// Tries a record until the broker takes or refuses it, without a time limit: none is given up while later ones go out.
    /// </summary>
    internal ProducerConfig PatientProducer() => new(Producer()) { MessageTimeoutMs = 0 };

    /// <summary>
    /// For windows that are readable as a whole or not at all. Whoever opens the same id later ends this one's right to send.
    /// </summary>
    /// <param name="id">Without the prefix of the topics.</param>
    internal ProducerConfig Transactional(string id) => new(Producer())
    {
        TransactionalId = TopicPrefix + id, TransactionTimeoutMs = (int)TransactionMax.TotalMilliseconds,
    };

    /// <remarks>
    /// With a name of its own (KAFKA_GROUP_INSTANCE_ID, another one for every process of a worker) a process that died and was
    /// started again has its partitions back at once, where the group would otherwise wait for the dead one's session to end.
    /// </remarks>
    /// <param name="toldOfEnds">Whether the consumer hears when it has read a partition to its end.</param>
    internal ConsumerConfig Consumer(string group, bool toldOfEnds = false) => new(new Dictionary<string, string>(client))
    {
        GroupId = group, GroupInstanceId = groupInstanceId, EnableAutoCommit = false, EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky, FetchMinBytes = 1, FetchWaitMaxMs = 50,
        SessionTimeoutMs = 10_000, HeartbeatIntervalMs = 1_000, MaxPollIntervalMs = 600_000, QueuedMaxMessagesKbytes = 65_536,
        IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = toldOfEnds,
        MetadataMaxAgeMs = 30_000, AllowAutoCreateTopics = false,
    };
}
