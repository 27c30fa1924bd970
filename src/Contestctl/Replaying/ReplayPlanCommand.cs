using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Server;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary><c>contestctl replay plan</c>: what a replay would do, tried out on a shadow.</summary>
internal static class ReplayPlanCommand
{
    private const string FileDefault = "replay-plan.json";

    private const string About =
        """
        Says what a replay of a topic's records would do, without doing it: runs them through the real handlers of all four workers against a shadow of the
        database, which is made beside it and dropped at the end. Nothing is written to the live database, nothing is produced,
            Stripe is not asked. What was
        selected and what it would do is written to a plan for contestctl replay run.

        Records that a replay produced are left out, unless they are asked for by its id or the topic is compacted, where they may
            be all that is left. Of a
        compacted topic a selection without the newest record of a selected key is refused: the replay would make an older one the newest. --feed-file
        tries out feed messages that were not published yet, such as a correction; contestctl replay run publishes them as they
            were tried out. Needs
        ADMIN_DATABASE, the workers' own settings for policies and limits, and room for a second database. Exit code 1 when a message would be parked or a
        job would fail.

        --reprocess has the selected records handled anew also where an inbox remembers them, as after rows were lost: their claims are forgotten, for them alone,
        when the plan is run. What handlers themselves know by a natural key (an entry, a prize, a transfer) stays done. A
            selection without any record, or
        that lies outside the topic, is refused, and so is an --out that is something else than a plan.

        With CONSOLE_API_URL the console makes the plan, on its own machine, and keeps it; --direct makes it here. A --feed-file is always planned here.

        Examples:
          contestctl replay plan stats.lines.v1 --game kc-at-pit-2016-week-4 --reprocess --out lines.json
          contestctl replay plan feed.games.v1 --from 2026-09-13T17:00Z --to 2026-09-13T21:00Z
          contestctl replay plan feed.games.v1 --contest sunday-night --out sunday.json
          contestctl replay plan contest.commands.v1 --partition 3 --from-offset 1200 --to-offset 1300 --json
          contestctl replay plan --feed-file corrected.jsonl
        """;

    public static Command Make(Session session)
    {
        var options = new SelectionOptions();
        var output = new Option<FileInfo>(
            "--out") { Description = "Where the plan goes.", DefaultValueFactory = _ => new FileInfo(FileDefault) };
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<PlanAnswer>();
        var command = new Command("plan", About) { output, direct, json };
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var wish = options.Of(parsed);
            await RefuseToOverwrite(parsed.GetValue(output)!, parsed.GetValue(options.File), ct);
            if (wish is not null && ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
                return await AtConsole(session, parsed, json, wish, parsed.GetValue(output)!, ct);
            await session.RequireAdmin(ct);
            var plan = await LongWork.While("looking", session.Clock, work =>
            {
                var planner = new PlanReplay(
                    session.Settings, session.Kafka(), session.Clock, step => work.Step(step.Step, step.Done, step.Expected));
                return wish is null ? planner.Of(parsed.GetValue(options.File)!, ct) : planner.Of(wish, ct);
            });
            await plan.Write(parsed.GetValue(output)!.FullName, ct);
            var written = parsed.GetValue(output)!.Name;
            Output.Show(
                parsed, json, new PlanAnswer(plan.Hash, written, plan), console => EffectTables.Write(console, plan, written));
            return ExitCodeOf(plan);
        });
        return command;
    }

    private static int ExitCodeOf(ReplayPlan plan) =>
        plan.Effect.Messages.Parked > 0 || plan.Effect.Failures.Count > 0 ? ExitCodes.CheckFailed : ExitCodes.Success;

    private static async Task<int> AtConsole(
        Session session, ParseResult parsed, JsonOption<PlanAnswer> json, ReplayWish wish, FileInfo output, CancellationToken ct)
    {
        using var console = new ConsoleReplays(session);
        var replay = await console.Follow(await console.Ask(wish, ct), ct);
        if (replay.State != ServerReplayStates.Planned)
            throw new RefusedException($"replay {replay.ReplayId} is {replay.State}: {replay.Outcome}");
        var plan = await console.PlanOf(replay, ct);
        await plan.Write(output.FullName, ct);
        Output.Show(parsed, json, new PlanAnswer(plan.Hash, output.Name, plan, replay), shown =>
        {
            EffectTables.Write(shown, plan, output.Name);
            shown.WriteLine($"the console keeps it as replay {replay.ReplayId}");
        });
        return ExitCodeOf(plan);
    }

    /// <summary>A plan may take the place of another plan, and of nothing else.</summary>
    private static async Task RefuseToOverwrite(FileInfo output, FileInfo? input, CancellationToken ct)
    {
        if (input is not null && input.FullName == output.FullName)
            throw new SettingException("--out", $"names {output.Name}, which is what the plan is to be made of");
        if (!output.Exists || output.Length == 0 || await ReplayPlan.IsPlan(output.FullName, ct)) return;
        throw new SettingException("--out", $"names {output.Name}, which exists and is no replay plan; it would be overwritten");
    }

    /// <summary>What names the records.</summary>
    private sealed class SelectionOptions
    {
        private readonly Argument<string?> topic = new(
            "TOPIC") { Description = "The topic, without TOPIC_PREFIX.", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<int?> partition = new("--partition") { Description = "Only this partition." };
        private readonly Option<long?> fromOffset = new(
            "--from-offset") { Description = "From this offset on, in each partition." };
        private readonly Option<long?> toOffset = new(
            "--to-offset") { Description = "Up to this offset and without it; the end at this moment, else." };
        private readonly Option<string?> from = Time("--from", "Written then or later, UTC.");
        private readonly Option<string?> to = Time("--to", "Written before, UTC.");
        private readonly Option<string?> key = new("--key") { Description = "Only records with this key." };
        private readonly Option<string?> contest = new(
            "--contest") { Description = "Only what is about this contest, or about one of its games." };
        private readonly Option<string?> game = new("--game") { Description = "Only what is about this game." };
        private readonly Option<string?> ofReplay = new("--of-replay") { Description = "Only what this replay run produced." };

        private readonly Option<bool> reprocess = new(
            "--reprocess") { Description = "Handle the records anew also where they are known." };

        public Option<FileInfo?> File { get; } =
            new("--feed-file") { Description =
                "Feed messages that were not published yet, one JSON object a line; instead of a topic." };

        public void AddTo(Command command)
        {
            topic.AcceptOnlyFromAmong([.. Topics.All.Select(t => t.Name)]);
            command.Add(topic);
            foreach (var option in (Option[])[partition, fromOffset, toOffset, from, to, key, contest, game, ofReplay, reprocess,
                File]) command.Add(option);
            command.Validators.Add(result =>
            {
                if (IsGiven(result.GetResult(topic)) == IsGiven(result.GetResult(File)))
                    result.AddError("name a topic or a --feed-file, one of the two");
                if (result.GetResult(reprocess) is { Implicit: false } && IsGiven(result.GetResult(File)))
                    result.AddError("--reprocess is about records that were published; a --feed-file has none");
                if (IsGiven(result.GetResult(contest)) && IsGiven(result.GetResult(game)))
                    result.AddError("--contest and --game exclude each other");
                if (Moment(result.GetResult(from)) is { } begin && Moment(result.GetResult(to)) is { } end && begin >= end)
                    result.AddError("--from must be before --to");
            });
        }

        /// <summary>
        /// Asking for the value of an option that lacks its word would throw before anybody can say that it is lacking.
        /// </summary>
        private static bool IsGiven(SymbolResult? result) => result is { Tokens.Count: > 0 };

        private static DateTimeOffset? Moment(SymbolResult? result) =>
            result is { Tokens: [{ Value: var text }] } ? Utc(text) : null;

        /// <returns>Null when a file was named.</returns>
        public ReplayWish? Of(ParseResult parsed) => parsed.GetValue(topic) is not { } name ? null : new ReplayWish(
            name, parsed.GetValue(partition), parsed.GetValue(fromOffset), parsed.GetValue(toOffset), Utc(parsed.GetValue(from)),
            Utc(parsed.GetValue(to)), parsed.GetValue(key), parsed.GetValue(contest), parsed.GetValue(game),
            parsed.GetValue(ofReplay), parsed.GetValue(reprocess));

        private static Option<string?> Time(string name, string what)
        {
            var option = new Option<string?>(name) { Description = what };
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && Utc(text) is null)
                    result.AddError($"{name} must be a time such as 2026-09-13T17:00Z, not '{text}'");
            });
            return option;
        }

        private static DateTimeOffset? Utc(string? text) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}
