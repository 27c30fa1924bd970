using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Entries;

/// <summary><c>contestctl entries refund</c>: gives an entry's fee back, wholly or in part.</summary>
internal static class EntriesRefundCommand
{
    private const string About =
        """
        Gives an entry's fee back through Payout's API. Before the contest locks a full refund takes the entry out. After that the entry still ranks, and its
        unpaid prize shrinks with the fee; a prize that is paid already is left alone, and an alert says so. Your token (PAYOUT_API_TOKEN) must have the role
        operator. The same --request, however often it is sent, is one refund. Exit code 1 when it is refused.

        Examples:
          contestctl entries refund sunday-night e-118 --request case-4711 --reason "charged twice"
          contestctl entries refund sunday-night e-118 --request case-4712 --reason "goodwill" --amount 500
        """;

    public static Command Make(Session session)
    {
        var contest = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var entry = new Argument<string>("ENTRY") { Description = "The entry's id." };
        var request = new Option<string>(
            "--request") { Description = "A name of your own for this refund: a case, a ticket.", Required = true };
        var reason = new Option<string>(
            "--reason") { Description = "Why; kept in the audit log and told to the player.", Required = true };
        var amount = new Option<long?>(
            "--amount") { Description = "In minor units (cents); without it everything that is left." };
        var json = Output.JsonOption("POST /v1/entries/{contestId}/{entryId}/refunds 202");
        var command = new Command("refund", About) { contest, entry, request, reason, amount, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var path =
                $"/v1/entries/{Uri.EscapeDataString(parsed.GetRequiredValue(contest))}/{Uri.EscapeDataString(parsed.GetRequiredValue(entry))}/refunds";
            var body = new { requestId = parsed.GetRequiredValue(request), reason = parsed.GetRequiredValue(reason),
                amountMinor = parsed.GetValue(amount) };
            var answer = await api.Post(path, body, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"refund {answer.GetProperty("refundNo").GetInt32()} over {answer.GetProperty("amountMinor").GetInt64()} minor "
                    + $"units: {answer.GetProperty("state").GetString()}"));
            return ExitCodes.Success;
        });
        return command;
    }
}
