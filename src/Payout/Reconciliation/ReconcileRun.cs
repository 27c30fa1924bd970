using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>What a comparison found, and what has to be booked so that the next one finds it in the books.</summary>
/// <param name="ToBook">Movements from outside, old enough that both sides are settled.</param>
/// <param name="Totals">Null: what was compared lies in the past, or there is no opening yet.</param>
/// <param name="ToOpen">What each currency opens with: what no movement of the window accounts for; null: they are open.</param>
public sealed record ReconcileOutcome(
    ReconcileReport Report, IReadOnlyList<OutsideMovement> ToBook, IReadOnlyList<StripeTotal>? Totals,
    IReadOnlyList<StripeOpening>? ToOpen);

/// <summary>
/// One comparison from start to end: reads this side in one snapshot and then Stripe's, with a margin around the window, and
/// compares.
/// </summary>
public static class ReconcileRun
{
    /// <summary>Stripe lists no event that is older, and neither is one kept here.</summary>
    public static readonly TimeSpan EventsListed = TimeSpan.FromDays(30);

    private static readonly TimeSpan s_margin = TimeSpan.FromDays(2);

    /// <summary>
    /// Read at most, where something here is not found at Stripe with the usual margin: books that stood still, or were restored,
    /// book what moved days ago.
    /// </summary>
    private static readonly TimeSpan s_widest = TimeSpan.FromDays(32);

    /// <summary>By how much the margin grows each time.</summary>
    private const int Wider = 4;

    /// <summary>
    /// Of Stripe's lists at once: as much as a scheduled run of the usual length takes. Of the rest only what is compared stays
    /// in memory.
    /// </summary>
    private static readonly TimeSpan s_listed = TimeSpan.FromDays(6);

    /// <summary>The balance is compared as a whole when the window ends no longer ago than this.</summary>
    private static readonly TimeSpan s_now = TimeSpan.FromMinutes(5);

    /// <param name="settling">What is younger than this at the end of the window may lack its other half.</param>
    /// <param name="tell">Hears what is being read and how far it has come.</param>
    public static async Task<ReconcileReport> Run(
        WorkerDatabase database, IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, TimeSpan settling,
        TimeProvider clock, Action<string, int> tell, CancellationToken ct) =>
            (await Compare(database, stripe, from, to, settling, clock, tell, ct)).Report;

    /// <summary>As <see cref="Run"/>, with what is to be booked. Looks only.</summary>
    public static async Task<ReconcileOutcome> Compare(
        WorkerDatabase database, IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, TimeSpan settling,
        TimeProvider clock, Action<string, int> tell, CancellationToken ct)
    {
        for (var before = s_margin; ; before *= Wider)
        {
            var outcome = await Compare(database, stripe, from, to, settling, before, clock, tell, ct);
            if (before >= s_widest || outcome.Report.Differences.All(d => d.Kind != DifferenceKinds.UnknownAtStripe))
                return outcome;
        }
    }

    private static async Task<ReconcileOutcome> Compare(
        WorkerDatabase database, IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, TimeSpan settling,
        TimeSpan before, TimeProvider clock, Action<string, int> tell, CancellationToken ct)
    {
        var begun = clock.GetUtcNow();
        var (first, end) = (from - before, (to < begun ? to : begun) + s_margin);
        tell("ledger, payouts, payments, refunds, reversals, disputes and events here", 0);
        var isNow = to >= begun - s_now;
        var (lines, objects, events, here, results) = await database.Run(
            async tx =>
            {
                await tx.ReadAsOfOneMoment();
                return (
                    Lines: await tx.BalanceLines(first, end),
                    Objects: (IReadOnlyList<ObjectFact>)[.. await tx.TransfersHere(first, end),
                        .. await tx.PaymentsHere(first, end), .. await tx.RefundsHere(first, end),
                        .. await tx.ReversalsHere(first, end), .. await tx.DisputesHere(first, end)],
                    Events: await tx.EventsHere(GatherFacts.EventTypes, first, end),
                    Here: new TotalFacts(
                        await tx.LedgerTotals(), [], default, default, await tx.WaitingRefunds(), await tx.Openings()),
                    Results: await tx.ResultDifferences(from, to, (to < begun ? to : begun) - settling, isNow));
            }, ct);
        var side = new StripeSide(stripe, clock, tell);
        var askedAt = clock.GetUtcNow();
        var total = isNow ? here with { Stripe = await side.Holds(ct), AskedAt = askedAt, ReadAt = clock.GetUtcNow() } : null;
        var theirs = await Listed(side, first, end, ct);
        var now = clock.GetUtcNow();
        var window = new ReconcileWindow(from, to, (to < now ? to : now) - settling, now - EventsListed);
        var ledger = GatherFacts.OfLedger(
            lines, objects, theirs) with { Booked = await Booked(database, theirs.Outside, here.Openings, ct) };
        var totals = total is null ? null : CompareTotals.Of(total, ledger, theirs, window);
        var isOpen = here.Openings.Count > 0;
        return new ReconcileOutcome(
            Reconcile.Compare(ledger, theirs, GatherFacts.OfEvents(events, theirs), window, ReconcilePolicy.Default,
                isOpen ? totals : null, results),
            [.. theirs.Outside.Where(m => m.IsOfPayments && window.Holds(m.At) && m.At < window.SettledBefore
                && !ledger.Booked.Contains(m.Id))], isOpen ? totals : null,
            isOpen || total is null ? null : CompareTotals.Opening(total, ledger, theirs, window));
    }

    private static async Task<HashSet<string>> Booked(
        WorkerDatabase database, IReadOnlyList<OutsideMovement> outside, IReadOnlyList<StripeOpening> openings,
        CancellationToken ct)
    {
        var lines = outside.ToDictionary(m => OutsideBooking.LineId(m), m => m.Id);
        var posted = lines.Count == 0 ? [] : await database.Run(tx => tx.Posted([.. lines.Keys]), ct);
        return [.. posted.Select(p => lines[p.TransferId]),
            .. outside.Where(m => m.NetMinor == 0 || !CompareTotals.IsAfterOpening(openings, m)).Select(m => m.Id)];
    }

    /// <summary>
    /// Read in pieces and compared in one: two halves of a thing may lie as far apart as the pipeline stood still.
    /// </summary>
    private static async Task<StripeFacts> Listed(
        StripeSide stripe, DateTimeOffset first, DateTimeOffset end, CancellationToken ct)
    {
        var parts = new List<StripeFacts>();
        for (var from = first; from < end; from += s_listed)
            parts.Add(GatherFacts.OfStripe(await stripe.Read(from, from + s_listed < end ? from + s_listed : end, ct)));
        return GatherFacts.Together(parts);
    }
}
