using System.CommandLine;
using System.Globalization;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Run;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Corrections;

/// <summary>
/// <c>contestctl feed publish</c>: tries a file of corrected messages out, shows what it changes to the cent, and publishes it.
/// </summary>
internal static class FeedPublishCommand
{
    private const string About =
        """
        Publishes corrected feed messages in one step: checks the file, tries it out on
        a shadow of the database, shows what it would change to the cent, asks, and
        publishes exactly that. It is kept with who and why, and compared with what was
        shown. Nothing is published when a message would be parked or a job would fail.

        Needs ADMIN_DATABASE and the workers' policies and limits, as replay plan does.
        Given again after it was stopped it goes on. Exit code 1: nothing was
        published, or it did not come to what was shown.

        Examples:
          contestctl feed publish corrected.jsonl --who ann --why "case 121"
        """;

    public static Command Make(Session session)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Feed messages, one JSON object a line." };
        var (who, why) = (ReplayRunCommand.Who(), ReplayRunCommand.Why());
        var yes = new Option<bool>("--yes") { Description = "Do not ask; needed where there is no terminal." };
        var patience = ReplayRunCommand.Patience();
        var json = Output.JsonOption<PublishAnswer>();
        var command = new Command("publish", About) { file, who, why, yes, patience, json };
        command.SetAction(async (parsed, ct) =>
        {
            var feed = parsed.GetRequiredValue(file);
            var order = new ReplayOrder(await ReplayRunCommand.WhoIn(session, parsed, who, ct), parsed.GetRequiredValue(why), 0,
                TimeSpan.FromSeconds(parsed.GetValue(patience)));
            await session.RequireAdmin(ct);
            var plan = await LongWork.While("trying out", session.Clock, work => new PlanReplay(session.Settings, session.Kafka(),
                session.Clock, step => work.Step(step.Step, step.Done, step.Expected)).Of(feed, ct));
            if (!parsed.GetValue(json)) EffectTables.Write(Output.Plain(), plan, file: null);
            if (Obstacle(plan, parsed.GetValue(yes), plan.Selection.Messages) is { } obstacle)
            {
                Output.Show(parsed, json, new PublishAnswer(plan, Run: null, Differences: null, [obstacle]),
                    console => console.WriteLine($"nothing was published: {obstacle}"));
                return ExitCodes.CheckFailed;
            }

            var answer = await LongWork.While("publishing", session.Clock, work => new RunReplay(session.Settings,
                session.Kafka(), session.Clock, step => work.Step(step.Step, step.Done, step.Expected))
                    .Run(plan, feed, order, ct));
            var ran = ReplayRunCommand.Told(answer);
            Output.Show(parsed, json, new PublishAnswer(plan, ran.Run, ran.Differences, ran.Refused),
                console => ReplayRunCommand.Write(console, ran));
            return ReplayRunCommand.ExitCodeOf(ran);
        });
        return command;
    }

    /// <returns>Why nothing may be published; null: nothing stands against it.</returns>
    private static string? Obstacle(ReplayPlan plan, bool isAgreed, long messages)
    {
        if (plan.Effect.Messages.Parked > 0)
            return string.Create(CultureInfo.InvariantCulture, $"{plan.Effect.Messages.Parked} messages would be parked");
        if (plan.Effect.Failures is [var failure, ..]) return $"a job would fail: {failure}";
        if (isAgreed) return null;
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
            return "nobody can be asked here; add --yes once what is shown above is what you want";
        return AnsiConsole.Confirm($"Publish {messages} messages to {Topics.FeedGames}?", defaultValue: false)
            ? null : "you said no";
    }
}
