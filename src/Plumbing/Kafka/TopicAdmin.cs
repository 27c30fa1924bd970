using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Makes topics at a real broker as they are declared, and says where they differ. The mock cluster of demo and tests, which
/// knows no admin calls, is asked for its topics directly.
/// </summary>
public sealed class TopicAdmin(KafkaSettings kafka) : IDisposable
{
    private const int ListedPollsMax = 300;
    private static readonly TimeSpan s_listedPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly IAdminClient admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();

    /// <summary>The number of brokers, for replication: three copies where there are three.</summary>
    public int Brokers() => admin.GetMetadata(s_patience).Brokers.Count;

    /// <returns>The topics that were missing and have been made.</returns>
    public async Task<IReadOnlyList<string>> Provision()
    {
        var metadata = admin.GetMetadata(s_patience);
        var there = metadata.Topics.Select(t => t.Topic).ToHashSet(StringComparer.Ordinal);
        var copies = (short)Math.Min(3, metadata.Brokers.Count);
        var missing = Topics.All.Where(t => !there.Contains(kafka.Physical(t.Name))).ToArray();
        if (missing.Length == 0) return [];
        await admin.CreateTopicsAsync(missing.Select(t => new TopicSpecification
        {
            Name = kafka.Physical(t.Name), NumPartitions = t.Partitions, ReplicationFactor = copies, Configs = Wanted(t, copies),
        }));
        await WaitUntilListed(missing);
        return [.. missing.Select(t => t.Name)];
    }

    /// <summary>The controller answers before every broker knows of a new topic; whoever starts next must find them.</summary>
    private async Task WaitUntilListed(IReadOnlyList<TopicSpec> topics)
    {
        for (var poll = 0; poll < ListedPollsMax; poll++)
        {
            var ready = admin.GetMetadata(s_patience).Topics.Where(t => t.Partitions.Count > 0
                && t.Partitions.All(p => p.Leader >= 0))
                .Select(t => t.Topic).ToHashSet(StringComparer.Ordinal);
            if (topics.All(t => ready.Contains(kafka.Physical(t.Name)))) return;
            await Task.Delay(s_listedPoll);
        }

        throw new InvariantException($"new topics are not listed by the broker after {ListedPollsMax} polls");
    }

    /// <returns>One sentence per difference between the declaration and the broker; empty: none.</returns>
    public async Task<IReadOnlyList<string>> Compare()
    {
        var metadata = admin.GetMetadata(s_patience);
        var there = metadata.Topics.ToDictionary(t => t.Topic, StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var topic in Topics.All)
        {
            if (!there.TryGetValue(kafka.Physical(topic.Name), out var found))
            {
                differences.Add($"{topic.Name} does not exist");
                continue;
            }

            if (found.Partitions.Count != topic.Partitions)
                differences.Add($"{topic.Name} has {found.Partitions.Count} partitions, not {topic.Partitions}");
            var resource = new ConfigResource { Type = ResourceType.Topic, Name = kafka.Physical(topic.Name) };
            if (await Configuration(resource) is not { } is_) continue;
            foreach (var (name, wanted) in Wanted(topic, Math.Min(3, metadata.Brokers.Count)))
            {
                if (is_[name].Value != wanted) differences.Add($"{topic.Name} has {name}={is_[name].Value}, not {wanted}");
            }
        }

        return differences;
    }

    /// <returns>How large a batch of records the broker takes on a topic, in bytes; null when it does not say.</returns>
    internal async Task<string?> MaxMessageBytes(string topic)
    {
        try
        {
            return (await Configuration(
                new ConfigResource { Type = ResourceType.Topic, Name = kafka.Physical(topic) }))?["max.message.bytes"].Value;
        }
        catch (SettingException)
        {
            return null;
        }
    }

    /// <summary>Partitions by topic as the broker has them, without the prefix; for listings.</summary>
    public IReadOnlyDictionary<string, int> List() =>
        admin.GetMetadata(s_patience).Topics.Where(t => t.Topic.StartsWith(kafka.TopicPrefix, StringComparison.Ordinal))
            .ToDictionary(t => kafka.Logical(t.Topic), t => t.Partitions.Count, StringComparer.Ordinal);

    /// <summary>How far a worker is behind on each partition it has committed an offset for.</summary>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public async Task<IReadOnlyList<UnreadPartition>> Lag(string worker) =>
        await new UnreadRecords(kafka, List()).Of([.. Topics.All.Select(t => (worker, t.Name))], isBegun: true);

    public void Dispose() => admin.Dispose();

    /// <returns>Null where the broker has no such call, as the embedded one.</returns>
    private async Task<Dictionary<string, ConfigEntryResult>?> Configuration(ConfigResource resource)
    {
        try
        {
            return (await admin.DescribeConfigsAsync(
                [resource], new DescribeConfigsOptions { RequestTimeout = s_patience })).Single().Entries;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion)
        {
            return null;
        }
        catch (KafkaException e)
        {
            throw new SettingException(
                "KAFKA_BOOTSTRAP_SERVERS", $"names a Kafka that does not tell how its topics are set up: {e.Error.Reason}");
        }
    }

    private static Dictionary<string, string> Wanted(TopicSpec topic, int copies) => new(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = topic.Compacted ? "compact" : "delete",
        ["retention.ms"] = topic.Compacted ? "-1" : (topic.RetentionDays * 86_400_000L).ToString(CultureInfo.InvariantCulture),
        ["min.compaction.lag.ms"] = (topic.CompactionLagDays * 86_400_000L).ToString(CultureInfo.InvariantCulture),
        ["max.message.bytes"] = topic.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
        ["compression.type"] = topic.Codec,
        ["min.insync.replicas"] = copies >= 3 ? "2" : "1",
    };
}
