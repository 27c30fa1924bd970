using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends windows of rows, the rows of each slice as one Kafka transaction (docs/decisions/0017-relay-transactions.md). After
/// anything but a refusal it is of no more use.
/// </summary>
/// <param name="whileWaiting">Called about once a second while the broker lets us wait. What it throws ends the wait: nothing
/// more is sent then.</param>
internal sealed class RelayProducer(KafkaSettings kafka, string worker, TimeProvider clock,
    Func<CancellationToken, Task> whileWaiting) : IRelayTarget, IAsyncDisposable
{
    private const int TellMs = 10_000;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);
    private readonly string source = TopicRights.SourceOf(worker);
    private readonly Dictionary<short, SliceSender> senders = [];
    private readonly CancellationTokenSource disposing = new();
    private readonly Lazy<IProducer<byte[],
        byte[]>> plain = new(() => new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig(kafka.Producer()) { MessageTimeoutMs = TellMs }).SetLogHandler((_, _) =>
    {
    }).Build());
    private Task commits = Task.CompletedTask;

    public void Send(OutboxRow row)
    {
        if (!senders.TryGetValue(row.Slice, out var sender))
            senders[row.Slice] = sender = new SliceSender(kafka.Transactional($"{worker}-outbox-{row.Slice:00}"));
        var span = Begin(row);
        sender.Send(To(row), Record(row, span), span is null ? null : report => End(span, report));
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">Another relay has taken a slice over, or the broker was away for too long: the window counts
    /// as not sent.</exception>
    public async Task<IReadOnlyDictionary<short, string>> AllAcknowledged(CancellationToken ct)
    {
        var underWay = senders.Where(s => s.Value.IsUnderWay).Select(s => (Slice: s.Key, Commit: s.Value.Commit(disposing.Token)))
            .ToArray();
        commits = Task.WhenAll(underWay.Select(s => s.Commit));
        while (await Task.WhenAny(commits, Task.Delay(s_turn, clock, ct)) != commits) await whileWaiting(ct);
        try
        {
            await commits;
        }
        catch (KafkaException trouble)
        {
            throw new IOException($"Kafka: {trouble.Error.Reason}", trouble);
        }

        var refused = underWay.Where(s => s.Commit.Result is not null).ToDictionary(s => s.Slice, s => s.Commit.Result!.Reason);
        await Drop([.. refused.Keys]);
        return refused;
    }

    public async Task Tell(OutboxRow row, CancellationToken ct)
    {
        try
        {
            await plain.Value.ProduceAsync(To(row), Record(row, span: null), ct);
        }
        catch (ProduceException<byte[], byte[]> trouble)
        {
            throw new IOException($"{row.Topic}: {trouble.Error.Reason}", trouble);
        }
    }

    /// <summary>Of other slices nothing is sent any more: whoever has them now has ended our right to.</summary>
    internal Task Keep(IEnumerable<short> slices) => Drop([.. senders.Keys.Except(slices)]);

    /// <summary>What is not committed is dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync();
        await commits.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Drop([.. senders.Keys]);
        if (plain.IsValueCreated) plain.Value.Dispose();
        disposing.Dispose();
    }

    /// <summary>Each waits for its threads. Should there be more to send, another one is made.</summary>
    private async Task Drop(short[] slices)
    {
        await Task.WhenAll(slices.Select(slice => Task.Run(senders[slice].Dispose)));
        foreach (var slice in slices) senders.Remove(slice);
    }

    private TopicPartition To(OutboxRow row) =>
        new(kafka.Physical(row.Topic), KeyHash.Partition(row.PartitionKey, Topics.Find(row.Topic).Partitions));

    private Message<byte[], byte[]> Record(OutboxRow row, Activity? span) => new()
    {
        Key = Encoding.UTF8.GetBytes(row.RecordKey), Value = row.Body,
        Headers = CloudEvents.Headers(row.MessageId.ToString(), row.WireName, source, row.At, span?.Id ?? row.TraceParent),
    };

    /// <summary>Many are under way at once: none of them is what the code here belongs to.</summary>
    private Activity? Begin(OutboxRow row)
    {
        var around = Activity.Current;
        var span = Telemetry.Begin($"publish {row.Topic}", ActivityKind.Producer, row.TraceParent)
            ?.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", "send")
                .SetTag("messaging.destination.name", row.Topic)
            .SetTag("messaging.message.id", row.MessageId.ToString()).SetTag("messaging.kafka.message.key", row.RecordKey)
            .SetTag("cloudevents.event_type", row.WireName).SetTag(Metrics.Worker, worker);
        Activity.Current = around;
        return span;
    }

    private static void End(Activity span, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError) span.SetStatus(ActivityStatusCode.Error, report.Error.Reason);
        span.Dispose();
    }
}
