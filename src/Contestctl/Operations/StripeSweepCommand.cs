using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl stripe sweep</c>: compares Stripe's own list of events with what arrived, and fills the gaps.</summary>
internal static class StripeSweepCommand
{
    private const string About =
        """
        Goes through Stripe's events of the last 30 days - the platform's and those of every player's account - and applies what never arrived by webhook.
        Payout does this by itself every ten minutes; this does it now. Your token (PAYOUT_API_TOKEN) must have the role operator. Exit code 1 when a list
        could not be read to its end.

        Example:
          contestctl stripe sweep --json
        """;

    public static Command Make(Session session)
    {
        var json = Output.JsonOption("POST /v1/stripe/sweep");
        var command = new Command("sweep", About) { json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Post("/v1/stripe/sweep", new { }, ct);
            var unread = answer.GetProperty("unread").GetInt32();
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{answer.GetProperty("scopes").GetInt32()} lists: {answer.GetProperty("found").GetInt32()} events found, "
                    + $"{answer.GetProperty("filled").GetInt32()} had not arrived and were filled, {unread} lists unread"));
            return unread == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }
}
