using System.CommandLine;
using System.Globalization;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Run;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary><c>contestctl replay status|pause|resume</c>: what was ordered and how far it is, and a hand on it.</summary>
internal static class ReplayStatusCommand
{
    private const string AboutStatus =
        """
        Lists the replays that were run, the latest first: state, how many records are produced, who and why; with RUN only that one. States: producing,
        paused, settling (everything is produced, the workers are waited for), stopping, stopped, done, differs (it did not come to what was planned). A run
        that nobody works on any more says so; contestctl replay run with its plan goes on, contestctl replay cancel ends it. With CONSOLE_API_URL it lists
        the console's replays, from their plans on; --direct the runs of the database. Exit code 1 when the run is not known.

        Examples:
          contestctl replay status
          contestctl replay status 4be0643f1d98573b --json
        """;

    private const string AboutPause =
        """
        Makes a run that is producing wait, within a second or so. Exit code 1 when it is not producing.

        Example:
          contestctl replay pause 4be0643f1d98573b --who ann --why "settlement is busy"
        """;

    private const string AboutResume =
        """
        Lets a paused run go on. If its process has ended meanwhile, run its plan again as well. Exit code 1 when it is not paused.

        Example:
          contestctl replay resume 4be0643f1d98573b --who ann --why "done"
        """;

    public static Command MakeStatus(Session session)
    {
        var id = new Argument<string?>("RUN") { Description = "The id of a run.", Arity = ArgumentArity.ZeroOrOne };
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<ReplayStatusAnswer>();
        var command = new Command("status", AboutStatus) { id, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var wanted = parsed.GetValue(id);
            if (ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
                return await ConsoleStatus.Show(session, parsed, json, wanted, ct);
            var replays = await Replays(session, ct);
            var runs = (await replays.Runs(ct)).Where(r => wanted is null || r.RunId == wanted).ToArray();
            string[] abandoned = await replays.IsAnyRunning(ct) ? []
                : [.. runs.Where(r => r.EndedAt is null).Select(r => r.RunId)];
            Output.Show(parsed, json, new ReplayStatusAnswer(runs, abandoned), console =>
            {
                var table = Output.Table(
                    "run", "state", "topic", "produced", "of", "rate", "started (UTC)", "last change (UTC)", "who", "why");
                foreach (var r in runs)
                    table.Row(r.RunId, abandoned.Contains(r.RunId) ? $"{r.State}, abandoned" : r.State, r.Topic, r.Produced,
                        r.Selected, r.RatePerSecond == 0 ? "" : r.RatePerSecond,
                        Time(r.StartedAt), Time(r.ChangedAt), r.Who, r.Why);
                console.Write(table);
                foreach (var line in runs.Where(r => r.Differences.Length > 0)
                    .SelectMany(r => r.Differences.Split('\n').Select(d => $"{r.RunId}: {d}"))) console.WriteLine(line);
                if (runs.Length == 0)
                    console.WriteLine(wanted is null ? "nothing was ever replayed" : $"there is no run {wanted}");
            });
            return wanted is not null && runs.Length == 0 ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    public static Command MakePause(Session session) => Make(session, "pause", AboutPause, pause: true);

    public static Command MakeResume(Session session) => Make(session, "resume", AboutResume, pause: false);

    private static Command Make(Session session, string name, string about, bool pause)
    {
        var id = new Argument<string>("RUN") { Description = "The id of the run, as replay status gives it." };
        var (who, why, direct) = (ReplayRunCommand.Who(), ReplayRunCommand.Why(), ConsoleReplays.DirectOption());
        var json = Output.JsonOption<ReplayPauseAnswer>();
        var command = new Command(name, about) { id, who, why, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var run = parsed.GetRequiredValue(id);
            if (ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
            {
                using var console = new ConsoleReplays(session);
                await console.Act(run, name, new { Reason = parsed.GetRequiredValue(why) }, ct);
            }
            else if (!await (await Replays(session, ct)).Pause(
                run, pause, await ReplayRunCommand.WhoIn(session, parsed, who, ct), parsed.GetRequiredValue(why), ct))
                throw new RefusedException(
                    $"run {run} is not {(pause ? "producing" : "paused")}; contestctl replay status shows it");
            Output.Show(parsed, json, new ReplayPauseAnswer(run, pause),
                console => console.WriteLine($"run {run} {(pause ? "pauses" : "goes on")}"));
            return ExitCodes.Success;
        });
        return command;
    }

    internal static async Task<RunReplay> Replays(Session session, CancellationToken ct)
    {
        await session.RequireAdmin(ct);
        return new RunReplay(session.Settings, KafkaSettings.From(session.Settings), session.Clock, _ => { });
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
