using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Which partitions this process may commit work for. Taking a partition over raises its epoch in the database; a batch shares a lock on the epochs it was
/// read under, so an owner that lost a partition without noticing cannot commit.
/// </summary>
internal sealed class PartitionOwnership(WorkerDatabase database)
{
    private readonly Dictionary<(string Topic, int Partition), long> epochs = [];
    private readonly HashSet<(string Topic, int Partition)> unclaimed = [];

    internal bool Owns(string topic, int partition) => epochs.ContainsKey((topic, partition)) || unclaimed.Contains((topic, partition));

    /// <summary>Remembered only; <see cref="ClaimNew"/> writes it down.</summary>
    internal void Assigned(string topic, int partition) => unclaimed.Add((topic, partition));

    internal void Gone(string topic, int partition)
    {
        unclaimed.Remove((topic, partition));
        epochs.Remove((topic, partition));
    }

    internal void Clear()
    {
        unclaimed.Clear();
        epochs.Clear();
    }

    /// <summary>Waits for the previous owner's transaction, if one is under way.</summary>
    internal async Task ClaimNew(CancellationToken ct)
    {
        if (unclaimed.Count == 0) return;
        var wanted = unclaimed.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition).ToArray();
        var claimed = await database.Run(tx => tx.Query<OwnedEpoch>(
            $"""
            insert into {tx.Schema}.partition_owner as o (topic, partition, epoch)
            select topic, partition, 1 from unnest(@topics::text[], @partitions::int[]) as p (topic, partition)
            on conflict (topic, partition) do update set epoch = o.epoch + 1
            returning topic, partition, epoch
            """,
            new { topics = wanted.Select(p => p.Topic).ToArray(), partitions = wanted.Select(p => p.Partition).ToArray() }), ct);
        foreach (var owned in claimed) epochs[(owned.Topic, owned.Partition)] = owned.Epoch;
        unclaimed.Clear();
    }

    /// <exception cref="FencedException">One of the partitions has a new owner.</exception>
    internal async Task Hold(Tx tx, IReadOnlyCollection<(string Topic, int Partition)> partitions)
    {
        var held = (await tx.Query<OwnedEpoch>(
            $"""
            select o.topic, o.partition, o.epoch
            from {tx.Schema}.partition_owner o
            join unnest(@topics::text[], @partitions::int[]) as p (topic, partition) on p.topic = o.topic and p.partition = o.partition
            order by o.topic, o.partition
            for share of o
            """,
            new { topics = partitions.Select(p => p.Topic).ToArray(), partitions = partitions.Select(p => p.Partition).ToArray() }))
            .ToDictionary(e => (e.Topic, e.Partition), e => e.Epoch);
        foreach (var partition in partitions)
        {
            if (!epochs.TryGetValue(partition, out var ours) || held.GetValueOrDefault(partition) != ours)
                throw new FencedException(partition.Topic, partition.Partition);
        }
    }

    /// <summary>Constructor order is column order.</summary>
    private sealed record OwnedEpoch(string Topic, int Partition, long Epoch);
}
