using ContestPipeline.Replay;
using ContestPipeline.Replay.Effect;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary>A plan and its effect, for people.</summary>
internal static class EffectTables
{
    private const int ContestsShownMax = 100;

    /// <param name="file">Where the plan was written; null: nowhere.</param>
    public static void Write(IAnsiConsole console, ReplayPlan plan, string? file)
    {
        var (selection, effect) = (plan.Selection, plan.Effect);
        console.WriteLine(plan.File is null
            ? $"{plan.Source.Topic}: {selection.Messages} records selected, {selection.Bytes} bytes; first "
                + $"{selection.First ?? "none"}; last {selection.Last ?? "none"}"
            : $"{plan.File.Name}: {selection.Messages} messages");
        if (selection.SkippedReplays > 0)
            console.WriteLine($"left out: {selection.SkippedReplays} records that a replay had produced");
        if (plan.Unread > 0)
            console.WriteLine($"the live workers have {plan.Unread} records still to read; what those will do is not counted");
        console.WriteLine();
        var messages = effect.Messages;
        console.WriteLine(
            $"messages: {messages.Read} read, {messages.AlreadyKnown} already known, {messages.New} new, {messages.Rejected} "
                + $"rejected, {messages.Parked} parked, {messages.PassedOver} of no use to anybody");
        Contests(console, effect);
        console.WriteLine(
            $"ledger lines: {effect.LedgerLines}; transfers that would be made: {effect.Total.Transfers} "
                + $"({Cents(effect.Total.TransferCents)}); other calls to Stripe: {effect.StripeCalls}");
        foreach (var alert in effect.Alerts) console.WriteLine($"alert: {alert}");
        foreach (var failure in effect.Failures) console.WriteLine($"failure: {failure}");
        if (messages.New == 0 && effect.Contests.All(c => !c.IsChange))
            console.WriteLine(
                "nothing would change: there is nothing to replay here; --reprocess has also what is known handled anew");
        console.WriteLine();
        if (file is null) return;
        var feed = plan.File is { } planned ? $" --feed-file {planned.Name}" : "";
        console.WriteLine(
            $"plan {plan.Hash[..12]} is in {file}; contestctl replay run {file}{feed} --who … --why … does exactly this");
    }

    public static string Cents(IReadOnlyList<CentsEffect> cents) =>
        cents.Count == 0
            ? "0" : string.Join(", ",
                cents.Select(c =>
                    $"+{Output.Money(c.UpMinor, c.Currency)} −{Output.Money(c.DownMinor, c.Currency)} {c.Currency}"));

    private static void Contests(IAnsiConsole console, ReplayEffect effect)
    {
        var table = Output.Table("contest", "state", "revision", "entries rescored", "scores", "ranks", "prizes", "prize money",
            "transfers", "transfer money");
        foreach (var c in effect.Contests.OrderByDescending(c => c.IsChange).ThenBy(c => c.ContestId, StringComparer.Ordinal)
            .Take(ContestsShownMax))
        {
            table.Row(
                c.ContestId, Change(c.StateBefore, c.StateAfter), Change($"{c.RevisionBefore}", $"{c.RevisionAfter}"),
                c.EntriesRescored, c.ScoresChanged, c.RanksChanged, c.PrizesChanged, Cents(c.Prizes), c.Transfers,
                Cents(c.TransferCents));
        }

        var total = effect.Total;
        table.Row(
            "in total", $"{effect.Contests.Count(c => c.IsChange)} changed", "", total.EntriesRescored, total.ScoresChanged,
            total.RanksChanged, total.PrizesChanged, Cents(total.Prizes), total.Transfers, Cents(total.TransferCents));
        console.Write(table);
        if (effect.Contests.Count > ContestsShownMax)
            console.WriteLine($"… and {effect.Contests.Count - ContestsShownMax} more; --json has all");
        foreach (var c in effect.Contests.Where(c => c.ReservationsBefore != c.ReservationsAfter))
            console.WriteLine($"{c.ContestId}: reservations {Change(c.ReservationsBefore, c.ReservationsAfter)}");
        foreach (var c in effect.Contests.Where(c => c.HoldBefore != c.HoldAfter))
            console.WriteLine($"{c.ContestId}: hold {c.HoldBefore ?? "none"} → {c.HoldAfter ?? "none"}");
    }

    private static string Change(string before, string after) =>
        before == after ? after : $"{(before.Length == 0 ? "none" : before)} → {after}";
}
