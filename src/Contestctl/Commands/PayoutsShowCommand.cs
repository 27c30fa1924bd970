using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl payouts show</c>: one payout with its history and every attempt to pay it.</summary>
internal static class PayoutsShowCommand
{
    private const string About =
        """
        Shows one payout: every state with its time, every attempt with its idempotency key and what Stripe answered. Exit code 1 when there is none.

        Example:
          contestctl payouts show po_4f1c…
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("PAYOUT") { Description = "The payout's id." };
        var json = Output.JsonOption<PayoutAnswer>();
        var command = new Command("show", About) { id, json };
        command.SetAction(async (parsed, ct) =>
        {
            var payoutId = parsed.GetRequiredValue(id);
            await using var connection = await session.OpenAdmin(ct);
            if (await connection.Payout(payoutId, ct) is not { } payout)
                throw new RefusedException($"there is no payout '{payoutId}'");
            var history = await connection.PayoutChanges(payoutId, ct);
            var attempts = await connection.Attempts(payoutId, ct);
            var halts = await connection.Halts(payout.ContestId, payout.PlayerId, ct);
            Output.Show(parsed, json, new PayoutAnswer(payout, history, attempts, halts), console =>
            {
                Write(console, payout, history, attempts);
                PayoutsListCommand.WriteHalts(console, halts);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(
        IAnsiConsole console, PayoutRow payout, IReadOnlyList<PayoutChangeRow> history, IReadOnlyList<AttemptRow> attempts)
    {
        console.WriteLine(
            $"{payout.PayoutId}: {Output.Money(payout.AmountMinor, payout.Currency)} {payout.Currency} to {payout.PlayerId} "
                + $"for {payout.ContestId}, {payout.State}");
        var changes = Output.Table("no", "state", "at", "reason", "transfer");
        foreach (var c in history)
            changes.Row(c.ChangeNo, c.State, c.At.ToString("u", CultureInfo.InvariantCulture), c.Reason, c.TransferId);
        console.Write(changes);

        var calls = Output.Table("attempt", "key", "to", "outcome", "first used", "closed", "last answer");
        foreach (var a in attempts)
        {
            calls.Row(a.AttemptNo, a.IdempotencyKey, a.Destination, a.Outcome,
                a.FirstUsedAt.ToString("u", CultureInfo.InvariantCulture),
                a.ClosedAt?.ToString("u", CultureInfo.InvariantCulture), a.LastAnswer);
        }

        console.Write(calls);
    }
}
