using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Which partitions this process may commit work for. Taking a partition over raises its epoch in the database; a batch shares a
/// lock on the epochs it was read under, so an owner that lost a partition without noticing cannot commit.
/// </summary>
internal sealed class PartitionOwnership(WorkerDatabase database)
{
    private readonly Dictionary<(string Topic, int Partition), long> epochs = [];
    private readonly HashSet<(string Topic, int Partition)> unclaimed = [];

    /// <summary>Up to where we know the database to say that they were handled; missing: it says nothing.</summary>
    private readonly Dictionary<(string Topic, int Partition), long> handled = [];

    /// <summary>Up to where records come again, because the database went back.</summary>
    private readonly Dictionary<(string Topic, int Partition), long> again = [];

    internal bool Owns(string topic, int partition) =>
        epochs.ContainsKey((topic, partition)) || unclaimed.Contains((topic, partition));

    /// <summary>It was given to us, and is not written down as ours yet: nothing of it is handled.</summary>
    internal bool IsUnclaimed(string topic, int partition) => unclaimed.Contains((topic, partition));

    /// <summary>What the claim under way, or the last one, takes over.</summary>
    internal IReadOnlyCollection<(string Topic, int Partition)> Claiming { get; private set; } = [];

    /// <summary>Remembered only; <see cref="ClaimNew"/> writes it down.</summary>
    internal void Assigned(string topic, int partition) => unclaimed.Add((topic, partition));

    internal void Gone(string topic, int partition)
    {
        unclaimed.Remove((topic, partition));
        epochs.Remove((topic, partition));
        handled.Remove((topic, partition));
        again.Remove((topic, partition));
    }

    internal void Clear()
    {
        unclaimed.Clear();
        epochs.Clear();
        handled.Clear();
        again.Clear();
    }

    /// <summary>
    /// Takes over what no transaction of a previous owner holds any more; the rest stays unclaimed until the next call. Nobody is
    /// waited for: the host of one may have vanished, and its session lives on at the server.
    /// </summary>
    /// <returns>What it took over. Up to where that was handled is kept for the new owner; from before an owner that did not say
    /// it is forgotten.</returns>
    internal async Task<IReadOnlyCollection<(string Topic, int Partition)>> ClaimNew(CancellationToken ct)
    {
        if (unclaimed.Count == 0) return [];
        var wanted = unclaimed.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition).ToArray();
        var places = new { topics = wanted.Select(p => p.Topic).ToArray(),
            partitions = wanted.Select(p => p.Partition).ToArray() };
        var claimed = await database.Run(
            async tx =>
            {
                await tx.Execute(
                    $"""
                    insert into {tx.Schema}.partition_owner (topic, partition, epoch)
                    select topic, partition, 0 from unnest(@topics::text[], @partitions::int[]) as p (topic, partition)
                    on conflict (topic, partition) do nothing
                    """, places);
                var owned = await tx.Query<ClaimedEpoch>(
                    $"""
                    with free as materialized (
                        select o.topic, o.partition
                        from {tx.Schema}.partition_owner o
                        join unnest(@topics::text[], @partitions::int[]) as p (topic, partition) on p.topic = o.topic and p.partition = o.partition
                        order by o.topic collate "C", o.partition
                        for update of o skip locked),
                    owned as (
                        update {tx.Schema}.partition_owner o set epoch = o.epoch + 1 from free
                        where o.topic = free.topic and o.partition = free.partition
                        returning o.topic, o.partition, o.epoch),
                    kept as (
                        update {tx.Schema}.handled_offset h set epoch = owned.epoch from owned
                        where h.topic = owned.topic and h.partition = owned.partition and h.epoch = owned.epoch - 1
                        returning h.topic, h.partition, h.next_offset, h.again_until)
                    select owned.topic, owned.partition, owned.epoch, kept.next_offset, kept.again_until
                    from owned
                    left join kept on kept.topic = owned.topic and kept.partition = owned.partition
                    order by owned.topic, owned.partition
                    """, places);
                Claiming = [.. owned.Select(o => (o.Topic, o.Partition))];
                return owned;
            }, ct);
        foreach (var owned in claimed)
        {
            var place = (owned.Topic, owned.Partition);
            epochs[place] = owned.Epoch;
            if (owned.NextOffset is { } next) handled[place] = next;
            if (owned.AgainUntil is { } until) again[place] = until;
            unclaimed.Remove(place);
        }

        return Claiming;
    }

    /// <summary>Claimed partitions of which the database does not say how far they were handled, in order.</summary>
    internal IReadOnlyList<(string Topic, int Partition)> Unsaid =>
        [.. epochs.Keys.Where(place => !handled.ContainsKey(place)).OrderBy(place => place.Topic, StringComparer.Ordinal)
            .ThenBy(place => place.Partition)];

    /// <summary>
    /// Of partitions of which the database says nothing it says from now on what the group does: a database that goes back to
    /// before the first record of one shows it by that.
    /// </summary>
    /// <param name="committed">How far the group is with each; 0: it has not begun.</param>
    /// <exception cref="FencedException">One of the partitions has a new owner.</exception>
    internal async Task NoteFirst(IReadOnlyList<((string Topic, int Partition) Place, long Committed)> committed, Tx tx)
    {
        if (committed.Count == 0) return;
        await Hold(tx, [.. committed.Select(c => c.Place)]);
        await tx.NoteHandled([.. committed.Select(c => (c.Place.Topic, c.Place.Partition, epochs[c.Place], c.Committed))]);
        tx.AfterCommit(() =>
        {
            foreach (var (place, next) in committed) handled[place] = next;
        });
    }

    /// <exception cref="FencedException">One of the partitions has a new owner, or the database lacks what it had of
    /// it.</exception>
    internal async Task Hold(Tx tx, IReadOnlyCollection<(string Topic, int Partition)> partitions)
    {
        var held = (await tx.Query<HeldEpoch>(
            $"""
            select o.topic, o.partition, o.epoch, h.next_offset
            from {tx.Schema}.partition_owner o
            join unnest(@topics::text[], @partitions::int[]) as p (topic, partition) on p.topic = o.topic and p.partition = o.partition
            left join {tx.Schema}.handled_offset h on h.topic = o.topic and h.partition = o.partition
            order by o.topic collate "C", o.partition
            for share of o
            """,
            new { topics = partitions.Select(p => p.Topic).ToArray(),
                partitions = partitions.Select(p => p.Partition).ToArray() }))
            .ToDictionary(e => (e.Topic, e.Partition));
        foreach (var partition in partitions)
        {
            if (!epochs.TryGetValue(partition, out var ours) || held.GetValueOrDefault(partition)?.Epoch != ours
                || IsBehind(partition, held[partition].NextOffset))
                throw new FencedException(partition.Topic, partition.Partition);
        }
    }

    /// <summary>
    /// Whether the database still has all that we committed to it: it may have been restored, or another server taken its place,
    /// since we claimed the partitions.
    /// </summary>
    /// <exception cref="FencedException">It has not: the group is to be asked anew.</exception>
    internal async Task StillThere(Tx tx)
    {
        if (handled.Count == 0) return;
        var written = (await tx.Handled()).ToDictionary(h => (h.Topic, h.Partition), h => h.NextOffset);
        foreach (var place in handled.Keys)
        {
            if (written.TryGetValue(place, out var next) && IsBehind(place, next))
                throw new FencedException(place.Topic, place.Partition);
        }
    }

    /// <summary>Writes down, in the transaction that handles these records of held partitions, up to where it is done.</summary>
    internal async Task Note(Tx tx, IReadOnlyList<ConsumedRecord> items)
    {
        var places = items.GroupBy(i => i.Place).OrderBy(g => g.Key.Topic, StringComparer.Ordinal).ThenBy(g => g.Key.Partition)
            .Select(g => (Place: g.Key, Next: g.Max(i => i.Envelope.Offset) + 1)).ToArray();
        await tx.NoteHandled([.. places.Select(p => (p.Place.Topic, p.Place.Partition, epochs[p.Place], p.Next))]);
        var done = places.Where(p => again.TryGetValue(p.Place, out var until) && p.Next >= until).ToArray();
        if (done.Length > 0 && !await tx.IsHandlingAgain())
            tx.ResolveAlert(WentBack.AlertOf(tx.Schema), "Everything that the database lacked was handled again.");
        tx.AfterCommit(() =>
        {
            foreach (var (place, next) in places) handled[place] = next;
            foreach (var (place, _) in done) again.Remove(place);
        });
    }

    private bool IsBehind((string, int) place, long? next) => handled.TryGetValue(place, out var ours) && next < ours;

    /// <summary>Constructor order is column order.</summary>
    private sealed record ClaimedEpoch(string Topic, int Partition, long Epoch, long? NextOffset, long? AgainUntil);

    /// <summary>Constructor order is column order.</summary>
    private sealed record HeldEpoch(string Topic, int Partition, long Epoch, long? NextOffset);
}
