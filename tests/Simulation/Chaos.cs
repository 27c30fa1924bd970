using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>How rough a seed is; percentages but for the crash, which is per ten thousand points passed.</summary>
internal sealed record Weather(int CrashPerTenThousand, int LostCommitPercent, int StripeFaultPercent, int RepeatPercent, int WebhookLossPercent, int InterleavePercent)
{
    internal static Weather Of(SeededRandom random) => new(
        CrashPerTenThousand: random.Pick([0, 30, 100, 300]), LostCommitPercent: random.Pick([0, 1, 3]), StripeFaultPercent: random.Pick([0, 5, 15, 30]),
        RepeatPercent: random.Pick([0, 10, 25, 50]), WebhookLossPercent: random.Pick([0, 10, 40]), InterleavePercent: random.Pick([0, 2, 6]));

    /// <summary>After this nothing new goes wrong, and everything has to come right.</summary>
    internal static readonly Weather Calm = new(0, 0, 0, 0, 0, 0);
}

/// <summary>What went wrong, by kind and place, over all seeds of a run.</summary>
internal sealed class FaultCount
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    internal void Hit(string kind) => counts[kind] = counts.GetValueOrDefault(kind) + 1;

    internal void Add(FaultCount other)
    {
        foreach (var (kind, count) in other.counts) counts[kind] = counts.GetValueOrDefault(kind) + count;
    }

    internal IReadOnlyDictionary<string, long> Counts => counts;
}
