namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What one request was and what became of it.</summary>
public sealed record LoggedRequest(
    long Sequence, DateTimeOffset At, string Method, string Path, string Endpoint, string? IdempotencyKey, string ParametersHash,
    int? Status, bool Replayed, string? Fault, bool Dropped, string RequestId);

/// <summary>The latest requests, oldest first.</summary>
public sealed class RequestLog
{
    private const int EntriesMax = 100_000;
    private readonly Queue<LoggedRequest> entries = new();

    public IEnumerable<LoggedRequest> Entries => entries;

    public void Add(LoggedRequest entry)
    {
        entries.Enqueue(entry);
        if (entries.Count > EntriesMax) entries.Dequeue();
    }
}
