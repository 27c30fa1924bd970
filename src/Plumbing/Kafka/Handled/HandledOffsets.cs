namespace ContestPipeline.Plumbing;

/// <summary>
/// All SQL of how far partitions were handled, but for what <see cref="PartitionOwnership"/> asks when it claims and holds them.
/// </summary>
public static class HandledOffsets
{
    /// <summary>What the owners have written; rows from before an owner that wrote none are left out.</summary>
    internal static Task<IReadOnlyList<HandledOffset>> Handled(this Tx tx) => tx.Query<HandledOffset>(
        $"""
        select h.topic, h.partition, h.next_offset, h.handled_at, h.again_until
        from {tx.Schema}.handled_offset h
        join {tx.Schema}.partition_owner o on o.topic = h.topic and o.partition = h.partition and o.epoch = h.epoch
        order by h.topic, h.partition
        """);

    /// <summary>
    /// By the owner, in the transaction that handles what comes before these offsets, or before it has handled anything.
    /// </summary>
    internal static async Task NoteHandled(
        this Tx tx, IReadOnlyList<(string Topic, int Partition, long Epoch, long NextOffset)> places)
    {
        var written = await tx.Execute(
            $"""
            insert into {tx.Schema}.handled_offset as h (topic, partition, epoch, next_offset, handled_at)
            select topic, partition, epoch, next_offset, @now from unnest(@topics::text[], @partitions::int[], @epochs::bigint[], @offsets::bigint[]) as p (topic, partition, epoch, next_offset)
            on conflict (topic, partition) do update
            set epoch = excluded.epoch, next_offset = excluded.next_offset, handled_at = excluded.handled_at,
                again_until = case when h.again_until > excluded.next_offset then h.again_until end
            """,
            new
            {
                topics = places.Select(p => p.Topic).ToArray(), partitions = places.Select(p => p.Partition).ToArray(),
                epochs = places.Select(p => p.Epoch).ToArray(),
                offsets = places.Select(p => p.NextOffset).ToArray(), now = tx.Now,
            });
        Invariant.Holds(written == places.Count, $"handled_offset of {tx.Schema}: {places.Count} partitions, {written} written");
    }

    /// <summary>Two processes may find the same at once.</summary>
    /// <returns>False when another one was first: it is told.</returns>
    internal static async Task<bool> NoteTold(this Tx tx, IReadOnlyList<LostRecords> lost) => await tx.Execute(
        $"""
        update {tx.Schema}.handled_offset h set again_until = p.until
        from unnest(@topics::text[], @partitions::int[], @untils::bigint[]) as p (topic, partition, until)
        where h.topic = p.topic and h.partition = p.partition and (h.again_until is null or h.again_until < p.until)
        """,
        new { topics = lost.Select(l => l.Topic).ToArray(), partitions = lost.Select(l => l.Partition).ToArray(),
            untils = lost.Select(l => l.Committed).ToArray() }) > 0;

    /// <returns>Whether records of any partition come a second time still, because the database went back.</returns>
    public static Task<bool> IsHandlingAgain(this Tx tx) =>
        tx.QueryOne<bool>($"select exists (select from {tx.Schema}.handled_offset where again_until is not null)");
}
