using System.Text.Json;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>What an operator can look at, and the release of held requests. Nothing here changes what is kept.</summary>
internal static class AdminViews
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <returns>Null when the request is for the simulated Stripe itself.</returns>
    public static Func<HttpContext, Simulator, Task>? Find(string method, string path) => (method, path) switch
    {
        ("GET", "/_admin/health") =>
            (context, simulator) => Show(context, simulator, (_, now) => new { Status = "ok", Now = now }),
        ("GET", "/_admin/clock") => (context, simulator) =>
            Show(context, simulator, (state, now) => new { Now = now, OffsetSeconds = (long)state.ClockOffset.TotalSeconds }),
        ("GET", "/_admin/requests") =>
            (context, simulator) => Show(context, simulator, (state, _) => new { Requests = state.Log.Entries.ToList() }),
        ("GET", "/_admin/transfers") =>
            (context, simulator) => Show(context, simulator, (state, _) => Summary(state.Transfers.ToList())),
        ("GET", "/_admin/faults") =>
            (context, simulator) => Show(context, simulator, (state, _) => new { Orders = state.FaultOrders.ToList() }),
        ("GET", "/_admin/events") =>
            (context, simulator) => Show(context, simulator, (state, _) => new { Data = state.EventsToStripe() }),
        ("GET", "/_admin/webhooks") => (context, simulator) => Show(context, simulator, (state, _) => new
        {
            state.Deliveries.DeliveredCount, Open = state.Deliveries.Open.ToList(),
            Faults = state.Deliveries.Faults.Orders.ToList(),
        }),
        ("POST", "/_admin/release") => ReleaseHeld,
        _ => null,
    };

    private static object Summary(List<SimTransfer> transfers) => new
    {
        transfers.Count,
        AmountMinor = transfers.GroupBy(transfer => transfer.Currency)
            .ToDictionary(group => group.Key, group => group.Sum(transfer => transfer.AmountMinor)),
        ReversedMinor = transfers.GroupBy(transfer => transfer.Currency)
            .ToDictionary(group => group.Key, group => group.Sum(transfer => transfer.ReversedMinor)),
        Groups = transfers.GroupBy(transfer => transfer.TransferGroup ?? "")
            .ToDictionary(group => group.Key, group => group.Count()),
        Duplicates = transfers.GroupBy(transfer => (Group: transfer.TransferGroup, transfer.Destination))
            .Where(group => group.Count() > 1)
            .Select(group => new { TransferGroup = group.Key.Group, group.Key.Destination, Count = group.Count(),
                Ids = group.Select(transfer => transfer.Id).ToList() })
            .ToList(),
        Transfers = transfers.Select(transfer => new
        {
            transfer.Id, transfer.AmountMinor, transfer.ReversedMinor, transfer.Currency, transfer.Destination,
            transfer.TransferGroup, transfer.Metadata,
        }).ToList(),
    };

    private static async Task Show<T>(HttpContext context, Simulator simulator, Func<StripeState, DateTimeOffset, T> view) =>
        await context.Response.WriteAsJsonAsync(
            await simulator.Read(view, context.RequestAborted), SnakeCase, context.RequestAborted);

    private static Task ReleaseHeld(HttpContext context, Simulator simulator)
    {
        simulator.Release();
        return context.Response.WriteAsJsonAsync(new { released = true }, SnakeCase, context.RequestAborted);
    }
}
