using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary><c>contestctl replay cancel</c>: no more of a run is produced.</summary>
internal static class ReplayCancelCommand
{
    private const int PatienceSeconds = 60;

    private const string About =
        """
        Ends a run for good: what is produced stays produced, the rest never is, and its plan cannot be run again. Who runs it ends it within a second or so,
        after the workers have read what there is; of a run that nobody works on any more this command does it. With CONSOLE_API_URL it ends a replay of the
        console's, also one that is only planned or waits for an approver; --direct a run of the database, with --who. Exit code 1: there is nothing to end.

        Examples:
          contestctl replay cancel 4be0643f1d98573b --why "the wrong Sunday"
          contestctl replay cancel 4be0643f1d98573b --direct --who ann --why "its laptop is gone"
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("RUN") { Description = "The id of the run or replay, as replay status gives it." };
        var (who, why, direct) = (ReplayRunCommand.Who(), ReplayRunCommand.Why(), ConsoleReplays.DirectOption());
        var json = Output.JsonOption<ReplayCancelAnswer>();
        var command = new Command("cancel", About) { id, who, why, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (run, reason) = (parsed.GetRequiredValue(id), parsed.GetRequiredValue(why));
            var state = ConsoleReplays.IsMeant(session, parsed.GetValue(direct))
                ? await AtConsole(session, run, reason, ct)
                : await Here(session, run, await ReplayRunCommand.WhoIn(session, parsed, who, ct), reason, ct);
            Output.Show(parsed, json, new ReplayCancelAnswer(run, state), console => console.WriteLine($"run {run} is {state}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> AtConsole(Session session, string id, string why, CancellationToken ct)
    {
        using var console = new ConsoleReplays(session);
        return (await console.Follow(await console.Act(id, "stop", new { Reason = why }, ct), ct)).State;
    }

    private static async Task<string> Here(Session session, string run, string who, string why, CancellationToken ct)
    {
        var replays = await ReplayStatusCommand.Replays(session, ct);
        var isStopped = await LongWork.While("waiting for the workers", session.Clock,
            _ => replays.Stop(run, who, why, TimeSpan.FromSeconds(PatienceSeconds), ct));
        return isStopped ? (await replays.Runs(ct)).Single(r => r.RunId == run).State : throw new RefusedException(
            $"run {run} is not there, or everything of it is produced; contestctl replay status shows it");
    }
}
