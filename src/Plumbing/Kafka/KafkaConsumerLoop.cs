using System.Collections.Frozen;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>How much a batch may hold and how long it waits for more.</summary>
public sealed record ConsumerOptions(int BatchCountMax = 4_000, int BatchBytesMax = 8_000_000, int LingerMs = 20);

/// <summary>
/// One consumer of a worker on all its topics: takes a batch, has it committed, and only then stores its offsets. While a batch
/// is being committed the next one is read; whenever the group takes or gives partitions, the batch under way is finished first.
/// </summary>
internal sealed partial class KafkaConsumerLoop(
    string worker, KafkaSettings kafka, WorkerDatabase database, Func<FrozenDictionary<string, TopicPlan>> declared,
    ConsumerOptions options, OffsetWatch watch, TimeProvider clock, ILogger log) : BackgroundService, IHasHeartbeat
{
    private const int RetriedPerTurnMax = 100;
    private const int NotYet = -1;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_commitEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_retriesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_healthy = TimeSpan.FromMinutes(1);
    private readonly PartitionOwnership ownership = new(database);
    private FrozenDictionary<string, TopicPlan> plans = FrozenDictionary<string, TopicPlan>.Empty;
    private InFlight? inFlight;
    private CollectedItems? reading;
    private long committedAt;
    private long retriedAt;
    private bool moreParked;
    private bool stored;
    private int assigned = NotYet;
    private OwnLag lag = new(worker, kafka, [], clock);

    public Heartbeat Heartbeat { get; } = new(worker, "consumer", Heartbeat.Patience, clock);

    /// <summary>How many partitions the group has given to this process; null while it has not said.</summary>
    internal int? Assigned => declared().Count == 0 ? 0 : Volatile.Read(ref assigned) is >= 0 and var count ? count : null;

    /// <summary>What is done with each topic, as it was declared.</summary>
    internal FrozenDictionary<string, TopicPlan> Declared() => declared();

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
        inFlight = null;
        Volatile.Write(ref assigned, NotYet);
        lag = new OwnLag(worker, kafka, plans.Keys, clock);
        using var consumer = Build();
        consumer.Subscribe(plans.Keys.Select(kafka.Physical));
        try
        {
            var processor = new BatchProcessor(database, ownership, clock, log);
            var unclaimed = new UnclaimedPartitions(kafka, ownership);
            var items = new List<ConsumedRecord>();
            var inVain = 0;
            while (!ct.IsCancellationRequested)
            {
                Heartbeat.Beat();
                lag.Tell(consumer);
                await watch.LookAt(await ownership.ClaimNew(ct), ownership, consumer, ct);
                await RetryParked(processor, ct);
                items.RemoveAll(i => !ownership.Owns(i.Envelope.Topic, i.Envelope.Partition));
                var batch = unclaimed.Sift(consumer, items, out var early);
                ReadAgain(consumer, early);
                var work = batch.Count == 0
                    ? Task.FromResult(default(BatchResult))
                    : Task.Run(() => processor.Process(batch, ct), CancellationToken.None);
                inFlight = new InFlight(batch, work);
                // Reading blocks: on a thread of its own, or the pool's few would all be waiting for records while handlers wait
                // for one of them.
                items = await Task.Factory.StartNew(
                    () => Collect(consumer, ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                var end = await work;
                Finish(consumer);
                CommitOffsets(consumer, evenEarly: false);
                if (end.Handled > 0) inVain = 0;
                if (end.Handled == batch.Count) continue;
                ReadAgain(consumer, [.. batch.Skip(end.Handled), .. items]);
                items = [];

                // Somebody raised an epoch we believed was ours: ask the group anew.
                if (end.Fenced) throw new FencedException("a topic", -1);
                if (end.Handled == 0) await Backoff.Wait(Backoff.After(++inVain), clock, ct);
            }
        }
        finally
        {
            Finish(consumer);
            CommitOffsets(consumer, evenEarly: true);
            consumer.Close();
        }
    }

    /// <summary>Waits for the batch under way and stores the offsets of what is committed of it. Called before anything about the
    /// partitions changes.</summary>
    private void Finish(IConsumer<byte[], byte[]> consumer)
    {
        if (inFlight is not { } batch) return;
        inFlight = null;
        var handled = batch.Work.GetAwaiter().GetResult().Handled;
        foreach (var place in batch.Items.Take(handled).GroupBy(i => i.Place))
        {
            if (!ownership.Owns(place.Key.Topic, place.Key.Partition)) continue;
            var next = At(place.Last(), 1);
            consumer.StoreOffset(next);
            lag.Handled(next);
            stored = true;
        }
    }

    /// <summary>What was not committed, and everything read after it, comes again.</summary>
    private void ReadAgain(IConsumer<byte[], byte[]> consumer, IReadOnlyList<ConsumedRecord> items)
    {
        foreach (var place in items.GroupBy(i => i.Place))
        {
            if (ownership.Owns(place.Key.Topic, place.Key.Partition)) consumer.Seek(At(place.MinBy(i => i.Envelope.Offset)!, 0));
        }
    }

    /// <summary>With the record's leader epoch: a log that was cut off before it, and written anew, is noticed, where the offset
    /// alone would be gone on from.</summary>
    private TopicPartitionOffset At(ConsumedRecord item, int after) =>
        new(kafka.Physical(item.Envelope.Topic), item.Envelope.Partition, item.Envelope.Offset + after, item.LeaderEpoch);

    private List<ConsumedRecord> Collect(IConsumer<byte[], byte[]> consumer, CancellationToken ct)
    {
        var collected = reading = new CollectedItems(options);
        var items = collected.Items;
        var first = clock.GetTimestamp();
        var wait = s_poll;
        while (!collected.IsFull && !ct.IsCancellationRequested)
        {
            if (Next(consumer, wait) is not { } record)
            {
                if (items.Count == 0 || wait == TimeSpan.Zero) break;
            }
            else if (record.IsPartitionEOF)
            {
                lag.AtEnd(record.TopicPartitionOffset);
            }
            else
            {
                if (items.Count == 0) first = clock.GetTimestamp();
                lag.Read(record);
                var plan = plans[kafka.Logical(record.Topic)];
                var envelope = EnvelopeReader.Envelope(plan.Topic, record);
                collected.Add(new ConsumedRecord(envelope, EnvelopeReader.Read(envelope, plan.Reader),
                    plan) { LeaderEpoch = record.LeaderEpoch }, EnvelopeReader.Bytes(record));
            }

            if (items.Count == 0) continue;
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
        if (!moreParked && clock.GetElapsedTime(retriedAt) < s_retriesEvery) return;
        retriedAt = clock.GetTimestamp();
        moreParked = false;
        moreParked = await processor.RetryParked(plans, RetriedPerTurnMax, ct);
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

    private IConsumer<byte[],
        byte[]> Build() => new ConsumerBuilder<byte[], byte[]>(kafka.Consumer(kafka.TopicPrefix + worker, toldOfEnds: true))
        .SetPartitionsAssignedHandler((consumer, partitions) =>
        {
            Finish(consumer);
            foreach (var p in partitions) ownership.Assigned(kafka.Logical(p.Topic), p.Partition.Value);
            Volatile.Write(ref assigned, Math.Max(0, assigned) + partitions.Count);
        })
        .SetPartitionsRevokedHandler((consumer, partitions) =>
        {
            Finish(consumer);
            CommitOffsets(consumer, evenEarly: true);
            foreach (var p in partitions) Gone(p.TopicPartition);
        })
        .SetPartitionsLostHandler((_, partitions) =>
        {
            // Nothing to store: whoever has them now reads on from what was committed, and the inbox knows what was handled.
            inFlight?.Work.GetAwaiter().GetResult();
            inFlight = null;
            foreach (var p in partitions) Gone(p.TopicPartition);
        })
        .SetErrorHandler((_, error) => Log.Trouble(log, error.Reason))
        .SetLogHandler((_, _) => { })
        .Build();

    private void Gone(TopicPartition place)
    {
        ownership.Gone(kafka.Logical(place.Topic), place.Partition.Value);
        reading?.Gone(kafka.Logical(place.Topic), place.Partition.Value);
        lag.Gone(place);
        Volatile.Write(ref assigned, Math.Max(0, assigned - 1));
    }

    /// <summary>A batch and what becomes of it.</summary>
    private sealed record InFlight(IReadOnlyList<ConsumedRecord> Items, Task<BatchResult> Work);

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Kafka: {Reason}")]
        internal static partial void Trouble(ILogger log, string reason);

        [LoggerMessage(LogLevel.Error, "The consumer starts again")]
        internal static partial void Restart(ILogger log, Exception error);
    }
}
