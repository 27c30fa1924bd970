using System.Runtime.InteropServices;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Embedded;

/// <summary>
/// Kafka inside this process: librdkafka's mock cluster, real protocol over loopback TCP, other processes may connect. It keeps
/// about 5 MB and 100,000 messages a partition in memory, knows no retention, compaction or admin calls, and ends with the
/// process.
/// </summary>
public sealed partial class EmbeddedKafka : IDisposable
{
    private const int Producer = 0;
    private const int BrokerCount = 1;

    /// <summary>As syslog counts.</summary>
    private const string OnlyErrors = "3";

    private readonly nint handle;
    private readonly nint cluster;
    private bool disposed;

    public EmbeddedKafka()
    {
        var errors = new byte[512];
        handle = Native.New(Producer, Configuration(errors), errors, (nuint)errors.Length);
        Invariant.Holds(handle != 0, $"librdkafka: {Encoding.UTF8.GetString(errors).TrimEnd('\0')}");
        cluster = Native.ClusterNew(handle, BrokerCount);
        Invariant.Holds(cluster != 0, "librdkafka made no mock cluster");
        Native.GroupInitialRebalanceDelay(cluster, 100);
        BootstrapServers = Marshal.PtrToStringUTF8(Native.ClusterBootstraps(cluster))!;
    }

    public string BootstrapServers { get; }

    /// <param name="prefix">As in TOPIC_PREFIX.</param>
    public void CreateTopics(string prefix = "")
    {
        foreach (var topic in Topics.All) CreateTopic(prefix + topic.Name, topic.Partitions);
    }

    public void CreateTopic(string name, int partitions)
    {
        var error = Native.TopicCreate(cluster, name, partitions, BrokerCount);
        Invariant.Holds(error is 0 or Native.TopicExists, $"topic {name}: librdkafka error {error}");
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        Native.ClusterDestroy(cluster);
        Native.Destroy(handle);
    }

    /// <summary>The handle only carries the cluster: that it knows no broker itself is no news for anybody's screen.</summary>
    private static nint Configuration(byte[] errors)
    {
        var configuration = Native.ConfNew();
        var result = Native.ConfSet(configuration, "log_level", OnlyErrors, errors, (nuint)errors.Length);
        Invariant.Holds(result == 0, $"librdkafka: {Encoding.UTF8.GetString(errors).TrimEnd('\0')}");
        return configuration;
    }

    /// <summary>The few calls of librdkafka that Confluent.Kafka does not wrap.</summary>
    private static partial class Native
    {
        internal const int TopicExists = 36;

        private const string Library = "librdkafka";

        /// <summary>
        /// As Confluent.Kafka looks for it: the first needs libsasl2.so.3, which Debian and Ubuntu lack; the others need glibc or
        /// musl alone.
        /// </summary>
        private static readonly string[] s_builds = [Library, "centos8-librdkafka", "alpine-librdkafka"];

        static Native() => NativeLibrary.SetDllImportResolver(typeof(EmbeddedKafka).Assembly, static (name, assembly, path) =>
        {
            if (name != Library) return 0;
            foreach (var build in s_builds)
            {
                if (NativeLibrary.TryLoad(build, assembly, path, out var handle)) return handle;
            }

            return 0;
        });

        [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
        internal static partial nint ConfNew();

        [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int ConfSet(nint conf, string name, string value, [Out] byte[] errors, nuint size);

        [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
        internal static partial nint New(int type, nint conf, [Out] byte[] errors, nuint size);

        [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
        internal static partial void Destroy(nint handle);

        [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
        internal static partial nint ClusterNew(nint handle, int brokers);

        [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
        internal static partial void ClusterDestroy(nint cluster);

        [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
        internal static partial nint ClusterBootstraps(nint cluster);

        [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
        internal static partial void GroupInitialRebalanceDelay(nint cluster, int delayMs);

        [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int TopicCreate(nint cluster, string name, int partitions, int replication);
    }
}
