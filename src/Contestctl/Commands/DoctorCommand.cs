using System.CommandLine;
using ContestPipeline.Contestctl.Checks;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl doctor</c>: every setting and dependency checked, with what to do about what is wrong.</summary>
internal static class DoctorCommand
{
    private const string About =
        """
        Checks every setting and everything the workers depend on - PostgreSQL (version, primary, migrations, roles, environment), Kafka (brokers, topics),
        Stripe (key, environment, reachability, the currencies contests are to be paid in) - and says what is wrong and how to mend it. Changes nothing.
        Exit code 1 when a check failed.

        Example:
          contestctl doctor --json
        """;

    public static Command Make(Session session)
    {
        var json = Output.JsonOption<DoctorAnswer>();
        var command = new Command("doctor", About) { json };
        command.SetAction(async (parsed, ct) =>
        {
            var findings = await LongWork.While("looking at PostgreSQL", session.Clock, work => Look(session, work, ct));
            var failed = findings.Count(f => f.State == "failed");
            Output.Show(parsed, json, new DoctorAnswer(failed == 0, findings), console => Write(console, findings, failed));
            return failed == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static async Task<List<Finding>> Look(Session session, LongWork work, CancellationToken ct)
    {
        var findings = new List<Finding>(SettingChecks.All(session.Settings));
        findings.AddRange(await DatabaseChecks.All(session, ct));
        work.Step("looking at Kafka");
        findings.AddRange(await KafkaChecks.All(session));
        work.Step("looking at Stripe");
        findings.AddRange(await StripeChecks.All(session, ct));
        return findings;
    }

    private static void Write(IAnsiConsole console, List<Finding> findings, int failed)
    {
        var table = Output.Table("", "check", "what", "what to do");
        foreach (var finding in findings) table.Row(finding.State, finding.Check, finding.What, finding.Mend);
        console.Write(table);
        console.WriteLine(failed == 0 ? "all is well" : $"{failed} of {findings.Count} checks failed");
    }
}
