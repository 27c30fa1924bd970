using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl halt</c>: payouts stopped by an operator, and let go again.</summary>
internal static class HaltCommand
{
    private const string AboutHalt =
        """
        Halts {0}: nothing new is sent to Stripe until the halt is lifted; what Stripe was asked for before is only looked up. Refunds and reversals go
        on. Your token (PAYOUT_API_TOKEN) must have the role operator. Exit code 1 when it is refused.

        Example:
          contestctl halt {1} --reason "accounts are being taken over, case 131"
        """;

    private const string AboutLift =
        """
        Lifts a halt. What it held goes on by itself unless something else holds it. Your token (PAYOUT_API_TOKEN) must have the role operator; nobody lifts
        the halt of their own payouts. Exit code 1 when it is refused.

        Example:
          contestctl halt lift 3 --reason "accounts are safe again, case 131"
        """;

    private const string AboutList =
        """
        Lists what payouts are halted, by whom and why, and how many payouts of each are not over. Exit code 0 also when something is halted.

        Example:
          contestctl halt list --all
        """;

    public static IReadOnlyList<Command> All(Session session) =>
    [
        Make(session, "payouts", "all payouts", "payouts", null), Make(session, "contest", "a contest's payouts", "contest c5",
            "The contest's id."),
        Make(session, "player", "a player's payouts", "player p7", "The player's id."), Lift(session), List(session),
    ];

    /// <param name="idIs">What the argument is; null: there is none.</param>
    private static Command Make(Session session, string scope, string what, string example, string? idIs)
    {
        var id = idIs is null ? null : new Argument<string>(scope.ToUpperInvariant()) { Description = idIs };
        var reason = Reason();
        var json = Output.JsonOption("POST /v1/halts");
        var command = new Command(
            scope, string.Format(CultureInfo.InvariantCulture, AboutHalt, what, example)) { reason, json };
        if (id is not null) command.Add(id);
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            object body = id is null ? new { scope, reason = parsed.GetRequiredValue(reason) }
                : new { scope, reason = parsed.GetRequiredValue(reason), id = parsed.GetRequiredValue(id) };
            var answer = await api.Post("/v1/halts", body, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"halt {answer.GetProperty("haltNo")}: {Text(answer, "what")} are halted, {answer.GetProperty("waiting")} of them "
                    + "not over"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Lift(Session session)
    {
        var no = new Argument<long>("HALT") { Description = "Its number, as halt list shows it." };
        var reason = Reason();
        var json = Output.JsonOption("POST /v1/halts/{haltNo}/lift");
        var command = new Command("lift", AboutLift) { no, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var path = string.Create(CultureInfo.InvariantCulture, $"/v1/halts/{parsed.GetRequiredValue(no)}/lift");
            var answer = await api.Post(path, new { reason = parsed.GetRequiredValue(reason) }, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine($"{Text(answer, "what")} go again by themselves"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(Session session)
    {
        var all = new Option<bool>("--all") { Description = "With those that were lifted." };
        var json = Output.JsonOption("GET /v1/halts");
        var command = new Command("list", AboutList) { all, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get(parsed.GetValue(all) ? "/v1/halts?all=true" : "/v1/halts", ct);
            Output.Show(parsed, json, answer, console => Write(console, answer.GetProperty("halts")));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>One row a halt; nothing is halted: one sentence.</summary>
    internal static void Write(IAnsiConsole console, JsonElement halts)
    {
        if (halts.GetArrayLength() == 0)
        {
            console.WriteLine("nothing is halted");
            return;
        }

        var table = Output.Table("halt", "what", "not over", "by", "since", "reason", "lifted by", "at", "because");
        foreach (var halt in halts.EnumerateArray())
            table.Row(halt.GetProperty("haltNo"), Text(halt, "what"), halt.GetProperty("waiting"), Text(halt, "haltedBy"),
                Text(halt, "haltedAt"), Text(halt, "reason"), Text(halt, "liftedBy"), Text(halt, "liftedAt"),
                Text(halt, "liftReason"));
        console.Write(table);
    }

    private static Option<string> Reason() =>
        new("--reason", "--why") { Description = "Why; kept in the audit log.", Required = true };

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) ? value.GetString() : null;
}
