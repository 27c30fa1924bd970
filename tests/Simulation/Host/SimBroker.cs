using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Simulation;

/// <summary>
/// Kafka as far as its promises go: partitions are logs that never lose what they took; groups know who has which partition and
/// how far it got.
/// </summary>
internal sealed class SimBroker
{
    private readonly SortedDictionary<string, List<HarnessRecord>[]> topics = new(StringComparer.Ordinal);

    private readonly HashSet<HarnessRecord> forged = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<HarnessRecord, object> bodies = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, (int Count, object Messages)> known = [];
    private readonly Dictionary<(string Worker, Guid Message), long> positions = [];
    private readonly Dictionary<(string Worker, string Key), long> furthest = [];

    internal SimBroker()
    {
        foreach (var topic in Topics.All)
            topics[topic.Name] = [.. Enumerable.Range(0, topic.Partitions).Select(_ => new List<HarnessRecord>())];
    }

    internal List<HarnessRecord> Log(string topic, int partition) => topics[topic][partition];

    internal int Partitions(string topic) => topics[topic].Length;

    /// <summary>What was said; of what was forged the checks know nothing.</summary>
    internal IEnumerable<HarnessRecord> All(string topic) => topics[topic].SelectMany(p => p).Where(r => !IsForged(r));

    /// <returns>What was written then or later and is wanted, within a partition in order.</returns>
    internal IReadOnlyList<Envelope> Written(string topic, DateTimeOffset since, Func<Envelope, bool> isWanted) =>
        [.. topics[topic].SelectMany(p => p).Where(r => r.At >= since).Select(r => r.Envelope()).Where(isWanted)];

    internal bool IsForged(HarnessRecord record) => forged.Contains(record);

    /// <summary>Nobody has said it.</summary>
    internal void AppendForged(HarnessRecord record)
    {
        forged.Add(record);
        Append(record);
    }

    internal void Append(HarnessRecord record) => topics[record.Topic][record.Partition].Add(record);

    /// <summary>
    /// A relay may send a row again, and nothing else: a message is written once, and of one key none comes before an earlier
    /// one.
    /// </summary>
    internal string? WhatIsWrongWith(string worker, OutboxRow row)
    {
        if (positions.TryGetValue((worker, row.MessageId), out var earlier))
            return earlier == row.Position || IsAnswerToCommand(worker)
                ? null : $"{worker} wrote {row.WireName} {row.MessageId} of {row.PartitionKey} a second time";
        positions[(worker, row.MessageId)] = row.Position;
        var last = furthest.GetValueOrDefault((worker, row.PartitionKey));
        furthest[(worker, row.PartitionKey)] = Math.Max(last, row.Position);
        return row.Position >= last
            ? null : $"{worker} sent {row.WireName} {row.MessageId} of {row.PartitionKey} after a later message of its key";
    }

    /// <summary>
    /// A command that comes again is answered again, with the same bytes: Scoring remembers answers, not deliveries.
    /// </summary>
    private static bool IsAnswerToCommand(string worker) => worker == ScoringService.Name;

    /// <summary>Every record of every topic once more, in the order of its log.</summary>
    internal void RepeatEverything()
    {
        foreach (var log in topics.Values.SelectMany(partitions => partitions)) log.AddRange(log.ToArray());
    }

    /// <summary>The records of a key once more, from an offset on.</summary>
    internal void Repeat(string topic, int partition, string key, int from)
    {
        var log = topics[topic][partition];
        log.AddRange(log.Skip(from).Where(r => r.Key == key).ToArray());
    }

    /// <summary>The messages of a type, each once, in the order of the log. Each body is read once; whoever asks again is
    /// answered from that until the topic has grown.</summary>
    internal IReadOnlyList<T> Messages<T>() where T : IMessage
    {
        var wire = WireTypes.Of(typeof(T));
        var count = topics[wire.Topic].Sum(p => p.Count);
        if (known.GetValueOrDefault(typeof(T)) is { Messages: IReadOnlyList<T> same } last && last.Count == count) return same;
        IReadOnlyList<T> messages =
        [
            .. All(wire.Topic).Where(r => r.Headers[CloudEvents.Type] == wire.Name).DistinctBy(r => r.Headers[CloudEvents.Id])
                .Select(r => (T)(bodies.TryGetValue(r, out var body) ? body : bodies[r] = WireJson.Read<T>(r.Body.Span))),
        ];
        known[typeof(T)] = (count, messages);
        return messages;
    }
}

/// <summary>How far a worker's group has read, and who reads what.</summary>
internal sealed class SimGroup(SimBroker broker, IReadOnlyList<string> topics)
{
    /// <summary>What one process reads at once is one batch; of two it is two.</summary>
    private const int FairPercent = 25;

    private readonly Dictionary<(string Topic, int Partition), int> committed = [];

    internal IReadOnlyList<(string Topic, int Partition)> Partitions { get; } =
        [.. topics.Order(StringComparer.Ordinal).SelectMany(t => Enumerable.Range(0, broker.Partitions(t)).Select(p => (t, p)))];

    /// <summary>
    /// Which process was the last to write down that it has the partition: from then on nobody else may commit work for it.
    /// </summary>
    internal Dictionary<(string Topic, int Partition), (SimProcess? By, int No)> Claims { get; } = [];

    internal int ClaimsMade { get; private set; }

    internal void Claim((string, int) partition, SimProcess process) => Claims[partition] = (process, ++ClaimsMade);

    /// <summary>Which process the group believes to have the partition.</summary>
    internal Dictionary<(string Topic, int Partition), SimProcess> Owners { get; } = [];

    internal int Committed((string, int) partition) => committed.GetValueOrDefault(partition);

    internal void Commit((string, int) partition, int position) =>
        committed[partition] = Math.Max(position, Committed(partition));

    /// <summary>What comes from this position on comes again.</summary>
    internal void SetBack((string, int) partition, int position) => committed[partition] = position;

    internal bool IsReadToTheEnd => Partitions.All(p => Committed(p) == broker.Log(p.Topic, p.Partition).Count);

    /// <summary>A rebalance: who has a partition is settled anew, and everybody hears of it.</summary>
    internal void Share(SimWorld world, IReadOnlyList<SimProcess> processes)
    {
        world.Faults.Hit($"rebalance {processes[0].Worker}");
        var most = world.Random.Pick(processes);
        foreach (var partition in Partitions)
        {
            var owner = world.IsEager || world.Random.Chance(FairPercent) ? world.Random.Pick(processes) : most;
            if (Owners.GetValueOrDefault(partition) == owner) continue;
            foreach (var other in processes) other.Revoke(partition);
            Owners[partition] = owner;
            owner.Assign(partition);
        }

        world.Note($"{processes[0].Worker} shares its partitions anew");
    }

    /// <summary>The old owner does not hear of it.</summary>
    internal void StealOne(SimWorld world, IReadOnlyList<SimProcess> processes)
    {
        var partition = world.Random.Pick(Partitions);
        var thief = world.Random.Pick(processes);
        if (Owners[partition] == thief) return;
        world.Faults.Hit($"stolen partition {thief.Worker}");
        world.Note($"{thief.Name} takes {partition.Topic}/{partition.Partition} unnoticed");
        Owners[partition] = thief;
        thief.Assign(partition);
    }
}
