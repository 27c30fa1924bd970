using System.Collections.Frozen;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>How much a batch may hold and how long it waits for more.</summary>
public sealed record ConsumerOptions(int BatchCountMax = 2_000, int BatchBytesMax = 4_000_000, int LingerMs = 20);

/// <summary>One consumer of a worker on all its topics: takes a batch, has it committed, and only then stores its offsets.</summary>
internal sealed partial class KafkaConsumerLoop(
    string worker, KafkaSettings kafka, WorkerDatabase database, Func<FrozenDictionary<string, TopicPlan>> declared, ConsumerOptions options, TimeProvider clock,
    ILogger log) : BackgroundService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_commitEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_retriesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_healthy = TimeSpan.FromMinutes(1);
    private readonly PartitionOwnership ownership = new(database);
    private FrozenDictionary<string, TopicPlan> plans = FrozenDictionary<string, TopicPlan>.Empty;
    private long committedAt;
    private long retriedAt;
    private bool stored;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        plans = declared();
        for (var failures = 1; plans.Count > 0 && !stoppingToken.IsCancellationRequested; failures++)
        {
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(() => Task.Run(() => Consume(stoppingToken), stoppingToken), stoppingToken);
            if (outcome is Outcome.Transient transient) Log.Restart(log, transient.Error);
            if (outcome is Outcome.Poison poison) Log.Restart(log, poison.Error);
            if (clock.GetElapsedTime(started) > s_healthy) failures = 1;
            await Backoff.Wait(Backoff.After(failures), clock, stoppingToken);
        }
    }

    private async Task Consume(CancellationToken ct)
    {
        ownership.Clear();
        using var consumer = Build();
        consumer.Subscribe(plans.Keys.Select(kafka.Physical));
        try
        {
            var processor = new BatchProcessor(database, ownership, clock, log);
            while (!ct.IsCancellationRequested)
            {
                var items = Collect(consumer, ct);
                await ownership.ClaimNew(ct);
                await RetryParked(processor, ct);
                items.RemoveAll(i => !ownership.Owns(i.Envelope.Topic, i.Envelope.Partition));
                if (items.Count > 0) Settle(consumer, items, await processor.Process(items, ct));
                CommitOffsets(consumer, evenEarly: false);
            }
        }
        finally
        {
            CommitOffsets(consumer, evenEarly: true);
            consumer.Close();
        }
    }

    /// <summary>Offsets of what is committed are stored; what is not is read again.</summary>
    private void Settle(IConsumer<byte[], byte[]> consumer, List<Item> items, BatchEnd end)
    {
        foreach (var place in items.Take(end.Handled).GroupBy(i => i.Place))
        {
            if (!ownership.Owns(place.Key.Topic, place.Key.Partition)) continue;
            consumer.StoreOffset(At(place.Last().Envelope, 1));
            stored = true;
        }

        foreach (var place in items.Skip(end.Handled).GroupBy(i => i.Place))
        {
            if (ownership.Owns(place.Key.Topic, place.Key.Partition)) consumer.Seek(At(place.First().Envelope, 0));
        }

        // Somebody raised an epoch we believed was ours: ask the group anew.
        if (end.Fenced) throw new FencedException("a topic", -1);
    }

    private TopicPartitionOffset At(Envelope envelope, int after) => new(kafka.Physical(envelope.Topic), envelope.Partition, envelope.Offset + after);

    private List<Item> Collect(IConsumer<byte[], byte[]> consumer, CancellationToken ct)
    {
        var items = new List<Item>();
        var bytes = 0;
        var first = clock.GetTimestamp();
        var wait = s_poll;
        while (items.Count < options.BatchCountMax && bytes < options.BatchBytesMax && !ct.IsCancellationRequested)
        {
            if (Next(consumer, wait) is not { } record)
            {
                if (items.Count == 0 || wait == TimeSpan.Zero) break;
            }
            else
            {
                if (items.Count == 0) first = clock.GetTimestamp();
                var plan = plans[kafka.Logical(record.Topic)];
                var envelope = EnvelopeReader.Envelope(plan.Topic, record);
                items.Add(new Item(envelope, EnvelopeReader.Read(envelope, plan.Reader), plan));
                bytes += envelope.Body.Length;
            }

            var left = TimeSpan.FromMilliseconds(options.LingerMs) - clock.GetElapsedTime(first);
            wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        return items;
    }

    private ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException trouble) when (!trouble.Error.IsFatal)
        {
            Log.Trouble(log, trouble.Error.Reason);
            return null;
        }
    }

    private async Task RetryParked(BatchProcessor processor, CancellationToken ct)
    {
        if (clock.GetElapsedTime(retriedAt) < s_retriesEvery) return;
        retriedAt = clock.GetTimestamp();
        foreach (var asked in await database.Run(Parked.RetryRequests, ct))
        {
            if (plans.ContainsKey(asked.Topic) && ownership.Owns(asked.Topic, asked.Partition)) await processor.Replay(asked.Topic, asked.Key, plans, ct);
        }
    }

    private void CommitOffsets(IConsumer<byte[], byte[]> consumer, bool evenEarly)
    {
        if (!stored || (!evenEarly && clock.GetElapsedTime(committedAt) < s_commitEvery)) return;
        committedAt = clock.GetTimestamp();
        try
        {
            consumer.Commit();
            stored = false;
        }
        catch (KafkaException trouble)
        {
            // The next one says the same and more; a repeated delivery meets the inbox.
            Log.Trouble(log, trouble.Error.Reason);
        }
    }

    private IConsumer<byte[], byte[]> Build() => new ConsumerBuilder<byte[], byte[]>(kafka.Consumer(kafka.TopicPrefix + worker))
        .SetPartitionsAssignedHandler((_, partitions) =>
        {
            foreach (var p in partitions) ownership.Assigned(kafka.Logical(p.Topic), p.Partition.Value);
        })
        .SetPartitionsRevokedHandler((consumer, partitions) =>
        {
            CommitOffsets(consumer, evenEarly: true);
            foreach (var p in partitions) ownership.Gone(kafka.Logical(p.Topic), p.Partition.Value);
        })
        .SetPartitionsLostHandler((_, partitions) =>
        {
            foreach (var p in partitions) ownership.Gone(kafka.Logical(p.Topic), p.Partition.Value);
        })
        .SetErrorHandler((_, error) => Log.Trouble(log, error.Reason))
        .SetLogHandler((_, _) => { })
        .Build();

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Kafka: {Reason}")]
        internal static partial void Trouble(ILogger log, string reason);

        [LoggerMessage(LogLevel.Error, "The consumer starts again")]
        internal static partial void Restart(ILogger log, Exception error);
    }
}
