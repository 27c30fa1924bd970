using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Run;

/// <summary>
/// Which records of a plan the broker has again: what was written down, what the topic tells beyond that, and what is produced
/// now. A set and not a highest offset: a record that the broker refused may lie below others that it took. No clock, no broker.
/// </summary>
/// <param name="written">How many were written down, all of them below the offsets of <paramref name="progress"/>.</param>
/// <param name="found">Originals, by partition and offset, of what the topic has of the run.</param>
internal sealed class ProducedRecords(
    long written, IReadOnlyList<PartitionProgress> progress, IEnumerable<(int Partition, long Offset)> found)
{
    private readonly Dictionary<int, PartitionProgress> progress = progress.ToDictionary(p => p.Partition);

    /// <summary>Only what is not below what was written down: there everything is counted already.</summary>
    private readonly HashSet<(int Partition, long Offset)> found =
        [.. found.Where(f => progress.Any(p => p.Partition == f.Partition && f.Offset >= p.ProducedTo))];

    internal long Count { get; private set; } = written;

    /// <summary>As it may be written down once all that was passed is acknowledged.</summary>
    internal IReadOnlyList<PartitionProgress> Progress => [.. progress.Values];

    /// <summary>What of the plan's ranges is above what was written down.</summary>
    internal IReadOnlyList<PartitionRange> Rest(IEnumerable<PartitionRange> ranges) =>
        [.. ranges.Select(r => r with { From = Math.Max(r.From, progress[r.Partition].ProducedTo) })];

    /// <summary>The broker has it: it is not produced again.</summary>
    internal bool Has(int partition, long offset) => found.Contains((partition, offset));

    /// <summary>The next selected record of its partition: the broker has it, or it is on its way there.</summary>
    internal void Pass(int partition, long offset)
    {
        found.Remove((partition, offset));
        progress[partition] = progress[partition] with { ProducedTo = offset + 1 };
        Count++;
    }

    /// <summary>
    /// The plan's records were read to their ends. What was found and did not come again was produced before the broker dropped
    /// its original.
    /// </summary>
    internal void PassRest(IEnumerable<PartitionRange> ranges)
    {
        PassFound();
        foreach (var range in ranges) progress[range.Partition] = progress[range.Partition] with { ProducedTo = range.To };
    }

    /// <summary>The run ends here: what was found counts, though the plan's records were not read that far.</summary>
    internal void PassFound()
    {
        Count += found.Count;
        found.Clear();
    }
}
