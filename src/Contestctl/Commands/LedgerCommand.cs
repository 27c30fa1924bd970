using System.CommandLine;
using ContestPipeline.Payout;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl ledger verify|balance</c>: the books, checked and read.</summary>
internal static class LedgerCommand
{
    public static Command Make(Session session) => new("ledger", "The double-entry ledger: check it, read its balances.") { Verify(session), Balance(session) };

    private static Command Verify(Session session)
    {
        const string About =
            """
            Recomputes every balance, every hash chain and every pool equation from the ledger's lines. Names the first bad row of each account and every
            contest that does not balance; exit code 1 when there is one. Reads only.

            Example:
              contestctl ledger verify
            """;
        var json = Output.JsonOption<LedgerReport>();
        var command = new Command("verify", About) { json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var connection = await session.OpenAdmin(ct);
            var report = await LongWork.While("lines checked", session.Clock, work => LedgerVerify.Run(connection, ct, work));
            Output.Show(parsed, json, report, console =>
            {
                foreach (var fault in report.Faults) console.WriteLine($"{fault.Where}: {fault.What}");
                console.WriteLine(
                    $"{report.Transfers} lines, {report.Accounts} accounts, {report.Contests} contests: "
                    + (report.Clean ? "the ledger is balanced" : $"{report.Faults.Count} faults"));
            });
            return report.Clean ? ExitCodes.Well : ExitCodes.Found;
        });
        return command;
    }

    private static Command Balance(Session session)
    {
        const string About =
            """
            Lists the balance of every account: credits less debits, in minor units as well as written out.

            Example:
              contestctl ledger balance --account player_payable
            """;
        var prefix = new Option<string?>("--account") { Description = "Only accounts whose name begins so." };
        var json = Output.JsonOption<BalancesAnswer>();
        var command = new Command("balance", About) { prefix, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var connection = await session.OpenAdmin(ct);
            var balances = (await LongWork.While("adding up", session.Clock, _ => LedgerBalance.All(connection, ct))).Where(b => b.Account.StartsWith(parsed.GetValue(prefix) ?? "", StringComparison.Ordinal)).ToArray();
            Output.Show(parsed, json, new BalancesAnswer(balances), console =>
            {
                var table = Output.Table("account", "currency", "balance", "lines");
                foreach (var balance in balances) table.Row(balance.Account, balance.Currency, Output.Money(balance.BalanceMinor, balance.Currency), balance.Lines);
                console.Write(table);
            });
            return ExitCodes.Well;
        });
        return command;
    }
}
