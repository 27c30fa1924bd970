using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl payouts adopt</c> and <c>establish-none</c>: the ways out of a hold for a mismatch.</summary>
internal static class PayoutsMismatchCommand
{
    private const string AboutAdopt =
        """
        Says that a transfer that Stripe shows has paid a payout that is held because our record and Stripe's differ. Two persons have to say so; at the second one's word the
        transfer is read at Stripe, has to have the payout's amount and currency and an account of its player, and is booked. Your token (PAYOUT_API_TOKEN) must have
        the role approver. Exit code 1 when it is refused.

        Example:
          contestctl payouts adopt 4f1c… tr_1Abc --note "made by us, metadata edited in the dashboard, case 121"
        """;

    private const string AboutNone =
        """
        Says that Stripe has no transfer of a payout that is held because our record and Stripe's differ. Two persons have to say so; at the second one's word Stripe's lists are
        read to their end and kept as evidence, and only if they hold nothing that may have paid the payout it goes on, with a new attempt. Your token (PAYOUT_API_TOKEN)
        must have the role approver. Exit code 1 when it is refused.

        Example:
          contestctl payouts establish-none 4f1c… --note "looked through the dashboard, case 122"
        """;

    public static Command MakeAdopt(Session session)
    {
        var transfer = new Argument<string>("TRANSFER") { Description = "The transfer's id at Stripe." };
        return Make(session, "adopt", AboutAdopt, transfer);
    }

    public static Command MakeEstablishNone(Session session) => Make(session, "establish-none", AboutNone, transfer: null);

    private static Command Make(Session session, string decision, string about, Argument<string>? transfer)
    {
        var id = new Argument<string>("PAYOUT") { Description = "The payout's id." };
        var note = new Option<string>("--note", "--reason") { Description = "Why; kept in the audit log.", Required = true };
        var json = Output.JsonOption($"POST /v1/payouts/{{payoutId}}/{decision}");
        var command = new Command(decision, about) { id };
        if (transfer is not null) command.Add(transfer);
        command.Add(note);
        command.Add(json);
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var path = $"/v1/payouts/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{decision}";
            object body = transfer is null
                ? new { note = parsed.GetRequiredValue(note) }
                : new { transferId = parsed.GetRequiredValue(transfer), note = parsed.GetRequiredValue(note) };
            var answer = await api.Post(path, body, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{answer.GetProperty("payoutId").GetString()}: {answer.GetProperty("result").GetString()}"));
            return ExitCodes.Success;
        });
        return command;
    }
}
