using Confluent.Kafka;
using ContestPipeline.Contracts;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Asks whether the consumer group is further than the database, which then went back in time: before a worker's loops start, and
/// of each partition that it claims before anything of it is handled. A person is told, and what else the worker does then is
/// done in the same transaction.
/// </summary>
internal sealed partial class OffsetWatch(
    string worker, KafkaSettings kafka, WorkerDatabase database, WhenWentBack when, ReadWritten read, ILogger log)
{
    /// <summary>
    /// What was written so long before the first thing that is known to be lost is read as well: clocks differ.
    /// </summary>
    private static readonly TimeSpan s_before = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Of all partitions, without joining the group. A Kafka that does not answer is asked again when the partitions are claimed.
    /// </summary>
    internal async Task LookAtStart(CancellationToken ct)
    {
        if ((await database.Run(HandledOffsets.Handled, ct)).Count == 0) return;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Consumer(kafka.TopicPrefix + worker))
            .SetLogHandler((_, _) =>
        {
        }).Build();
        try
        {
            await Look(consumer, isAsked: null, ct);
        }
        catch (KafkaException)
        {
            // No worse than before: nothing is handled before the partitions are claimed.
        }
    }

    /// <summary>
    /// Of what a process has just claimed, before anything of it is handled. Where the database went back the group does so as
    /// well, and is to be asked anew: what the database lacks comes again.
    /// </summary>
    /// <exception cref="FencedException">The group was set back.</exception>
    /// <exception cref="KafkaException">The broker does not say how far the group is, or does not take where it is
    /// now.</exception>
    internal async Task LookAt(
        IReadOnlyCollection<(string Topic, int Partition)> claimed, PartitionOwnership ownership,
        IConsumer<byte[], byte[]> consumer, CancellationToken ct)
    {
        if (claimed.Count == 0) return;
        var lost = await Look(consumer, claimed.Contains, ct);
        if (lost.Count == 0)
        {
            await NoteFirst(ownership, consumer, ct);
            return;
        }

        foreach (var one in lost) Log.Again(log, one.Topic, one.Partition, one.From, one.Committed);
        consumer.Commit(lost.Select(one => new TopicPartitionOffset(kafka.Physical(one.Topic), one.Partition, one.From)));
        throw new FencedException(lost[0].Topic, lost[0].Partition);
    }

    private async Task NoteFirst(PartitionOwnership ownership, IConsumer<byte[], byte[]> consumer, CancellationToken ct)
    {
        var unsaid = ownership.Unsaid;
        if (unsaid.Count == 0) return;
        var places = unsaid.Select(place => new TopicPartition(kafka.Physical(place.Topic), place.Partition)).ToArray();
        var answers =
            (await PartitionBounds.Patiently(() => Task.Run(() => consumer.Committed(places, s_patience), ct))).ToDictionary(
                c => c.TopicPartition, c => c.Offset);
        await database.Run(
            tx => ownership.NoteFirst(
                [.. unsaid.Zip(places,
                    (place, physical) => (place, answers[physical] is { IsSpecial: false } offset ? offset.Value : 0))], tx), ct);
    }

    /// <param name="isAsked">Which partitions are looked at; null: all.</param>
    /// <returns>What is to be handled again.</returns>
    private async Task<IReadOnlyList<LostRecords>> Look(
        IConsumer<byte[], byte[]> consumer, Func<(string Topic, int Partition), bool>? isAsked, CancellationToken ct)
    {
        var places = (await Handled()).Select(Physical).ToArray();
        if (places.Length == 0) return [];
        var answers = await PartitionBounds.Patiently(() => Task.Run(() => consumer.Committed(places, s_patience), ct));
        var committed = answers.Where(c => !c.Offset.IsSpecial).ToDictionary(c => c.TopicPartition, c => c.Offset.Value);

        // Read again: where another process has the partition, it may have handled and told the group of more since.
        var ahead = (await Handled()).Where(h => committed.GetValueOrDefault(Physical(h)) > h.NextOffset).ToArray();
        if (ahead.Length == 0) return [];
        var bounds = await PartitionBounds.Of(kafka, [.. ahead.Select(Physical)]);
        LostRecords[] lost =
            [.. ahead.Select(h => CompareOffsets.Lost(h, committed[Physical(h)], bounds[Physical(h)].End)).OfType<LostRecords>()];
        await Tell(lost, ct);
        return lost;

        async Task<IReadOnlyList<HandledOffset>> Handled() =>
            [.. (await database.Run(HandledOffsets.Handled, ct)).Where(h => isAsked?.Invoke((h.Topic, h.Partition)) != false)];
    }

    /// <summary>Once of each loss, however many processes find it.</summary>
    internal async Task Tell(IReadOnlyList<LostRecords> lost, CancellationToken ct)
    {
        if (lost.All(l => l.IsTold)) return;
        var wentBack = WentBack.Of(worker, lost);
        foreach (var topic in when.Topics)
        {
            var written = await Task.Run(() => Written(topic, wentBack.KnownUntil - s_before, ct), ct);
            wentBack = wentBack with { Written = [.. wentBack.Written, .. written] };
        }

        await database.Run(
            async tx =>
            {
                var isKnown = await tx.IsHandlingAgain();
                if (!await tx.NoteTold(lost)) return;
                if (!isKnown) await AlertEpisodes.GoOnAbove(tx);
                await when.Act(wentBack, tx);
            }, ct);
    }

    /// <exception cref="KafkaException">The broker does not answer.</exception>
    private IReadOnlyList<Envelope> Written(string topic, DateTimeOffset since, CancellationToken ct)
    {
        try
        {
            return read(topic, since, e => e.Source == TopicRights.SourceOf(worker) && when.IsWanted(e.WireName), ct);
        }
        catch (TimeoutException silent)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, silent.Message), silent);
        }
    }

    private TopicPartition Physical(HandledOffset handled) => new(kafka.Physical(handled.Topic), handled.Partition);

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error,
            "{Topic}[{Partition}]: the database lacks what comes from {From} on, which the group has handled up to "
                + "{Committed}: it is handled again")]
        internal static partial void Again(ILogger log, string topic, int partition, long from, long committed);
    }
}
