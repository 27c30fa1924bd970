using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>Compares what was entered, what the topics said, what the database holds and what Stripe really did, and tells the results.</summary>
public sealed class JudgeTheEnd : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var told = scene.Told;
        var ledger = await scene.Stage.Database.VerifyLedger(ct);
        scene.Say($"ledger verified: {ledger.Transfers} lines in {ledger.Accounts} accounts, {ledger.Contests} contests, {ledger.Faults.Count} faults");
        var facts = (await DemoFacts.Gather(scene.Stage, scene.EntriesSubmitted, told, scene.Accounts.ByPlayer, ledger, ct)) with
        {
            EntriesUnpaid = PaidContest.Entries - PaidContest.Paid, Forfeited = scene.Forfeited,
        };
        scene.Faults.AddRange(FinalChecks.Faults(facts));
        scene.Check(
            told.Payments.GetValueOrDefault(PaidContest.DeclinedEntry)?.State == EntryPaymentStates.Cancelled && told.EntriesRefused.Any(e => e.EntryId == PaidContest.DeclinedEntry),
            $"{PaidContest.DeclinedEntry} was never paid and not given up at lock");
        foreach (var line in Story.Results(told)) scene.Say(line);
        scene.Say($"ledger {await scene.Stage.Database.LedgerHash(ct)}; {facts.Transfers.Count} transfers at Stripe, {Figures.Usd(facts.Transfers.Sum(t => t.AmountMinor))}");
        var alerts = told.Alerts.Where(a => a.Severity == "critical").ToArray();
        scene.Say($"critical alerts, as they should be: {string.Join(", ", alerts.Where(IsExpected).Select(a => a.Kind).Distinct().Order(StringComparer.Ordinal))}");
        foreach (var alert in alerts.Where(a => !IsExpected(a))) scene.Say($"alert {alert.Kind} {alert.Subject}: {alert.Cause}");
    }

    private static bool IsExpected(AlertRaisedV1 alert) =>
        alert.Kind.StartsWith("dispute-", StringComparison.Ordinal) || alert.Kind.StartsWith("platform-balance-", StringComparison.Ordinal);
}
