using System.CommandLine;
using System.CommandLine.Parsing;
using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Run;
using ContestPipeline.Replay.Server;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary><c>contestctl replay run</c>: does what a plan says, and checks that it came to that.</summary>
internal static class ReplayRunCommand
{
    private const int PatienceSecondsDefault = 60;

    private const string About =
        """
        Does exactly what a plan says: produces its records once more to their own topic and partition, with their own key, body and headers, and a header
        "replay" that names the run, so that later replays leave them out. The workers read them like any others; no offset is moved. First it is looked
        whether the records, the tables and the contests are still those of the plan; if not, nothing is done and what moved is said.

        Of a plan over a file (replay plan --feed-file) it publishes the messages of that same file, with the ids, numbers and revisions that were tried out;
        the file is named again, and refused if it was changed since.

        The same command goes on after it was stopped or killed: what the broker has is not produced again. One run at a time. It is kept with who and why,
        here and in the audit log. Exit code 1: refused, or it did not come to what was planned.

        With CONSOLE_API_URL the console runs it: it goes on when this command is ended, on another instance when that one is killed; PLAN may be the id of
        a replay there, too, and who orders it is whom the token names. A plan that moves much waits for an approver. --direct runs it here, with --who.

        Examples:
          contestctl replay run replay-plan.json --feed-file corrected.jsonl --who ann --why "the provider's correction, case 121"
          contestctl replay run replay-plan.json --who ann --why "lines lost on Sunday, case 120"
          contestctl replay run sunday.json --who ann --why "case 120" --rate 500
        """;

    public static Command Make(Session session)
    {
        var file = new Argument<FileInfo>("PLAN") { Description = "A plan that contestctl replay plan made." };
        var (who, why, direct) = (Who(), Why(), ConsoleReplays.DirectOption());
        var rate = new Option<int>("--rate") { Description = "Records a second at most; 0: as fast as the broker takes them." };
        rate.Validators.Add(NotNegative);
        var patience = Patience();
        var feed = new Option<FileInfo?>("--feed-file") { Description = "The file that the plan is about." };
        var json = Output.JsonOption<ReplayRunAnswer>();
        var command = new Command("run", About) { file, feed, who, why, rate, patience, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(feed) is null && ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
                return await AtConsole(session, parsed, json, parsed.GetRequiredValue(file), new RunOrder(
                    parsed.GetRequiredValue(why), parsed.GetValue(rate), parsed.GetValue(patience)), ct);
            var plan = await ReplayPlan.Read(parsed.GetRequiredValue(file).FullName, ct);
            var order = new ReplayOrder(
                await WhoIn(session, parsed, who, ct), parsed.GetRequiredValue(why), parsed.GetValue(rate),
                TimeSpan.FromSeconds(parsed.GetValue(patience)));
            await session.RequireAdmin(ct);
            var ran = Told(await LongWork.While(
                "looking", session.Clock,
                work => new RunReplay(session.Settings, session.Kafka(), session.Clock,
                    step => work.Step(step.Step, step.Done, step.Expected)).Run(plan, parsed.GetValue(feed), order, ct)));
            Output.Show(parsed, json, ran, console => Write(console, ran));
            return ExitCodeOf(ran);
        });
        return command;
    }

    /// <exception cref="RefusedException">Another replay is running.</exception>
    public static ReplayRunAnswer Told(ReplayAnswer answer) => answer switch
    {
        ReplayAnswer.Ended ended => new ReplayRunAnswer(ended.Run, ended.Differences, Refused: null),
        ReplayAnswer.Refused refused => new ReplayRunAnswer(Run: null, Differences: null, refused.Because),
        ReplayAnswer.Busy => throw new RefusedException("another replay is running; contestctl replay status shows it"),
        _ => throw new InvalidOperationException(answer.GetType().Name),
    };

    public static void Write(IAnsiConsole console, ReplayRunAnswer ran)
    {
        if (ran.Run is { } run)
            console.WriteLine(
                $"replay {run.RunId}: {run.Produced} of {run.Selected} records produced to {run.Topic}; "
                    + $"{(ran.Differences!.Count == 0 ? "it came to what was planned" : "it differs from the plan")}");
        else console.WriteLine("nothing was produced:");
        foreach (var line in ran.Differences ?? ran.Refused ?? []) console.WriteLine($"  {line}");
    }

    public static int ExitCodeOf(ReplayRunAnswer ran) => ran.Differences is [] ? ExitCodes.Success : ExitCodes.CheckFailed;

    /// <summary>What is asked of the console to run.</summary>
    private sealed record RunOrder(string Reason, int RatePerSecond, int PatienceSeconds);

    /// <param name="plan">A plan's file, or the id of a replay.</param>
    private static async Task<int> AtConsole(
        Session session, ParseResult parsed, JsonOption<ReplayRunAnswer> json, FileInfo plan, RunOrder order,
        CancellationToken ct)
    {
        using var console = new ConsoleReplays(session);
        var id = plan.Exists ? (await console.OfPlan(await ReplayPlan.Read(plan.FullName, ct), ct)).ReplayId : plan.Name;
        var replay = await console.Follow(await console.Act(id, "run", order, ct), ct);
        string[] said = replay.Outcome.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var isRefused = replay.State == ServerReplayStates.Refused;
        Output.Show(parsed, json, new ReplayRunAnswer(null, isRefused ? null : said, isRefused ? said : null, replay), shown =>
        {
            shown.WriteLine(replay.State == ServerReplayStates.AwaitsApprover
                ? $"replay {replay.ReplayId} waits for an approver other than {replay.OrderedBy}; nothing is produced before"
                : $"replay {replay.ReplayId} is {replay.State}: {replay.Produced} of {replay.Selected} records produced to {replay.Topic}");
            foreach (var line in said) shown.WriteLine($"  {line}");
        });
        return replay.State is ServerReplayStates.Done or ServerReplayStates.AwaitsApprover
            ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    public static Option<int> Patience()
    {
        var patience = new Option<int>("--patience") { Description = "Seconds that the workers may take without getting on.",
            DefaultValueFactory = _ => PatienceSecondsDefault };
        patience.Validators.Add(NotNegative);
        return patience;
    }

    public static Option<string?> Who() =>
        Said<string?>("--who", "--by",
            "Your name, without PAYOUT_API_TOKEN and of what is not done at the console; for the audit log.");

    public static Option<string> Why() =>
        Said<string>("--why", "--reason", "Why; kept with the run and in the audit log.", isNeeded: true);

    /// <returns>The token's name, else what was typed and that nothing proves it.</returns>
    /// <exception cref="SettingException">Nobody is named.</exception>
    public static Task<string> WhoIn(Session session, ParseResult parsed, Option<string?> who, CancellationToken ct) =>
        parsed.GetValue(who) is null && session.Settings.Optional("PAYOUT_API_TOKEN") is null
            ? throw new SettingException("--who", "is needed: your name, kept with the run and in the audit log")
            : OrderedBy.Name(session, parsed.GetValue(who), "", ct);

    private static Option<T> Said<T>(string name, string other, string what, bool isNeeded = false)
    {
        var option = new Option<T>(name, other) { Description = what, Required = isNeeded };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && string.IsNullOrWhiteSpace(text))
                result.AddError($"{name} must not be blank");
        });
        return option;
    }

    private static void NotNegative(OptionResult option)
    {
        if (option.Tokens is [{ Value: ['-', ..] }]) option.AddError($"{option.Option.Name} must be 0 or more");
    }
}
