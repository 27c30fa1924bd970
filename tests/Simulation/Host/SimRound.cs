namespace ContestPipeline.Simulation;

/// <summary>Something a process does from time to time.</summary>
internal sealed record SimRound(string Name, Func<CancellationToken, Task<bool>> Run)
{
    private static readonly string[] s_rare = ["maintenance", "forget-events", "sweep", "escalate-alerts", "silence"];

    /// <summary>What real processes do seldom.</summary>
    internal bool IsRare { get; } = s_rare.Contains(Name);

    /// <summary>There may be something to do.</summary>
    internal bool IsDue { get; set; }
}

/// <summary>
/// What each worker's rounds came to when they last looked: one that found nothing, and whose worker has done nothing since, need
/// not look again soon. Looking costs a transaction, and most of a seed would be that.
/// </summary>
internal sealed class SimQuiet(SimClock clock)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, long> stirs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Worker, string Round), (long Stir, DateTimeOffset At)> looks = [];

    /// <summary>The worker has done something.</summary>
    internal void Stir(string worker) => stirs[worker] = Stirred(worker) + 1;

    internal void FoundNothing(string worker, string round) => looks[(worker, round)] = (Stirred(worker), clock.GetUtcNow());

    /// <returns>How likely it is that the round is due, out of what is usual (100).</returns>
    internal int Percent(string worker, string round)
    {
        if (!looks.TryGetValue((worker, round), out var look) || look.Stir != Stirred(worker)) return 100;
        return clock.GetUtcNow() - look.At < s_soon ? 5 : 30;
    }

    private long Stirred(string worker) => stirs.GetValueOrDefault(worker);
}
