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
