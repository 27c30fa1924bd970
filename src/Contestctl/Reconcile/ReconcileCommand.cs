using System.CommandLine;
using System.Globalization;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Reconcile;

/// <summary><c>contestctl reconcile</c>: the ledger, Stripe and the events compared.</summary>
internal static class ReconcileCommand
{
    private const int DaysDefault = 7;
    private const int SettlingSecondsDefault = 120;

    private const string About =
        """
        Compares the ledger's lines of Stripe's balance with Stripe's balance transactions, payouts, payments and refunds with Stripe's transfers, charges and
        refunds, those with the events that arrived, results as they were published with ledger and payouts by contest and player, and what the ledger says
        Stripe holds with what it holds. Names every difference - missing, duplicate, amount, destination, late, unknown at Stripe,
        unknown here - however small; exit code 1 when there is one. What is younger than --settling and lacks its other half is counted as pending. Movements
        that the pipeline does not make are counted apart; those that are not everyday (bank payouts of the platform, reserves) are differences until the
        scheduled comparison has booked and told them. Reads only; takes STRIPE_RESTRICTED_KEY where it is set.

        Examples:
          contestctl reconcile
          contestctl reconcile --from 2026-11-01 --to 2026-11-08 --json
        """;

    public static Command Make(Session session)
    {
        var from = new Option<string?>(
            "--from") { Description =
                $"The beginning, a date or a time in UTC; {DaysDefault} days before the end unless given." };
        var to = new Option<string?>("--to") { Description = "The end; now unless given." };
        var settling = new Option<int>("--settling")
        {
            Description = "Seconds that the two halves of a thing may be apart at the end.",
            DefaultValueFactory = _ => SettlingSecondsDefault,
        };
        var json = Output.JsonOption<ReconcileReport>();
        var command = new Command("reconcile", About) { from, to, settling, json };
        command.SetAction(async (parsed, ct) =>
        {
            var end = OptionRules.Time("--to", parsed.GetValue(to)) ?? session.Clock.GetUtcNow();
            var start = OptionRules.Time("--from", parsed.GetValue(from)) ?? end.AddDays(-DaysDefault);
            if (start >= end) throw new SettingException("--from", "must be before --to");
            if (parsed.GetValue(settling) is < 0 or > 86_400)
                throw new SettingException("--settling", "must be from 0 to 86400 seconds");
            var stripe = session.OpenStripe(StripeKeys.Reading(session.Settings));
            await session.RequireAdmin(ct);
            await using var database = new WorkerDatabase(PayoutWorker.Name, session.AdminDatabase, session.Clock);
            var apart = TimeSpan.FromSeconds(parsed.GetValue(settling));
            var report = await LongWork.While(
                "reading", session.Clock,
                work => ReconcileRun.Run(database, stripe, start, end, apart, session.Clock,
                    (what, count) => work.Step($"reading {what}", count), ct));
            Output.Show(parsed, json, report, console => Write(console, report));
            return report.Clean ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, ReconcileReport report)
    {
        if (!report.Clean)
        {
            var table = Output.Table("time", "leg", "difference", "what of", "here", "at Stripe", "in words");
            foreach (var d in report.Differences)
                table.Row($"{d.At:u}", d.Leg, d.Kind, d.Subject, Amount(d.OursMinor, d.Currency),
                    Amount(d.TheirsMinor, d.Currency), d.What);
            console.Write(table);
        }

        console.WriteLine(
            $"{report.From:u} to {report.To:u}: {report.Matched} matched, {report.Pending} pending, {report.Differences.Count} "
                + $"differences");
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"clearing {report.Clearing:P4}, completeness {report.Completeness:P4}, timeliness {report.Timeliness:P4}; outside "
                + $"the pipeline {report.Outside} movements, {report.OutsideMinor} minor units of all currencies"));
    }

    private static string Amount(long? minor, string? currency) =>
        minor is { } amount ? $"{Output.Money(amount, currency ?? "")} {currency}" : "";
}
