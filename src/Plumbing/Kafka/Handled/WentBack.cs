namespace ContestPipeline.Plumbing;

/// <summary>
/// A worker's database went back in time: it was restored, or a standby that lacked the newest commits was promoted.
/// </summary>
/// <param name="Cause">For a person: the partition, both offsets, and how many more partitions.</param>
/// <param name="KnownUntil">What was committed before this moment, UTC, the database has; what was committed later may be
/// missing.</param>
public sealed record WentBack(string Worker, string Cause, DateTimeOffset KnownUntil)
{
    /// <summary>
    /// What the worker itself wrote since then, where it asked for that: its database may know nothing of it.
    /// </summary>
    public IReadOnlyList<Envelope> Written { get; init; } = [];

    public const string Runbook = "docs/runbooks/database-failover.md";

    internal static string AlertOf(string worker) => $"database-went-back/{worker}";

    /// <summary>The alert of a worker that handles again what was lost, and needs nobody for it.</summary>
    /// <param name="done">What was done besides, in a sentence; empty: nothing.</param>
    public void Tell(Tx tx, string done = "") => tx.Alert(PlumbingAlerts.DatabaseWentBack(this, done));

    internal static WentBack Of(string worker, IReadOnlyList<LostRecords> lost)
    {
        var first = lost[0];
        var more = lost.Count switch { 1 => "", 2 => ", and of 1 more partition likewise",
            var n => $", and of {n - 1} more partitions likewise" };
        return new WentBack(
            worker,
            $"the database of {worker} went back in time: of {first.Topic}/{first.Partition} it knows what comes before offset "
                + $"{first.From}, and the consumer group has handled what comes "
            + $"before {first.Committed}{more}",
            lost.Max(l => l.KnownUntil));
    }
}
