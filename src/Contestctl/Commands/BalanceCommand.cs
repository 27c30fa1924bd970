using System.CommandLine;
using System.Text.Json;
using ContestPipeline.Contestctl.Operations;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl balance</c>: the platform's balance at Stripe against what it owes.</summary>
internal static class BalanceCommand
{
    private const string About =
        """
        Shows what the platform has at Stripe, what it owes and has not transferred, how that is judged (depleted, critical, warning, healthy), how it changed in
        seven days, and what to do. Exit code 1 when a currency is depleted or critical. balance history shows what was kept of it.

        Example:
          contestctl balance --json
        """;

    public static Command Make(Session session)
    {
        var json = Output.JsonOption("GET /v1/balance");
        var command = new Command("balance", About) { json, BalanceHistoryCommand.Make(session) };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get("/v1/balance", ct);
            var balances = answer.GetProperty("balances").EnumerateArray().ToArray();
            Output.Show(parsed, json, answer, console =>
            {
                Write(console, balances);
                if (answer.GetProperty("halts") is { } halts && halts.GetArrayLength() > 0) HaltCommand.Write(console, halts);
            });
            return balances.Any(b => b.GetProperty("status").GetString() is "depleted" or "critical")
                ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, JsonElement[] balances)
    {
        var table = Output.Table(
            "currency", "available", "pending", "obligations", "reserve", "status", "trend", "a day", "days left", "what to do");
        foreach (var balance in balances)
        {
            var figures = balance.GetProperty("figures");
            var currency = figures.GetProperty("currency").GetString()!;
            table.Row(
                currency, Money(figures, "availableMinor", currency), Money(figures, "pendingMinor", currency),
                Money(figures, "obligationsMinor", currency), Money(balance, "reserveMinor", currency),
                balance.GetProperty("status").GetString(), balance.GetProperty("direction").GetString(),
                Money(balance, "changeMinorPerDay", currency),
                balance.TryGetProperty("daysOfCoverage", out var days) ? days.GetInt64() : null,
                balance.GetProperty("recommendedAction").GetString());
        }

        console.Write(table);
    }

    private static string? Money(JsonElement of, string name, string currency) =>
        of.TryGetProperty(name, out var minor) ? Output.Money(minor.GetInt64(), currency) : null;
}
