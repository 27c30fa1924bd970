using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="Attempts">Those that failed.</param>
/// <param name="IsHeldBack">Waits until a later event has reached the endpoint.</param>
public sealed record SimDelivery(
    long Sequence, string Event, string Endpoint, DateTimeOffset AnnouncedAt, DateTimeOffset DueAt, int Attempts, bool IsHeldBack)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"whd_sim_{Sequence:D6}");
}

/// <summary>The ways in which a webhook can go wrong between Stripe and its receiver.</summary>
public static class WebhookFault
{
    /// <summary>Never sent. The event can still be listed.</summary>
    public const string Drop = "drop";

    public const string Duplicate = "duplicate";

    public const string Delay = "delay";

    /// <summary>Sent only after the next event to the same endpoint has arrived.</summary>
    public const string Reorder = "reorder";

    /// <summary>Two events with ids of their own for one fact.</summary>
    public const string Twin = "twin";

    public static IReadOnlyList<string> All { get; } = [Drop, Duplicate, Delay, Reorder, Twin];
}

/// <summary>
/// Which events are still to be sent, when, and what became of the others. At least once, in no promised order, for three days.
/// </summary>
public sealed class Deliveries
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);
    private static readonly TimeSpan RetryMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan HoldMax = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<long, SimDelivery> open = [];
    private readonly HashSet<long> underway = [];
    private readonly HashSet<string> failed = new(StringComparer.Ordinal);
    private long lastSequence;
    private string? twinned;

    /// <summary>The wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan RetryFirst { get; set; } = TimeSpan.FromSeconds(5);

    public FaultPlan Faults { get; } = new();

    public IReadOnlyCollection<SimDelivery> Open => open.Values;

    public long DeliveredCount { get; private set; }

    /// <summary>When the next delivery is due; null when nothing waits.</summary>
    public DateTimeOffset? NextDueAt =>
        open.Values.Where(delivery => !underway.Contains(delivery.Sequence)).Select(delivery => (DateTimeOffset?)delivery.DueAt)
            .Min();

    public int OpenFor(string eventId) => open.Values.Count(delivery => delivery.Event == eventId);

    /// <summary>Whether everyone who wanted the event has it.</summary>
    public bool Succeeded(string eventId) => !failed.Contains(eventId) && OpenFor(eventId) == 0;

    /// <returns>How many events one fact becomes: one, unless it is to have a twin.</returns>
    public int CopiesOf(string type)
    {
        if (Faults.Draw(type, kind => kind == WebhookFault.Twin) is null) return 1;
        twinned = type;
        return 2;
    }

    public void Announce(SimEvent happened, IEnumerable<SimWebhookEndpoint> endpoints, DateTimeOffset at)
    {
        var fault = twinned == happened.Type ? null : Faults.Draw(happened.Type, kind => kind != WebhookFault.Twin);
        twinned = null;
        foreach (var endpoint in endpoints)
        {
            if (fault?.Kind == WebhookFault.Drop)
            {
                failed.Add(happened.Id);
                continue;
            }

            var dueAt = fault?.Kind switch
            {
                WebhookFault.Delay => at + TimeSpan.FromMilliseconds(fault.DelayMs),
                WebhookFault.Reorder => at + HoldMax,
                _ => at,
            };
            Add(happened.Id, endpoint.Id, at, dueAt, fault?.Kind == WebhookFault.Reorder);
            if (fault?.Kind == WebhookFault.Duplicate) Add(happened.Id, endpoint.Id, at, dueAt, false);
        }
    }

    /// <summary>Sends an event once more.</summary>
    public void Resend(string eventId, string endpointId, DateTimeOffset at) => Add(eventId, endpointId, at, at, false);

    /// <summary>Hands out what is due; each is to be reported on before it is handed out again.</summary>
    public IReadOnlyList<SimDelivery> Take(DateTimeOffset at, int countMax)
    {
        var due = open.Values.Where(delivery => delivery.DueAt <= at && !underway.Contains(delivery.Sequence)).Take(countMax)
            .ToList();
        foreach (var delivery in due) underway.Add(delivery.Sequence);
        return due;
    }

    /// <param name="arrived">Whether the receiver answered with a 2xx.</param>
    public void Report(long sequence, bool arrived, DateTimeOffset at)
    {
        underway.Remove(sequence);
        if (!open.TryGetValue(sequence, out var delivery)) return;
        if (arrived)
        {
            open.Remove(sequence);
            failed.Remove(delivery.Event);
            DeliveredCount++;
            foreach (var held in open.Values.Where(other => other.IsHeldBack && other.Endpoint == delivery.Endpoint
                && other.Sequence < sequence).ToList())
                open[held.Sequence] = held with { DueAt = at, IsHeldBack = false };
            return;
        }

        failed.Add(delivery.Event);
        var wait = RetryFirst * Math.Pow(2, Math.Min(delivery.Attempts, 20));
        var next = delivery with { Attempts = delivery.Attempts + 1, DueAt = at + (wait < RetryMax ? wait : RetryMax),
            IsHeldBack = false };
        if (next.DueAt - delivery.AnnouncedAt > GiveUpAfter) open.Remove(sequence);
        else open[sequence] = next;
    }

    /// <summary>Nothing more goes to an endpoint that was removed.</summary>
    public void Forget(string endpointId)
    {
        foreach (var delivery in open.Values.Where(delivery => delivery.Endpoint == endpointId).ToList())
            open.Remove(delivery.Sequence);
    }

    private void Add(string eventId, string endpointId, DateTimeOffset at, DateTimeOffset dueAt, bool isHeldBack)
    {
        var delivery = new SimDelivery(++lastSequence, eventId, endpointId, at, dueAt, 0, isHeldBack);
        open.Add(delivery.Sequence, delivery);
    }
}
