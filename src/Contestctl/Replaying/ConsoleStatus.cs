using System.CommandLine;
using ContestPipeline.Replay.Server;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary>The console's replays, for <c>contestctl replay status</c>.</summary>
internal static class ConsoleStatus
{
    /// <param name="wanted">Only this one; null: a page of the latest.</param>
    public static async Task<int> Show(
        Session session, ParseResult parsed, JsonOption<ReplayStatusAnswer> json, string? wanted, CancellationToken ct)
    {
        using var console = new ConsoleReplays(session);
        IReadOnlyList<ServerReplay> replays = wanted is null ? await console.List(ct) : [await console.Find(wanted, ct)];
        Output.Show(parsed, json, new ReplayStatusAnswer([], Replays: replays), shown =>
        {
            var table = Output.Table("replay", "state", "topic", "produced", "of", "asked by", "run by");
            foreach (var r in replays)
                table.Row(
                    r.ReplayId, r.State == ServerReplayStates.Running ? r.RunState ?? r.State : r.State, r.Topic,
                    r.Produced, r.Selected, r.AskedBy, r.OrderedBy ?? "");
            shown.Write(table);
            foreach (var r in replays)
            {
                if (r.Reason is { } why) shown.WriteLine($"{r.ReplayId}: {why}");
                if (ServerReplayStates.IsMoving(r.State) && r.Step.Length > 0) shown.WriteLine($"{r.ReplayId}: {r.Step}");
                foreach (var line in r.Outcome.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    shown.WriteLine($"{r.ReplayId}: {line}");
            }

            if (replays.Count == 0) shown.WriteLine("nothing was ever replayed from the console");
        });
        return ExitCodes.Success;
    }
}
