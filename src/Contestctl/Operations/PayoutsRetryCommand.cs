using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl payouts retry</c>: sends a failed payout again, if it is certain that Stripe moved nothing.</summary>
internal static class PayoutsRetryCommand
{
    private const string About =
        """
        Sends a failed payout again, with a new key. Refused unless the payout has failed and Stripe refused its last attempt for certain: an attempt of
        which nobody knows whether its money moved is never repeated. Your token (PAYOUT_API_TOKEN) must have the role operator. Exit code 1 when it is refused.

        Example:
          contestctl payouts retry 4f1c… --reason "the account's currency is mended, case 120"
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("PAYOUT") { Description = "The payout's id." };
        var reason = new Option<string>("--reason", "--why") { Description = "Why; kept in the audit log.", Required = true };
        var json = Output.JsonOption("POST /v1/payouts/{payoutId}/retry");
        var command = new Command("retry", About) { id, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var path = $"/v1/payouts/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/retry";
            var answer = await api.Post(path, new { reason = parsed.GetRequiredValue(reason) }, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{answer.GetProperty("payoutId").GetString()}: {answer.GetProperty("state").GetString()}, goes by itself"));
            return ExitCodes.Success;
        });
        return command;
    }
}
