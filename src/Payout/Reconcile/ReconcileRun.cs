using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>One comparison from start to end: reads this side in one snapshot and then Stripe's, with a margin around the window, and compares.</summary>
public static class ReconcileRun
{
    /// <summary>Stripe lists no event that is older, and neither is one kept here.</summary>
    public static readonly TimeSpan EventsListed = TimeSpan.FromDays(30);

    private static readonly TimeSpan s_margin = TimeSpan.FromDays(2);

    /// <param name="settling">What is younger than this at the end of the window may lack its other half.</param>
    /// <param name="tell">Hears what is being read and how far it has come.</param>
    public static async Task<ReconcileReport> Run(
        WorkerDatabase database, IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, TimeSpan settling, TimeProvider clock,
        Action<string, int> tell, CancellationToken ct)
    {
        var (first, end) = (from - s_margin, to + s_margin);
        tell("ledger, payouts, payments, refunds, reversals, disputes and events here", 0);
        var (lines, objects, events) = await database.Run(
            async tx => (
                Lines: await tx.BalanceLines(first, end),
                Objects: (IReadOnlyList<ObjectFact>)[.. await tx.TransfersHere(first, end), .. await tx.PaymentsHere(first, end), .. await tx.RefundsHere(first, end),
                    .. await tx.ReversalsHere(first, end), .. await tx.DisputesHere(first, end)],
                Events: await tx.EventsHere(GatherFacts.EventTypes, first, end)), ct);
        var lists = await StripeSide.Read(stripe, first, end, tell, ct);
        var now = clock.GetUtcNow();
        return Reconcile.Compare(
            GatherFacts.OfLedger(lines, objects, lists), GatherFacts.OfStripe(lists), GatherFacts.OfEvents(events, lists),
            new ReconcileWindow(from, to, (to < now ? to : now) - settling, now - EventsListed), ReconcilePolicy.Default);
    }
}
