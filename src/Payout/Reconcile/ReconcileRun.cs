using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>One comparison from start to end: reads this side in one snapshot and then Stripe's, with a margin around the window, and compares.</summary>
public static class ReconcileRun
{
    /// <summary>Stripe lists no event that is older, and neither is one kept here.</summary>
    public static readonly TimeSpan EventsListed = TimeSpan.FromDays(30);

    private static readonly TimeSpan s_margin = TimeSpan.FromDays(2);

    /// <summary>Of Stripe's lists at once: as much as a scheduled run of the usual length takes. Of the rest only what is compared stays in memory.</summary>
    private static readonly TimeSpan s_listed = TimeSpan.FromDays(6);

    /// <param name="settling">What is younger than this at the end of the window may lack its other half.</param>
    /// <param name="tell">Hears what is being read and how far it has come.</param>
    public static async Task<ReconcileReport> Run(
        WorkerDatabase database, IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, TimeSpan settling, TimeProvider clock,
        Action<string, int> tell, CancellationToken ct)
    {
        var begun = clock.GetUtcNow();
        var (first, end) = (from - s_margin, (to < begun ? to : begun) + s_margin);
        tell("ledger, payouts, payments, refunds, reversals, disputes and events here", 0);
        var (lines, objects, events) = await database.Run(
            async tx => (
                Lines: await tx.BalanceLines(first, end),
                Objects: (IReadOnlyList<ObjectFact>)[.. await tx.TransfersHere(first, end), .. await tx.PaymentsHere(first, end), .. await tx.RefundsHere(first, end),
                    .. await tx.ReversalsHere(first, end), .. await tx.DisputesHere(first, end)],
                Events: await tx.EventsHere(GatherFacts.EventTypes, first, end)), ct);
        var theirs = await Listed(new StripeSide(stripe, clock, tell), first, end, ct);
        var now = clock.GetUtcNow();
        return Reconcile.Compare(
            GatherFacts.OfLedger(lines, objects, theirs), theirs, GatherFacts.OfEvents(events, theirs),
            new ReconcileWindow(from, to, (to < now ? to : now) - settling, now - EventsListed), ReconcilePolicy.Default);
    }

    /// <summary>Read in pieces and compared in one: two halves of a thing may lie as far apart as the pipeline stood still.</summary>
    private static async Task<StripeFacts> Listed(StripeSide stripe, DateTimeOffset first, DateTimeOffset end, CancellationToken ct)
    {
        var parts = new List<StripeFacts>();
        for (var from = first; from < end; from += s_listed)
            parts.Add(GatherFacts.OfStripe(await stripe.Read(from, from + s_listed < end ? from + s_listed : end, ct)));
        return GatherFacts.Together(parts);
    }
}
