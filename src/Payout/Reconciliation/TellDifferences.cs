using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>Which differences of a run people are told one by one, and which in one word. No clock, no database.</summary>
public static class TellDifferences
{
    /// <summary>
    /// Alerts of one run for one difference each; how many more there are is told by one alert, and all are kept with the run.
    /// </summary>
    public const int AlertsMax = 20;

    private static readonly string[] s_critical = [DifferenceKinds.Duplicate, DifferenceKinds.Amount, DifferenceKinds.Destination,
        DifferenceKinds.UnknownHere];

    /// <returns>The key by which a difference alerts once, however many runs find it.</returns>
    public static string Key(Difference difference) => Key(difference.Leg, difference.Kind, difference.Subject);

    /// <returns>The key of the alert that the balance as a whole differs.</returns>
    public static string TotalKey(string currency) => Key(ReconcileLegs.Total, DifferenceKinds.Amount, currency);

    private static string Key(string leg, string kind, string subject) => $"reconcile/{leg}/{kind}/{subject}";

    /// <returns>True of what moved Stripe's balance from outside: it has no other id than that of the movement.</returns>
    public static bool IsOfMovement(Difference difference) =>
        difference is { Leg: ReconcileLegs.Balance, Kind: DifferenceKinds.UnknownHere }
            && difference.Subject.StartsWith("txn_", StringComparison.Ordinal);

    /// <returns>How bad it is if it is true: money that went where it should not, or goes to nobody, is critical, a half that is
    /// still to come is a warning.</returns>
    public static AlertSeverity Severity(Difference difference) =>
        s_critical.Contains(
            difference.Kind) || difference.Leg == ReconcileLegs.Results ? AlertSeverity.Critical : AlertSeverity.Warning;

    /// <param name="told">Keys of what was told before: the next of a long list have their turn then.</param>
    /// <returns>What is told one by one, critical differences before all others and the older first, and the rest in the same
    /// order.</returns>
    public static (IReadOnlyList<Difference> Each, IReadOnlyList<Difference> Others) Of(
        IReadOnlyList<Difference> differences, IReadOnlyCollection<string> told)
    {
        var known = told.ToHashSet(StringComparer.Ordinal);
        var fresh = differences.DistinctBy(Key).Where(d => !known.Contains(Key(d)))
            .OrderByDescending(d => Severity(d) == AlertSeverity.Critical).ThenBy(d => d.At).ToArray();
        return (fresh[..Math.Min(AlertsMax, fresh.Length)], fresh[Math.Min(AlertsMax, fresh.Length)..]);
    }
}

/// <summary>What people are told of comparisons with Stripe.</summary>
public static class ReconcileAlerts
{
    public static Alert Opening(StripeOpening opening, string words) => new Alert(
        words, AlertSeverity.Warning, "stripe-opening", opening.Currency,
        $"At the first comparison Stripe held {opening.AmountMinor} {opening.Currency} (minor units) that the ledger "
            + $"did not know of; they are booked to {LedgerAccounts.StripeOpening}.",
        "check that this is what the balance held before the pipeline was first used, then resolve this alert; it is "
            + "told once");

    public static Alert Differs(Difference difference) => new Alert(
        TellDifferences.Key(difference), TellDifferences.Severity(difference), $"reconcile-{difference.Kind}",
        difference.Subject, difference.What,
        "run contestctl reconcile and look the object up in Stripe's dashboard; nothing is corrected by itself");

    public static Alert More(
        ReconcileReport report, IReadOnlyList<Difference> rest, AlertSeverity worst, DateTimeOffset now) => new Alert(
        $"reconcile/more/{worst.Word()}/{now:yyyyMMdd}", worst, "reconcile-more", "Stripe",
        $"{rest.Count} more differences were found than are told one by one, "
            + $"{rest.Count(d => TellDifferences.Severity(d) == AlertSeverity.Critical)} of them critical",
        $"run contestctl reconcile --from {report.From.UtcDateTime:s}Z --to {report.To.UtcDateTime:s}Z, which lists all; "
            + $"nothing is corrected by itself");

    public static Alert RunOverdue(ReconcileTurn turn, DateTimeOffset now) => new Alert(
        $"reconcile-overdue/{now:yyyyMMdd}", AlertSeverity.Warning, "reconcile-overdue", "Stripe",
        $"The comparison with Stripe that was due at {turn.DueAt:u} has failed again and again; what happened since "
            + $"{turn.From:u} is not compared.",
        "Payout's log names the cause; mend it. It is tried again by itself, and the first run that succeeds compares all "
            + "of that time.");
}
