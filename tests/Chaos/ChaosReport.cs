using System.Globalization;
using System.Text;

namespace ContestPipeline.Chaos;

/// <summary>The report of a run: what was done to it, what it did meanwhile, what was wrong at the end.</summary>
internal static class ChaosReport
{
    internal static async Task<string> Of(
        ChaosStage stage, Storm storm, Verdict verdict, Evidence evidence, IReadOnlyList<string> wrong, ulong seed, TimeSpan took,
        CancellationToken ct)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"");
        Line($"| fault | target | times | lasted, s |");
        Line($"| --- | --- | --- | --- |");
        foreach (var kind in storm.Done.GroupBy(d => (d.Fault.Kind.Name, Target(d.Fault)))
            .OrderBy(g => g.Key.Item2, StringComparer.Ordinal).ThenBy(g => g.Key.Name, StringComparer.Ordinal))
            Line(
                $"| {kind.Key.Name} | {kind.Key.Item2} | {kind.Count()} | {kind.Min(d => d.Took.TotalSeconds):0.0} to {kind.Max(d => d.Took.TotalSeconds):0.0} |");
        Line($"");
        var transfers = evidence.Transfers.Count;
        var moved = evidence.Transfers.Sum(t => t.GetProperty("amount").GetInt64());
        Line(
            $"{storm.Done.Count} faults, seed {seed}, {took.TotalMinutes:0.0} minutes. {evidence.Waves.Sum(w => w.Definitions.Count)} contests: {verdict.Paid} paid, {verdict.Cancelled} called off for want of entries.");
        Line(
            $"{evidence.Waves.Sum(w => w.Entries.Count)} entries, {evidence.Intents.Count(i => i.GetProperty("status").GetString() == "succeeded")} fees paid, {evidence.Refunds.Count} given back.");
        Line(
            $"Owed {verdict.OwedPayouts} payouts of {verdict.OwedMinor} cents; at Stripe {transfers} transfers of {moved} cents, in {await stage.Database.Attempts(ct)} attempts.");
        Line(
            $"Ledger: {evidence.Ledger.Transfers} lines, {evidence.Ledger.Faults.Count} faults. Reconciliation: {evidence.Reconciliation.Matched} facts matched, {evidence.Reconciliation.Differences.Count} differences. Parked: {evidence.Parked}.");
        if (evidence.WentBack is { } back) Line($"{back}");
        Line($"Lives: {string.Join(", ", stage.Servers.Values.Select(s => $"{s.Name} {s.Lives}"))}.");
        foreach (var ending in stage.Endings.GroupBy(e => e).OrderBy(g => g.Key.Name, StringComparer.Ordinal))
            Line(
                $"{ending.Key.Name} ended by itself {ending.Count()} times, exit code {ending.Key.ExitCode}, and was started again.");
        Line($"What is wrong: {(wrong.Count == 0 ? "nothing" : wrong.Count)}.");
        return text.ToString();
    }

    private static string Target(PlannedFault fault) =>
        fault.Kind.Of == FaultTarget.Link
            ? "link " + fault.Target : fault.Kind.Of == FaultTarget.Disk ? "disk of the " + fault.Target : fault.Target;
}
