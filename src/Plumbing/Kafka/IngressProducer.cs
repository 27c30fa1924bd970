using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Publishes at once what came in from outside and says whether the broker has it: idempotent, acknowledged by all replicas,
/// bounded in time and memory. For input that nothing of ours depends on yet; what a handler does is published with
/// <see cref="Tx.Send"/>.
/// </summary>
public sealed class IngressProducer(KafkaSettings kafka, TimeProvider clock) : IDisposable
{
    private const int QueueMessagesMax = 20_000;
    private const int QueueKilobytesMax = 64 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_probePatience = TimeSpan.FromSeconds(3);
    private readonly Lock gate = new();
    private IProducer<byte[], byte[]>? producer;

    /// <returns>Null when every in-sync replica has it, else why it cannot be said that they do: it may or may not be there, so
    /// it must come again.</returns>
    public async Task<string?> TryPublish(string topic, string key, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var current = Current();
        var record = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key), Value = body, Headers = [], Timestamp = new Timestamp(clock.GetUtcNow()),
        };
        foreach (var (name, value) in headers) record.Headers.Add(name, Encoding.UTF8.GetBytes(value));
        var done = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            current.Produce(
                new TopicPartition(kafka.Physical(topic), KeyHash.Partition(key, Topics.Find(topic).Partitions)), record,
                report => done.SetResult(report.Error));
        }
        catch (KafkaException refused)
        {
            if (refused.Error.IsFatal) Replace(current);
            return refused.Error.Reason;
        }
        catch (ObjectDisposedException)
        {
            return "the producer is being replaced";
        }

        var error = await done.Task;
        if (error.IsFatal) Replace(current);
        return error.IsError ? error.Reason : null;
    }

    /// <summary>Asks the broker for the topic.</summary>
    /// <returns>Null when it answers and has it.</returns>
    public string? Probe(string topic)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(Current().Handle).Build();
            return admin.GetMetadata(kafka.Physical(topic), s_probePatience).Topics
                is [{ Error.IsError: false, Partitions.Count: > 0 }]
                ? null
                : $"the broker has no topic {kafka.Physical(topic)}";
        }
        catch (KafkaException silent)
        {
            return silent.Error.Reason;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            producer?.Flush(s_patience);
            producer?.Dispose();
            producer = null;
        }
    }

    private IProducer<byte[], byte[]> Current()
    {
        lock (gate) return producer ??= Build();
    }

    /// <summary>
    /// A producer that has met a fatal error never sends again; the next message gets a new one, and what the old one still holds
    /// is reported first.
    /// </summary>
    private void Replace(IProducer<byte[], byte[]> broken)
    {
        lock (gate)
        {
            if (!ReferenceEquals(producer, broken)) return;
            producer = null;
        }

        _ = Task.Run(() =>
        {
            broken.Flush(s_patience + s_probePatience);
            broken.Dispose();
        });
    }

    private IProducer<byte[], byte[]> Build()
    {
        var config = kafka.Producer();
        config.MessageTimeoutMs = (int)s_patience.TotalMilliseconds;
        config.QueueBufferingMaxMessages = QueueMessagesMax;
        config.QueueBufferingMaxKbytes = QueueKilobytesMax;
        return new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }
}
