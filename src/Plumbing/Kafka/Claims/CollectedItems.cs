namespace ContestPipeline.Plumbing;

/// <summary>What is being read for the next batch.</summary>
internal sealed class CollectedItems(ConsumerOptions options)
{
    private long bytes;

    internal List<ConsumedRecord> Items { get; } = [];

    internal bool IsFull => Items.Count >= options.BatchCountMax || bytes >= options.BatchBytesMax;

    /// <param name="size">What the record takes of memory, in bytes.</param>
    internal void Add(ConsumedRecord item, int size)
    {
        Items.Add(item);
        bytes += size;
    }

    /// <summary>
    /// The partition is somebody else's now. Should it come back before the batch is handled, it is read from its committed
    /// offset on: what was read before would come twice, and the offset of the second time would be stored after that of the
    /// first, which may be further.
    /// </summary>
    internal void Gone(string topic, int partition) => Items.RemoveAll(item => item.Place == (topic, partition));
}
