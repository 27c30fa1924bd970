namespace ContestPipeline.Plumbing;

/// <summary>One outbox row on its way.</summary>
internal readonly record struct OutboxRow(
    long Position, short Slice, Guid MessageId, string Topic, string WireName, string PartitionKey, string RecordKey,
    DateTimeOffset At, string TraceParent, byte[] Body);

/// <summary>Where a relay sends its rows: a window of them, of each slice all or none.</summary>
internal interface IRelayTarget
{
    /// <summary>A row of the window, in order of position.</summary>
    void Send(OutboxRow row);

    /// <summary>Waits until the window is taken for good, and begins the next.</summary>
    /// <returns>Of which slices the broker refuses something, and in what words: nothing of theirs in this window is there for
    /// anybody to read.</returns>
    Task<IReadOnlyDictionary<short, string>> AllAcknowledged(CancellationToken ct);

    /// <summary>Sends one row outside any window, as soon as it can be, for what must not wait behind others.</summary>
    Task Tell(OutboxRow row, CancellationToken ct);
}
