using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>What is to be done about differences between the ledger and Stripe (docs/operators/reconciliation.md).</summary>
public static class DifferenceWords
{
    /// <summary>The worst first: critical before all others, then by leg, kind and age.</summary>
    /// <param name="json">As a run keeps them.</param>
    public static IReadOnlyList<Difference> In(string json) =>
    [
        .. (JsonSerializer.Deserialize<IReadOnlyList<Difference>>(json, WireJson.Options) ?? [])
            .OrderByDescending(d => TellDifferences.Severity(d) == AlertSeverity.Critical)
            .ThenBy(d => d.Leg, StringComparer.Ordinal).ThenBy(d => d.Kind, StringComparer.Ordinal).ThenBy(d => d.At),
    ];

    /// <param name="kind">One of <see cref="DifferenceKinds"/>.</param>
    public static string ToDo(string kind) => kind switch
    {
        DifferenceKinds.Missing => "One side lacks its part. Wait for the next run; if it stays, read the object at Stripe and "
            + "look its id up here.",
        DifferenceKinds.Duplicate => "It is there twice. If two transfers paid one payout: "
            + "docs/runbooks/suspected-double-payment.md.",
        DifferenceKinds.Amount => "The amounts differ. Read the object at Stripe; nothing is corrected by itself.",
        DifferenceKinds.Destination => "The money went to another account than the payout's. Halt the player, then "
            + "docs/runbooks/suspected-double-payment.md.",
        DifferenceKinds.Late => "Both sides agree, one was late. Look for an outage at that time; nothing is to be mended.",
        DifferenceKinds.UnknownAtStripe => "Stripe does not list it. Wait for the next run; then ask Stripe about the id.",
        DifferenceKinds.UnknownHere => "Somebody or something else moved money. Find out who made it, then resolve its alert "
            + "with what it was.",
        _ => "Look the object up at Stripe; nothing is corrected by itself.",
    };
}
