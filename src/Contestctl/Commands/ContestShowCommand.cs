using System.CommandLine;
using System.Globalization;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl contest show</c>: where a contest stands, from the topics alone.</summary>
internal static class ContestShowCommand
{
    private const string About =
        """
        Shows a contest's states with time and cause, its leaders, its result and its payouts so far, from the topics alone. Exit code 1 when the topics
        do not know it.

        Example:
          contestctl contest show sunday-night --top 20
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var top = new Option<int>(
            "--top") { Description = "How many leaders to show (100 at most).", DefaultValueFactory = _ => 10 };
        var json = Output.JsonOption<View>();
        var command = new Command("show", About) { id, top, json };
        command.SetAction(async (parsed, ct) =>
        {
            var contestId = parsed.GetRequiredValue(id);
            var view = await Task.Run(() => Read(new ContestFacts(session.Reader()), contestId, ct), ct);
            if (view.Lifecycle is null) throw new RefusedException($"the topics know no contest '{contestId}'");
            Output.Show(parsed, json, view, console => Write(console, view, parsed.GetValue(top)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static View Read(ContestFacts facts, string contestId, CancellationToken ct)
    {
        var payouts = new Dictionary<string, PayoutChangedV1>(StringComparer.Ordinal);
        foreach (var change in facts.On(Topics.PayoutEvents, contestId, ct).OfType<PayoutChangedV1>())
        {
            if (!payouts.TryGetValue(change.PayoutId, out var known) || known.ChangeNo < change.ChangeNo)
                payouts[change.PayoutId] = change;
        }

        return new View(
            facts.On(Topics.Lifecycle, contestId, ct).OfType<LifecycleV1>().MaxBy(l => l.Version),
            facts.On(Topics.Standings, contestId, ct).OfType<StandingsV1>().MaxBy(s => s.Version),
            facts.On(Topics.Results, contestId, ct).OfType<ContestSettledV1>().MaxBy(s => s.Revision),
            [.. payouts.Values.GroupBy(p => (p.State, p.Currency)).OrderBy(g => g.Key.State, StringComparer.Ordinal)
                .Select(g => new PayoutState(g.Key.State, g.Count(), g.Sum(p => p.AmountMinor), g.Key.Currency))]);
    }

    private static void Write(IAnsiConsole console, View view, int top)
    {
        console.WriteLine(
            $"{view.Lifecycle!.ContestId}: {view.Lifecycle.State}{(view.Lifecycle.Hold is { } hold ? $" (held: {hold})" : "")}");
        var steps = Output.Table("state", "since", "cause");
        foreach (var step in view.Lifecycle.Steps)
            steps.Row(step.State, step.At.ToString("u", CultureInfo.InvariantCulture), step.Cause);
        console.Write(steps);

        if (view.Standings is { } standings)
        {
            var leaders = Output.Table("rank", "entry", "player", "points");
            foreach (var line in standings.Top.Take(top))
                leaders.Row(line.Rank, line.EntryId, line.PlayerId, Output.Points(line.Points, standings.Scale));
            console.Write(leaders);
        }

        if (view.Result is { } result)
        {
            console.WriteLine(
                $"settled: {result.Winners} winners of {result.EntryCount} entries, pool "
                    + $"{Output.Money(result.PoolMinor, result.Currency)}, prizes "
                    + $"{Output.Money(result.PrizesNetMinor, result.Currency)} "
                + $"+ fees {Output.Money(result.PlatformFeesMinor, result.Currency)}, to the house "
                + $"{Output.Money(result.HouseRemainderMinor, result.Currency)} {result.Currency}");
            console.WriteLine($"digest {result.Digest}");
        }

        foreach (var state in view.Payouts)
            console.WriteLine($"payouts {state.State}: {state.Payouts}, {Output.Money(state.AmountMinor, state.Currency)}");
    }

    internal sealed record View(
        LifecycleV1? Lifecycle, StandingsV1? Standings, ContestSettledV1? Result, IReadOnlyList<PayoutState> Payouts);

    internal sealed record PayoutState(string State, int Payouts, long AmountMinor, string Currency);
}
