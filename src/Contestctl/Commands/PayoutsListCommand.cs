using System.CommandLine;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl payouts list</c>: payouts by contest, player, state.</summary>
internal static class PayoutsListCommand
{
    private const string About =
        """
        Lists payouts with amount, state and, where they wait or failed, why; then the sum by state of what is listed, and whether there are more. Exit code 1
        when there is no such contest.

        Examples:
          contestctl payouts list --contest sunday-night
          contestctl payouts list --state awaiting_account --json
          contestctl payouts list --held
        """;

    public static Command Make(Session session)
    {
        var contest = new Option<string?>("--contest") { Description = "Only of this contest." };
        var player = new Option<string?>("--player") { Description = "Only of this player." };
        var state = new Option<string?>("--state")
        {
            Description = $"Only in this state: {string.Join(", ", PayoutStates.All)}.",
        };
        var held = new Option<bool>("--held") { Description = "Only those that wait for a person: the same as --state held." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 1000 };
        state.AcceptOnlyFromAmong([.. PayoutStates.All]);
        limit.Validators.Add(OptionRules.AtLeast(1));
        var json = Output.JsonOption<PayoutsAnswer>();
        var command = new Command("list", About) { contest, player, state, held, limit, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var connection = await session.OpenAdmin(ct);
            var (wanted, most) = (parsed.GetValue(contest), parsed.GetValue(limit));
            var found = await connection.Payouts(wanted, parsed.GetValue(player),
                parsed.GetValue(held) ? "held" : parsed.GetValue(state), most == int.MaxValue ? most : most + 1, ct);
            if (found.Count == 0 && wanted is not null && !await connection.IsContest(wanted, ct))
                throw new RefusedException($"there is no contest {wanted}");
            PayoutRow[] payouts = [.. found.Take(most)];
            var isWhole = payouts.Length == found.Count;
            var halts = await connection.Halts(null, null, ct);
            Output.Show(parsed, json, new PayoutsAnswer(payouts, halts, isWhole), console =>
            {
                Write(console, payouts);
                if (!isWhole)
                    console.WriteLine($"these are {payouts.Length} of more; --limit shows more, the sums are of these alone");
                WriteHalts(console, halts);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>One line each, so that nobody wonders why nothing goes.</summary>
    internal static void WriteHalts(IAnsiConsole console, IReadOnlyList<HaltRow> halts)
    {
        foreach (var h in halts)
            console.WriteLine(Legible.Line(
                $"halt {h.HaltNo}: {(h.Scope == "payouts" ? "all payouts" : $"payouts of {h.Scope} {h.Subject}")}, by "
                    + $"{h.HaltedBy} at {h.HaltedAt.UtcDateTime:u}: {h.Reason}"));
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<PayoutRow> payouts)
    {
        var table = Output.Table("payout", "contest", "player", "amount", "state", "reason", "transfer");
        foreach (var p in payouts)
            table.Row(p.PayoutId, p.ContestId, p.PlayerId, $"{Output.Money(p.AmountMinor, p.Currency)} {p.Currency}", p.State,
                p.Reason, p.TransferId);
        console.Write(table);
        foreach (var state in payouts.GroupBy(p => (p.State, p.Currency)).OrderBy(g => g.Key.State, StringComparer.Ordinal))
            console.WriteLine(
                $"{state.Key.State}: {state.Count()}, {Output.Money(state.Sum(p => p.AmountMinor), state.Key.Currency)} "
                    + $"{state.Key.Currency}");
    }
}
