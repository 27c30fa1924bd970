namespace ContestPipeline.Plumbing;

/// <summary>How far the database says that a partition was handled.</summary>
/// <param name="NextOffset">Of the first record that it knows nothing of.</param>
/// <param name="HandledAt">When what comes just before that was handled, UTC.</param>
/// <param name="AgainUntil">Up to this offset records come again, which was told; null: none do.</param>
internal sealed record HandledOffset(string Topic, int Partition, long NextOffset, DateTimeOffset HandledAt, long? AgainUntil);

/// <summary>Records that a worker has handled and of which its database knows nothing.</summary>
/// <param name="From">The first of them.</param>
/// <param name="Committed">Where the consumer group would go on: behind the last of them.</param>
/// <param name="KnownUntil">The database has what was committed before this moment, UTC.</param>
/// <param name="IsTold">A person was told of them.</param>
internal sealed record LostRecords(
    string Topic, int Partition, long From, long Committed, DateTimeOffset KnownUntil, bool IsTold);

/// <summary>
/// Compares what the database and the consumer group say of a partition. The group hears of an offset only when the transaction
/// that handled the records before it is committed: a group that is further than the database has handled records in transactions
/// that the database no longer has. No clock, no database, no broker.
/// </summary>
internal static class CompareOffsets
{
    /// <param name="handled">Null: the database has never said, as at the first start, of a new partition, or when somebody has
    /// removed the row.</param>
    /// <param name="committed">Where the group goes on; null: it never committed, or the topic was made anew and the broker has
    /// forgotten it.</param>
    /// <param name="end">The offset that the topic's next record gets. An offset beyond it is of a topic that was there before
    /// this one.</param>
    /// <returns>What was lost; null: nothing, or nothing is known.</returns>
    internal static LostRecords? Lost(HandledOffset? handled, long? committed, long end) =>
        handled is not null && committed > handled.NextOffset && committed <= end
            ? new LostRecords(handled.Topic, handled.Partition, handled.NextOffset, committed.Value, handled.HandledAt,
                IsTold: committed <= handled.AgainUntil)
            : null;
}
