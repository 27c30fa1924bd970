namespace ContestPipeline.Contracts;

/// <summary>Where a contest stands and how it got there.</summary>
/// <remarks>Key: contest id, compacted. Producer: Scoring, which holds the one lifecycle table.</remarks>
/// <param name="State">One of <see cref="ContestStates"/>.</param>
/// <param name="Version">Rises with every step or change of the hold, by one unless the database of Scoring went back.</param>
/// <param name="Steps">Every state so far with its own time and cause; none is ever skipped.</param>
/// <param name="Hold">Why the contest does not go on (which game, athlete, stat), or null.</param>
[Wire("contest.lifecycle.v1", Topics.Lifecycle)]
public sealed record LifecycleV1(
    string ContestId, [OneOf(typeof(ContestStates))] string State, long Version,
    IReadOnlyList<LifecycleStepV1> Steps, string? Hold) : IMessage
{
    public string IdempotencyKey => $"lifecycle/{ContestId}/{Version}";
    public string PartitionKey => ContestId;
}

/// <summary>One state, when it was reached (UTC) and by which fact.</summary>
public sealed record LifecycleStepV1([OneOf(typeof(ContestStates))] string State, DateTimeOffset At, string Cause);

/// <summary>SCHEDULED → LOCKED → LIVE → COMPLETE → SETTLED → PAID, and CANCELLED from any state before SETTLED.</summary>
public static class ContestStates
{
    public const string Scheduled = "SCHEDULED";
    public const string Locked = "LOCKED";
    public const string Live = "LIVE";
    public const string Complete = "COMPLETE";
    public const string Settled = "SETTLED";
    public const string Paid = "PAID";
    public const string Cancelled = "CANCELLED";

    public static IReadOnlyList<string> All { get; } = [Scheduled, Locked, Live, Complete, Settled, Paid, Cancelled];
}
