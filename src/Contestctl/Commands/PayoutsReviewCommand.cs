using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary>
/// <c>contestctl payouts release</c> and <c>contestctl payouts reject</c>: what a reviewer decides about a held payout.
/// </summary>
internal static class PayoutsReviewCommand
{
    private const string AboutRelease =
        """
        Lets a held payout go. Your token (PAYOUT_API_TOKEN) says who you are and must have the role approver; nobody decides about a payout of their own, and
        where two persons are asked for the second must be another. Velocity limits still apply. Exit code 1 when it is refused.

        Example:
          contestctl payouts release 4f1c… --note "identity checked by phone"
        """;

    private const string AboutReject =
        """
        Ends a held payout: the prize goes back to what its contest has not paid out, the player is told. Your token (PAYOUT_API_TOKEN) must have the role
        approver. Exit code 1 when it is refused.

        Example:
          contestctl payouts reject 4f1c… --note "account taken over, case 118"
        """;

    public static Command MakeRelease(Session session) =>
        Make(session, "release", AboutRelease, "Why; kept with the decision.", noteRequired: false);

    public static Command MakeReject(Session session) =>
        Make(session, "reject", AboutReject, "Why; kept with the decision and shown to the player.", noteRequired: true);

    private static Command Make(Session session, string decision, string about, string aboutNote, bool noteRequired)
    {
        var id = new Argument<string>("PAYOUT") { Description = "The payout's id." };
        var note = new Option<string?>("--note", "--reason") { Description = aboutNote, Required = noteRequired };
        var json = Output.JsonOption($"POST /v1/payouts/{{payoutId}}/{decision}");
        var command = new Command(decision, about) { id, note, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var path = $"/v1/payouts/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{decision}";
            var answer = await api.Post(path, new { note = parsed.GetValue(note) ?? "" }, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{answer.GetProperty("payoutId").GetString()}: {answer.GetProperty("result").GetString()}"));
            return ExitCodes.Success;
        });
        return command;
    }
}
