using System.CommandLine;
using ContestPipeline.Replay.Parking;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Parking;

/// <summary><c>contestctl parked retry --all</c>: many keys as one operation.</summary>
internal static class RetryGroup
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static async Task<int> Run(
        Session session, ParseResult parsed, JsonOption<ParkedRetryAnswer> json, ParkedGroup group, string person, string reason,
        TimeSpan patience, CancellationToken ct)
    {
        await session.RequireAdmin(ct);
        var retries = new RetryParked(session.Settings, session.Clock);
        var begun = await retries.Ask(group, person, reason, ct) switch
        {
            RetryAnswer.Begun asked => asked,
            RetryAnswer.Refused refused => throw new RefusedException(refused.Why),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };
        return Tell(parsed, json, group, await Await(session, retries, begun.RetryId, patience, ct), begun.LeftOut);
    }

    /// <param name="leftOut">Keys that were too many for one operation.</param>
    public static int Tell(
        ParseResult parsed, JsonOption<ParkedRetryAnswer> json, ParkedGroup group, ParkedRetryProgress progress,
        long leftOut = 0)
    {
        var outcome = progress.FailedKeys > 0 ? "failed" : progress.IsOver ? "done" : "waiting";
        var answer = new ParkedRetryAnswer(
            group.Worker ?? "", group.Topic ?? "", group.Key ?? "", outcome, progress.Handled, progress.Keys - progress.Handled,
            progress.Failed.Count > 0 ? progress.Failed[0].Error : null, progress);
        Output.Show(parsed, json, answer, console =>
        {
            console.WriteLine(
                $"{progress.Handled} of {progress.Keys} keys are handled, {progress.FailedKeys} failed again, {progress.Waiting} wait");
            foreach (var failed in progress.Failed)
                console.WriteLine(Legible.Line($"  {failed.Worker} {failed.Topic} {failed.Key}: {failed.Error}"));
            if (progress.NewSince > 0) console.WriteLine($"{progress.NewSince} keys were parked since");
            if (leftOut > 0) console.WriteLine($"{leftOut} keys more are parked; give the command again");
        });
        return outcome == "done" || (outcome == "waiting" && progress.Handled > 0) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    private static Task<ParkedRetryProgress> Await(
        Session session, RetryParked retries, string retryId, TimeSpan patience, CancellationToken ct) =>
        LongWork.While("waiting for the workers", session.Clock, async work =>
        {
            var began = session.Clock.GetTimestamp();
            while (true)
            {
                var progress = (await retries.Find(retryId, ct))!;
                work.Step("handled", progress.Handled, progress.Keys);
                if (progress.IsOver || session.Clock.GetElapsedTime(began) >= patience) return progress;
                await Task.Delay(s_look, session.Clock, ct);
            }
        });
}
