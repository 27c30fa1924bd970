using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl accounts show</c>: a player's account at Stripe.</summary>
internal static class AccountsShowCommand
{
    private const string About =
        """
        Shows the account at Stripe to which a player's prizes go: notStarted, incomplete, complete, restricted or rejected; what Stripe still wants and what
        of it is past due; whether transfers reach the account and Stripe pays on to the bank; what the account holds now. Exit code 1 when it is refused.

        Example:
          contestctl accounts show player-17
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("PLAYER") { Description = "The player's id." };
        var json = Output.JsonOption("GET /v1/players/{playerId}/account");
        var command = new Command("show", About) { id, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get($"/v1/players/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/account", ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, JsonElement answer)
    {
        console.WriteLine($"{answer.GetProperty("playerId").GetString()}: {answer.GetProperty("status").GetString()}");
        if (!answer.TryGetProperty("account", out var account)) return;
        var facts = Output.Table("what", "as last read");
        foreach (var (what, field) in s_facts)
            if (account.TryGetProperty(field, out var value)) facts.Row(what, Words(value));
        console.Write(facts);
        if (!account.TryGetProperty("balances", out var balances))
        {
            console.WriteLine("Stripe does not say now what the account holds");
            return;
        }

        var held = Output.Table("currency", "available", "pending", "at once");
        foreach (var balance in balances.EnumerateArray())
        {
            var currency = balance.GetProperty("currency").GetString()!;
            held.Row(currency, Money(balance, "availableMinor", currency), Money(balance, "pendingMinor", currency),
                Money(balance, "instantAvailableMinor", currency));
        }

        console.Write(held);
    }

    private static readonly (string What, string Field)[] s_facts =
    [
        ("account", "accountId"), ("transfers", "transfers"), ("payouts to the bank", "payoutsEnabled"),
        ("own charges", "chargesEnabled"), ("details submitted", "detailsSubmitted"), ("disabled because", "disabledReason"),
        ("due now", "currentlyDue"), ("past due", "pastDue"), ("due by", "dueBy"), ("read at (UTC)", "readAt"),
    ];

    private static string Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => v.GetString())),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => value.ToString(),
    };

    private static string Money(JsonElement balance, string field, string currency) =>
        balance.TryGetProperty(field, out var minor) ? Output.Money(minor.GetInt64(), currency) : "";
}
