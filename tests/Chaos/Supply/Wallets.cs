using System.Collections.Concurrent;
using System.Net;
using ContestPipeline.Demo;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Chaos;

/// <summary>
/// The players' browsers: each asks Payout how to pay, pays at Stripe, and tries again whatever the weather lost.
/// </summary>
internal sealed class Wallets(ChaosStage stage)
{
    private const int BrowsersMax = 4;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<PlannedEntry, int> tries = new();

    /// <summary>Entries whose players still try to pay.</summary>
    internal int Open => tries.Count;

    internal void Add(IEnumerable<PlannedEntry> entries)
    {
        foreach (var entry in entries.Where(e => e.Cards.Count > 0)) tries[entry] = 0;
    }

    internal void GiveUp(IEnumerable<PlannedEntry> entries)
    {
        foreach (var entry in entries) tries.TryRemove(entry, out _);
    }

    internal async Task Run(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(tries.Keys,
                new ParallelOptions { MaxDegreeOfParallelism = BrowsersMax, CancellationToken = ct },
                async (entry, token) => await Browse(entry, token));
            await Task.Delay(s_pause, stage.Clock, ct);
        }
    }

    private async Task Browse(PlannedEntry entry, CancellationToken ct)
    {
        try
        {
            var submit = entry.Submit;
            var reply = await stage.Payout.Get(
                $"/v1/entries/{submit.ContestId}/{submit.EntryId}/payment", submit.PlayerId, ApiRole.Player, ct);
            if (reply.Status != HttpStatusCode.OK || !tries.TryGetValue(entry, out var tried)) return;
            var view = reply.Body;
            if (view.GetProperty("state").GetString() is PaymentState.Paid or PaymentState.Cancelled or PaymentState.Refunded
                or PaymentState.PartlyRefunded)
            {
                tries.TryRemove(entry, out _);
                return;
            }

            if (!view.TryGetProperty("clientSecret", out var secret) || secret.GetString() is not { } clientSecret) return;
            var card = entry.Cards[Math.Min(tried, entry.Cards.Count - 1)];
            if (!await stage.Stripe.Pay(clientSecret, ct, card)) tries[entry] = tried + 1;
        }
        catch (HttpRequestException)
        {
            // Stripe's page does not open now.
        }
        catch (InvalidOperationException)
        {
            // Stripe's page says no, such as to a second payment of one entry.
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody answered in time.
        }
    }
}
