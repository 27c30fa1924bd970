using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl wallet show</c>, <c>history</c> and <c>years</c>: a player's wallet.</summary>
internal static class WalletCommand
{
    private const string AboutShow =
        """
        Shows a player's wallet by currency: what is available, at stake, pending as a deposit, refundable to the card, withdrawable to the bank; and its lots, the
        oldest first, as they are used up. Where there are more, the last line says how to go on.

        Example:
          contestctl wallet show player-17
        """;

    private const string AboutHistory =
        """
        Shows what moved a player's wallet, the latest first: deposits, stakes, returned stakes, prizes. Where there is more, the last line says how to go on.

        Example:
          contestctl wallet history player-17 --currency usd
        """;

    private const string AboutYears =
        """
        Shows what moved a player's wallet, summed up by year (UTC): deposits, refunds, stakes, winnings, withdrawals, and what lay in it when the year ended.

        Example:
          contestctl wallet years player-17
        """;

    private static readonly string[] s_yearly =
    [
        "depositedMinor", "depositFeesMinor", "refundedMinor", "stakedMinor", "stakesReturnedMinor", "wonMinor",
        "withdrawnMinor", "forfeitedMinor", "otherMinor", "balanceMinor",
    ];

    public static Command MakeShow(Session session)
    {
        var id = Player();
        var limit = Limit("Lots");
        var after = After();
        var json = Output.JsonOption("GET /v1/players/{playerId}/wallet");
        var command = new Command("show", AboutShow) { id, limit, after, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get(
                $"/v1/players/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/wallet"
                    + $"?{Page(parsed.GetValue(limit), parsed.GetValue(after))}", ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeHistory(Session session)
    {
        var id = Player();
        var currency = new Option<string>("--currency")
            { Description = "ISO 4217, lower case.", DefaultValueFactory = _ => "usd" };
        var limit = Limit("Movements");
        var after = After();
        var json = Output.JsonOption("GET /v1/players/{playerId}/wallet/history");
        var command = new Command("history", AboutHistory) { id, currency, limit, after, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get(
                $"/v1/players/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/wallet/history"
                    + $"?currency={Uri.EscapeDataString(parsed.GetRequiredValue(currency))}"
                    + $"&{Page(parsed.GetValue(limit), parsed.GetValue(after))}", ct);
            Output.Show(parsed, json, answer, console => WriteHistory(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeYears(Session session)
    {
        var id = Player();
        var json = Output.JsonOption("GET /v1/players/{playerId}/wallet/years");
        var command = new Command("years", AboutYears) { id, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get($"/v1/players/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/wallet/years", ct);
            Output.Show(parsed, json, answer, console => WriteYears(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Player() => new("PLAYER") { Description = "The player's id." };

    private static Option<int> Limit(string what) => new("--limit")
        { Description = $"{what} of a page, 1 to 1000.", DefaultValueFactory = _ => 50 };

    private static Option<string?> After() => new("--after") { Description = "Go on where a page ended." };

    private static string Page(int limit, string? after) => string.Create(CultureInfo.InvariantCulture, $"limit={limit}")
        + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");

    private static void WriteMore(IAnsiConsole console, JsonElement answer)
    {
        if (answer.TryGetProperty("next", out var next)) console.WriteLine($"more: --after {next.GetString()}");
    }

    private static void Write(IAnsiConsole console, JsonElement answer)
    {
        var balances = Output.Table("currency", "available", "at stake", "pending", "refundable", "withdrawable");
        foreach (var balance in answer.GetProperty("balances").EnumerateArray())
        {
            var currency = balance.GetProperty("currency").GetString()!;
            balances.Row([currency, .. s_sums.Select(sum => Output.Money(balance.GetProperty(sum).GetInt64(), currency))]);
        }

        console.Write(balances);
        foreach (var cause in answer.GetProperty("frozenBy").EnumerateArray())
            console.WriteLine($"frozen: nothing is withdrawn or refunded now ({cause.GetString()})");
        var lots = Output.Table("credited at (UTC)", "from", "reference", "left", "of");
        foreach (var lot in answer.GetProperty("lots").EnumerateArray())
        {
            var currency = lot.GetProperty("currency").GetString()!;
            lots.Row(lot.GetProperty("creditedAt").ToString(), lot.GetProperty("source").GetString()!,
                lot.GetProperty("reference").GetString()!, Output.Money(lot.GetProperty("leftMinor").GetInt64(), currency),
                Output.Money(lot.GetProperty("amountMinor").GetInt64(), currency));
        }

        console.Write(lots);
        WriteMore(console, answer);
    }

    private static readonly string[] s_sums =
        ["availableMinor", "stakedMinor", "pendingMinor", "refundableMinor", "withdrawableMinor"];

    private static void WriteHistory(IAnsiConsole console, JsonElement answer)
    {
        var table = Output.Table("no", "at (UTC)", "what", "amount", "contest", "reference");
        foreach (var moved in answer.GetProperty("movements").EnumerateArray())
            table.Row(moved.GetProperty("no").ToString(), moved.GetProperty("at").ToString(),
                moved.GetProperty("code").GetString()!,
                Output.Money(moved.GetProperty("amountMinor").GetInt64(), moved.GetProperty("currency").GetString()!),
                moved.GetProperty("contestId").GetString()!, moved.GetProperty("reference").GetString()!);
        console.Write(table);
        WriteMore(console, answer);
    }

    private static void WriteYears(IAnsiConsole console, JsonElement answer)
    {
        var table = Output.Table(
            "year", "currency", "deposited", "deposit fees", "refunded", "staked", "stakes back", "won", "withdrawn", "forfeited",
            "other", "balance");
        foreach (var year in answer.GetProperty("years").EnumerateArray())
        {
            var currency = year.GetProperty("currency").GetString()!;
            table.Row([
                year.GetProperty("year"), currency,
                .. s_yearly.Select(sum => Output.Money(year.GetProperty(sum).GetInt64(), currency)),
            ]);
        }

        console.Write(table);
    }
}
