using System.CommandLine;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Parking;

/// <summary>
/// <c>contestctl parked list|show|retry|discard|discarded</c>: messages that could not be handled, and what a person does about
/// them.
/// </summary>
internal static class ParkedCommand
{
    private const int WaitSecondsDefault = 15;

    private const string AboutRetry =
        """
        Asks the worker to handle the key's messages again, in their order, from the first one on, waits for it and says what came of it: handled; failed again,
        and how; taken up by a process that may not work on the partition any more, which did nothing; or not taken up by anybody, as when the worker does not
        run. The request stands in the last two cases: whoever gets the partition follows it. Who asked is kept in the audit log, under the name in your
        token (PAYOUT_API_TOKEN, with the role operator or approver). With CONSOLE_API_URL the console asks, and counts keys. Exit code 1 unless at least one
        message was handled and none failed.

        With --all, instead of a KEY, all keys of the worker and topic, or of the worker, or of all workers; with --error only those whose class of error, as the
        console's page of failures groups by it, is this. It says how many were handled, which failed again, and how many are new since.

        Examples:
          contestctl parked retry scoring stats.lines.v1 kc-at-pit-2016-week-4/smith
          contestctl parked retry payout contests.results.v1 sunday-night --wait 120 --json
          contestctl parked retry scoring stats.lines.v1 --all --reason "lines are read again since 14:00"
        """;

    public static Command Make(
        Session session) => new("parked", "Messages that could not be handled: look at them, try them again, give one up.")
    {
        ParkedViews.List(session), ParkedViews.Show(session), Retry(session), DiscardCommand.Make(session),
        ParkedViews.Discarded(session),
    };

    private static Command Retry(Session session)
    {
        var place = new PlaceArguments(session, ArgumentArity.ZeroOrOne);
        var all = new Option<bool>("--all") { Description = "All keys of what is named." };
        var error = new Option<string?>("--error") { Description = "With --all: only those of this class of error." };
        var wait = new Option<int>(
            "--wait") { Description = "Seconds to wait for the worker's answer.", DefaultValueFactory = _ => WaitSecondsDefault };
        wait.Validators.Add(OptionRules.AtLeast(0));
        var reason = new Option<string>(
            "--reason", "--why") { Description = "Why; kept in the audit log.", DefaultValueFactory = _ => "the cause is mended" };
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<ParkedRetryAnswer>();
        var command = new Command("retry", AboutRetry)
        {
            place.Worker, place.Topic, place.Key, all, error, reason, wait, direct, json,
        };
        command.Validators.Add(result =>
        {
            var hasKey = result.GetResult(place.Key) is { Tokens.Count: > 0 };
            if (hasKey == result.GetResult(all) is { Implicit: false })
                result.AddError("name WORKER TOPIC KEY, or say --all instead of a key");
            else if (hasKey && result.GetResult(error) is { Implicit: false }) result.AddError("--error goes with --all");
        });
        command.SetAction(async (parsed, ct) =>
        {
            var patience = TimeSpan.FromSeconds(parsed.GetValue(wait));
            var meant = new ParkedGroup(
                parsed.GetValue(place.Worker), parsed.GetValue(place.Topic), parsed.GetValue(error),
                parsed.GetValue(place.Key));
            if (ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
            {
                using var console = new ConsoleParking(session);
                return RetryGroup.Tell(
                    parsed, json, meant, await console.Retry(meant, parsed.GetRequiredValue(reason), patience, ct));
            }

            var bearer = await Bearer.Require(session, ct);
            if (parsed.GetValue(all))
                return await RetryGroup.Run(
                    session, parsed, json, meant, bearer.Subject, parsed.GetRequiredValue(reason), patience, ct);
            var (worker, topic, key) = place.Of(parsed);
            await using var database = await Open(session, worker, ct);
            if (await new RetryParked(session.Settings, session.Clock).Ask(
                new ParkedGroup(worker, topic, Error: null, key), bearer.Subject, parsed.GetRequiredValue(reason), ct)
                is not RetryAnswer.Begun { Asked: [var (_, asked)] }) throw NotParked(worker, topic, key);
            var came = await LongWork.While(
                $"waiting for {worker}", session.Clock, _ => Parked.Await(database, asked, patience, session.Clock, ct));
            var answer = Answer(worker, asked, came);
            Output.Show(parsed, json, answer, console => console.WriteLine(Words(answer)));
            return answer is { Outcome: "failed" } or { Handled: 0, Left: > 0 } ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    private static ParkedRetryAnswer Answer(string worker, RetryAsked asked, KeyRetry came) => came switch
    {
        KeyRetry.Done done => new(worker, asked.Topic, asked.Key, "done", done.Handled, 0, null),
        KeyRetry.Failed failed => new(worker, asked.Topic, asked.Key, "failed", failed.Handled, failed.Left, failed.Error),
        KeyRetry.NotOwner fenced => new(worker, asked.Topic, asked.Key, "not-owner", fenced.Handled, fenced.Left, null),
        KeyRetry.NotYet waiting => new(worker, asked.Topic, asked.Key, "waiting", waiting.Handled, waiting.Left, null),
        _ => throw new InvalidOperationException(came.GetType().Name),
    };

    private static string Words(ParkedRetryAnswer answer)
    {
        var key = $"{answer.Topic} {KeyName.Of(answer.Key)}";
        return answer.Outcome switch
        {
            "done" => $"{answer.Worker} has handled {answer.Handled} messages of {key}; the key goes on",
            "failed" =>
                $"{answer.Worker} has handled {answer.Handled} messages of {key}, and the next failed: {answer.Error}; "
                    + $"{answer.Left} wait",
            "not-owner" =>
                $"the {answer.Worker} that took {key} up may not work on its partition any more, another process has it: "
                    + $"{answer.Handled} handled, {answer.Left} wait. "
                + "The request stands; try again, and look at contestctl topics lag when this is said twice",
            _ when answer.Handled > 0 =>
                $"{answer.Worker} is at it: {answer.Handled} messages of {key} are handled, {answer.Left} wait",
            _ =>
                $"no {answer.Worker} has taken {key} up yet, {answer.Left} messages wait; does it run? The request stands, and "
                    + $"contestctl parked list shows what becomes of it",
        };
    }

    /// <summary>
    /// The worker's schema, as the owner of the database: what a person decides is no act of the worker's role.
    /// </summary>
    internal static async Task<WorkerDatabase> Open(Session session, string worker, CancellationToken ct)
    {
        await session.RequireAdmin(ct);
        return new WorkerDatabase(worker, session.AdminDatabase, session.Clock);
    }

    internal static RefusedException NotParked(string worker, string topic, string key) =>
        new($"nothing of {topic} {key} is parked at {worker}");

    /// <summary>WORKER TOPIC KEY, as alerts name a parked key.</summary>
    internal sealed class PlaceArguments
    {
        /// <param name="arity">Of each of the three.</param>
        public PlaceArguments(Session session, ArgumentArity? arity = null)
        {
            Worker.AcceptOnlyFromAmong([.. session.Workers.Select(w => w.Name)]);
            foreach (var argument in (Argument[])[Worker, Topic, Key]) argument.Arity = arity ?? ArgumentArity.ExactlyOne;
        }

        public Argument<string> Worker { get; } = new("WORKER") { Description = "ingestion, scoring, settlement or payout." };

        public Argument<string> Topic { get; } = new("TOPIC") { Description = "The topic, without prefix." };

        public Argument<string> Key { get; } = new("KEY") { Description = "The key, as parked list shows it." };

        public (string Worker, string Topic, string Key) Of(ParseResult parsed) =>
            (parsed.GetRequiredValue(Worker), parsed.GetRequiredValue(Topic), parsed.GetRequiredValue(Key));
    }
}
