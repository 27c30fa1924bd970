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
        Shows a contest's states with time and cause, its leaders, and of every
        revision of its result the totals and the payouts so far, from the topics
        alone. Exit code 1 when the topics do not know it.

        Example:
          contestctl contest show sunday-night --top 20
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var top = new Option<int>(
            "--top") { Description = "How many leaders to show (100 at most).", DefaultValueFactory = _ => 10 };
        var json = Output.JsonOption<ContestShown>();
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

    private static ContestShown Read(ContestFacts facts, string contestId, CancellationToken ct) => ContestShown.Of(
        facts.On(Topics.Lifecycle, contestId, ct).OfType<LifecycleV1>(),
        facts.On(Topics.Standings, contestId, ct).OfType<StandingsV1>(),
        [.. facts.On(Topics.Results, contestId, ct)],
        facts.On(Topics.PayoutEvents, contestId, ct).OfType<PayoutChangedV1>());

    private static void Write(IAnsiConsole console, ContestShown view, int top)
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
            console.WriteLine($"standings of {standings.At.ToString("u", CultureInfo.InvariantCulture)}");
            console.Write(leaders);
        }

        foreach (var revision in view.Revisions) Write(console, revision);
    }

    private static void Write(IAnsiConsole console, RevisionShown revision)
    {
        var result = revision.Result;
        var money = (long minor) => Output.Money(minor, result.Currency);
        console.WriteLine(revision.Revision == 1
            ? $"revision 1: {result.Winners} winners of {result.EntryCount} entries, pool {money(result.PoolMinor)} {result.Currency}"
            : $"revision {revision.Revision}, a correction: {result.Winners} entries won more, {revision.Reduced} won less");
        console.WriteLine($"  prizes {money(result.PrizesNetMinor)} + fees {money(result.PlatformFeesMinor)}, to the house "
            + money(result.HouseRemainderMinor));
        if (revision.ReducedNetMinor > 0) console.WriteLine($"  taken back {money(revision.ReducedNetMinor)}");
        console.WriteLine($"  digest {result.Digest}");
        foreach (var state in revision.Payouts)
            console.WriteLine($"  payouts {state.State}: {state.Payouts}, {Output.Money(state.AmountMinor, state.Currency)}");
    }
}
