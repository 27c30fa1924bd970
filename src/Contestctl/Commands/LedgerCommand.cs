using System.CommandLine;
using ContestPipeline.Payout.Anchors;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl ledger verify|balance</c>: the books, checked and read.</summary>
internal static class LedgerCommand
{
    public static Command Make(Session session) =>
        new("ledger", "The double-entry ledger: check it, read its balances.") { Verify(session), Balance(session) };

    private static Command Verify(Session session)
    {
        const string About =
            """
            Recomputes every balance, every hash chain and every pool equation from the ledger's lines. Names the first bad row of each account and every
            contest that does not balance; exit code 1 when there is one. Reads only.

            Whoever owns the database can rewrite lines, chains and balances so that they fit each other. With --anchors the chains are compared with what Payout
            wrote outside the database as well (PAYOUT_ANCHOR_FILE): a line that was rewritten or removed since is named.

            Example:
              contestctl ledger verify --anchors /var/lib/contestpipeline/anchors --anchor-key anchor.pub.pem
            """;
        var anchors = new Option<FileInfo>("--anchors") { Description = "The file of anchors.", HelpName = "FILE" }
            .AcceptExistingOnly();
        var anchorKey =
            new Option<FileInfo>("--anchor-key") { Description = "The public key of whoever signed them (PEM).",
                HelpName = "FILE" }.AcceptExistingOnly();
        var json = Output.JsonOption<LedgerReport>();
        var command = new Command("verify", About) { anchors, anchorKey, json };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(anchors) is null != parsed.GetValue(anchorKey) is null)
                throw new SettingException("--anchors", "and --anchor-key are given together or not at all");
            await using var connection = await session.OpenAdmin(ct);
            var report = await LongWork.While("lines checked", session.Clock, work => LedgerVerify.Run(connection, ct, work));
            long? anchored = null;
            if (parsed.GetValue(anchors) is { } file)
            {
                using var key = AnchorOptions.Key(
                    "--anchor-key", await File.ReadAllTextAsync(parsed.GetRequiredValue(anchorKey).FullName, ct));
                var (count, faults) = await AnchorVerify.Run(connection, new AnchorFile(file.FullName).ReadAfter(0, ct), key, ct);
                anchored = count;
                report = report with { Faults = [.. report.Faults, .. faults] };
            }

            Output.Show(parsed, json, report, console =>
            {
                foreach (var fault in report.Faults) console.WriteLine($"{fault.Where}: {fault.What}");
                console.WriteLine(
                    $"{report.Transfers} lines, {report.Accounts} accounts, {report.Contests} contests: "
                    + (anchored is { } lines ? $"{lines} anchors compared, " : "")
                    + (report.Clean ? "the ledger is balanced" : $"{report.Faults.Count} faults"));
            });
            return report.Clean ? ExitCodes.Success : ExitCodes.CheckFailed;
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
            var balances =
                (await LongWork.While("adding up", session.Clock, _ => LedgerBalance.All(connection, ct))).Where(b =>
                    b.Account.StartsWith(parsed.GetValue(prefix) ?? "", StringComparison.Ordinal)).ToArray();
            Output.Show(parsed, json, new BalancesAnswer(balances), console =>
            {
                var table = Output.Table("account", "currency", "balance", "lines");
                foreach (var balance in balances)
                    table.Row(
                        balance.Account, balance.Currency, Output.Money(balance.BalanceMinor, balance.Currency), balance.Lines);
                console.Write(table);
            });
            return ExitCodes.Success;
        });
        return command;
    }
}
