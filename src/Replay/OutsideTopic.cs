using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay;

/// <summary>Finds selections that no record can lie in. No clock, no broker.</summary>
internal static class OutsideTopic
{
    /// <param name="all">What each partition of the topic holds.</param>
    /// <returns>What is wrong, in words; null: the offsets lie within the topic.</returns>
    internal static string? Fault(ReplayWish wish, IReadOnlyList<PartitionRange> all)
    {
        var asked = all.Where(r => wish.Partition is null || r.Partition == wish.Partition).ToArray();
        if (asked.Length == 0)
            return $"{wish.Topic} has the partitions {string.Join(", ", all.Select(r => r.Partition).Order())}, and not "
                + $"{wish.Partition}";
        if (wish is { FromOffset: { } from, ToOffset: { } to } && from >= to)
            return $"--from-offset {from} is not below --to-offset {to}";
        if (wish.FromOffset is { } first && asked.All(r => first >= r.To))
            return $"--from-offset {first} lies behind the end of {Held(wish, asked)}";
        if (wish.ToOffset is { } last && asked.All(r => last <= r.From))
            return $"--to-offset {last} lies before the beginning of {Held(wish, asked)}";
        if (wish is { Partition: not null, ToOffset: { } beyond } && asked.All(r => beyond > r.To))
            return $"--to-offset {beyond} lies behind the end of {Held(wish, asked)}";
        return null;
    }

    private static string Held(ReplayWish wish, PartitionRange[] asked) =>
        $"{wish.Topic}, which holds {string.Join(", ", asked.Select(r => $"[{r.Partition}] {r.From} up to and without {r.To}"))}";
}
