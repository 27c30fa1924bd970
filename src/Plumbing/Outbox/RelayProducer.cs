using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>One outbox row on its way.</summary>
internal readonly record struct OutboxRow(
    long Position, short Slice, Guid MessageId, string Topic, string WireName, string PartitionKey, string RecordKey, DateTimeOffset At, string TraceParent,
    byte[] Body);

/// <summary>Where a relay sends its rows.</summary>
internal interface IRelayTarget
{
    void Send(OutboxRow row);

    /// <summary>Waits until everything sent since the last call is taken for good.</summary>
    Task AllAcknowledged(CancellationToken ct);
}

/// <summary>
/// Sends a window of rows and says when the broker has all of it. Idempotent and without a time limit: a record is retried until the broker takes it, so a
/// later record of a key never overtakes an earlier one. After a fatal error it is of no more use.
/// </summary>
internal sealed class RelayProducer : IRelayTarget, IDisposable
{
    private static readonly TimeSpan s_fullQueueWait = TimeSpan.FromMilliseconds(50);
    private readonly KafkaSettings kafka;
    private readonly string worker;
    private readonly string source;
    private readonly IProducer<byte[], byte[]> producer;
    private Window window = new();

    internal RelayProducer(KafkaSettings kafka, string worker)
    {
        this.kafka = kafka;
        this.worker = worker;
        source = "contestpipeline/" + worker;
        producer = new ProducerBuilder<byte[], byte[]>(kafka.PatientProducer()).SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) => { if (error.IsFatal) window.Fail(error); })
            .Build();
    }

    public void Send(OutboxRow row)
    {
        var span = Begin(row);
        var record = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(row.RecordKey), Value = row.Body,
            Headers = CloudEvents.Headers(row.MessageId.ToString(), row.WireName, source, row.At, span?.Id ?? row.TraceParent),
        };
        var to = new TopicPartition(kafka.Physical(row.Topic), KeyHash.Partition(row.PartitionKey, Topics.Find(row.Topic).Partitions));
        var current = window;
        current.Sent();
        while (true)
        {
            try
            {
                producer.Produce(to, record, span is null ? current.Report : report => Report(current, span, report));
                return;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(s_fullQueueWait);
            }
        }
    }

    /// <summary>Waits until the broker has acknowledged everything sent since the last call.</summary>
    /// <exception cref="KafkaException">Something was refused for good; nothing of the window counts as sent.</exception>
    public async Task AllAcknowledged(CancellationToken ct)
    {
        var current = window;
        window = new Window();
        await current.Complete().WaitAsync(ct);
    }

    public void Dispose() => producer.Dispose();

    /// <summary>Many are under way at once: none of them is what the code here belongs to.</summary>
    private Activity? Begin(OutboxRow row)
    {
        var around = Activity.Current;
        var span = Telemetry.Begin($"publish {row.Topic}", ActivityKind.Producer, row.TraceParent)
            ?.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", "send").SetTag("messaging.destination.name", row.Topic)
            .SetTag("messaging.message.id", row.MessageId.ToString()).SetTag("messaging.kafka.message.key", row.RecordKey)
            .SetTag("cloudevents.event_type", row.WireName).SetTag(Metrics.Worker, worker);
        Activity.Current = around;
        return span;
    }

    private static void Report(Window window, Activity span, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError) span.SetStatus(ActivityStatusCode.Error, report.Error.Reason);
        span.Dispose();
        window.Report(report);
    }

    /// <summary>Counts acknowledgements.</summary>
    private sealed class Window
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long open = 1;

        internal void Sent() => Interlocked.Increment(ref open);

        internal void Report(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError) Fail(report.Error);
            if (Interlocked.Decrement(ref open) == 0) done.TrySetResult();
        }

        internal void Fail(Error error) => done.TrySetException(new KafkaException(error));

        internal Task Complete()
        {
            if (Interlocked.Decrement(ref open) == 0) done.TrySetResult();
            return done.Task;
        }
    }
}
