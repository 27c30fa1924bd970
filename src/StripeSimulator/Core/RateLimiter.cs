namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Counts the requests of the last second, in all and per endpoint. A limit of 0 is none.</summary>
public sealed class RateLimiter
{
    private readonly Dictionary<string, Queue<DateTimeOffset>> recent = new(StringComparer.Ordinal);

    public int EndpointPerSecondMax { get; set; } = 25;

    public int GlobalPerSecondMax { get; set; } = 100;

    /// <returns>Why the request is refused, or null. A refused request counts for nothing.</returns>
    public string? Refusal(string endpoint, DateTimeOffset at)
    {
        var ofEndpoint = LastSecond(endpoint, at);
        var ofAll = LastSecond("", at);
        if (GlobalPerSecondMax > 0 && ofAll.Count >= GlobalPerSecondMax) return "global-rate";
        if (EndpointPerSecondMax > 0 && ofEndpoint.Count >= EndpointPerSecondMax) return "endpoint-rate";
        ofEndpoint.Enqueue(at);
        ofAll.Enqueue(at);
        return null;
    }

    private Queue<DateTimeOffset> LastSecond(string name, DateTimeOffset at)
    {
        if (!recent.TryGetValue(name, out var queue)) recent[name] = queue = new Queue<DateTimeOffset>();
        while (queue.Count > 0 && at - queue.Peek() >= TimeSpan.FromSeconds(1)) queue.Dequeue();
        return queue;
    }
}
