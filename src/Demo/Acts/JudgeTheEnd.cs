using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// Compares what was entered, what the topics said, what the database holds and what Stripe really did, and tells the results.
/// </summary>
public sealed class JudgeTheEnd : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var told = context.Told;
        var ledger = await context.Environment.Database.VerifyLedger(ct);
        context.Say(
            $"ledger verified: {ledger.Transfers} lines in {ledger.Accounts} accounts, {ledger.Contests} contests, "
                + $"{ledger.Faults.Count} faults");
        var facts = (await DemoFacts.Gather(
            context.Environment, context.EntriesSubmitted, told, context.Accounts.ByPlayer, ledger, ct)) with
        {
            EntriesUnpaid = PaidContest.Entries - PaidContest.Paid, Forfeited = context.Forfeited,
        };
        context.Faults.AddRange(FinalChecks.Faults(facts));
        context.Check(
            told.Payments.GetValueOrDefault(PaidContest.DeclinedEntry)?.State == EntryPaymentStates.Cancelled
                && told.EntriesRefused.Any(e => e.EntryId == PaidContest.DeclinedEntry),
            $"{PaidContest.DeclinedEntry} was never paid and not given up at lock");
        foreach (var line in DemoSummary.Results(told)) context.Say(line);
        context.Say(
            $"ledger {await context.Environment.Database.LedgerHash(ct)}; {facts.Transfers.Count} transfers at Stripe, "
                + $"{Figures.Usd(facts.Transfers.Sum(t => t.AmountMinor))}");
        var alerts = told.Alerts.Where(a => a.Severity == "critical").ToArray();
        context.Say(
            $"critical alerts, as they should be: "
                + $"{string.Join(", ", alerts.Where(IsExpected).Select(a => a.Kind).Distinct().Order(StringComparer.Ordinal))}");
        foreach (var alert in alerts.Where(a => !IsExpected(a)))
            context.Say($"alert {alert.Kind} {alert.Subject}: {alert.Cause}");
    }

    private static bool IsExpected(AlertRaisedV1 alert) =>
        alert.Kind.StartsWith("dispute-", StringComparison.Ordinal)
            || alert.Kind.StartsWith("platform-balance-", StringComparison.Ordinal);
}
