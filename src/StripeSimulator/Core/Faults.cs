namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The ways in which Stripe and the network between can fail.</summary>
public static class FaultKind
{
    /// <summary>The connection is cut and nothing is executed.</summary>
    public const string TimeoutBefore = "timeout-before";

    /// <summary>Executed and committed, then the connection is cut.</summary>
    public const string TimeoutAfter = "timeout-after";

    /// <summary>Executed and committed, but the answer (also the saved one) is a 500.</summary>
    public const string ServerErrorCommitted = "500-committed";

    /// <summary>Not executed; the 500 is saved under the key.</summary>
    public const string ServerErrorRolledBack = "500-rolled-back";

    public const string KeyInUse = "409";

    public const string RateLimited = "429";

    public const string RateLimitedNoReason = "429-no-reason";

    public const string LockTimeout = "lock-timeout";

    public const string InsufficientFunds = "insufficient-funds";

    /// <summary>All idempotency keys are forgotten, then the request is executed.</summary>
    public const string ForgetKeys = "forget-keys";

    /// <summary>Executed after a wait, during which the key is in use.</summary>
    public const string Delay = "delay";

    /// <summary>Executed when an operator releases it; until then the key is in use.</summary>
    public const string Hold = "hold";

    public static IReadOnlySet<string> All { get; } = new[]
    {
        TimeoutBefore, TimeoutAfter, ServerErrorCommitted, ServerErrorRolledBack, KeyInUse, RateLimited, RateLimitedNoReason,
        LockTimeout,
        InsufficientFunds, ForgetKeys, Delay, Hold,
    }.Concat(AnswerTable.All.Select(answer => answer.Name)).ToHashSet(StringComparer.Ordinal);
}

/// <summary>One failure that befalls one request.</summary>
public sealed record Fault(string Kind, int DelayMs, long? OrderId);

/// <summary>
/// Failures to come at one endpoint (<c>*</c> for any): the next few requests, or a share of all until cleared.
/// </summary>
public sealed record FaultOrder(long Id, string Endpoint, string Kind, int DelayMs, int Remaining, int Percent);

/// <summary>Which failures befall which requests. Drawn from a seed, so a run can be repeated.</summary>
public sealed class FaultPlan
{
    private readonly List<FaultOrder> orders = [];
    private long lastId;
    private ulong randomState;

    public IReadOnlyList<FaultOrder> Orders => orders;

    public void Seed(ulong seed) => randomState = seed;

    public FaultOrder Add(string endpoint, string kind, int delayMs, int count, int percent)
    {
        var order = new FaultOrder(++lastId, endpoint, kind, delayMs, count, percent);
        orders.Add(order);
        return order;
    }

    public void Clear() => orders.Clear();

    /// <summary>The first order that fits decides and, when counted, is one request nearer to its end.</summary>
    /// <param name="ofKind">Passes over orders of other kinds; null for none.</param>
    public Fault? Draw(string endpoint, Func<string, bool>? ofKind = null)
    {
        foreach (var order in orders)
        {
            if (order.Endpoint != "*" && order.Endpoint != endpoint) continue;
            if (ofKind is not null && !ofKind(order.Kind)) continue;
            if (order.Percent > 0 && (int)(Next() % 100) >= order.Percent) continue;
            var fault = new Fault(order.Kind, order.DelayMs, order.Percent > 0 ? null : order.Id);
            Take(fault);
            return fault;
        }

        return null;
    }

    /// <summary>Repeats what a draw did, when the requests are replayed.</summary>
    public void Take(Fault? fault)
    {
        var at = fault?.OrderId is { } id ? orders.FindIndex(order => order.Id == id) : -1;
        if (at < 0) return;
        orders[at] = orders[at] with { Remaining = orders[at].Remaining - 1 };
        if (orders[at].Remaining <= 0) orders.RemoveAt(at);
    }

    // SplitMix64.
    private ulong Next()
    {
        unchecked
        {
            var z = randomState += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
