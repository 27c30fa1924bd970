namespace ContestPipeline.Payout.StripeApi;

/// <summary>The paces of all of Stripe's endpoints, each this process's share of what the account may do.</summary>
public sealed class StripeRateLimiters(int perSecond, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, StripeRateLimiter> paces = new(StringComparer.Ordinal);
    private int sharers = 1;
    private volatile bool isClosed;

    /// <summary>True while other processes that use the account may not know of this one: nothing is sent.</summary>
    public bool IsClosed => isClosed;

    public StripeRateLimiter Of(string endpoint)
    {
        lock (gate)
        {
            if (!paces.TryGetValue(endpoint, out var pace)) paces.Add(endpoint, pace = new StripeRateLimiter(Share, clock));
            return pace;
        }
    }

    public void Close() => isClosed = true;

    public void Open() => isClosed = false;

    /// <summary>So many processes use the account, this one among them.</summary>
    public void SharedBy(int processes)
    {
        lock (gate)
        {
            if (sharers == processes) return;
            sharers = processes;
            foreach (var pace in paces.Values) pace.Resize(Share);
        }
    }

    /// <summary>At least one a second: a rate below the number of processes cannot be shared.</summary>
    private int Share => Math.Max(1, perSecond / sharers);
}
