using System.CommandLine;
using System.CommandLine.Parsing;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Parking;

/// <summary><c>contestctl parked list|show|retry|discard|discarded</c>: messages that could not be handled, and what a person does about them.</summary>
internal static class ParkedCommand
{
    private const string AboutRetry =
        """
        Asks the worker to handle the key's messages again, in their order, from the first one on; it does so within a second or two, if it runs. When the
        first fails again the key stays parked, with the new error. Exit code 1 when nothing of the key is parked.

        Example:
          contestctl parked retry scoring stats.lines.v1 kc-at-pit-2016-week-4/smith
        """;

    private const string AboutDiscard =
        """
        Gives the first message of a key up for good; the key goes on with the next one. The message is kept whole, with who, when and why (contestctl parked
        discarded). Name the offset that parked show gave: when another message is first by now, nothing is done. A discarded message that is delivered
        again, by a replay for instance, is handled like any other. Exit code 1 when it was not discarded.

        Example:
          contestctl parked discard scoring stats.lines.v1 kc-at-pit-2016-week-4/smith --offset 4711 --by ann --reason "no such game, case 120"
        """;

    public static Command Make(Session session) => new("parked", "Messages that could not be handled: look at them, try them again, give one up.")
    {
        ParkedViews.List(session), ParkedViews.Show(session), Retry(session), Discard(session), ParkedViews.Discarded(session),
    };

    private static Command Retry(Session session)
    {
        var place = new PlaceArguments(session);
        var json = Output.JsonOption<ParkedRetryAnswer>();
        var command = new Command("retry", AboutRetry) { place.Worker, place.Topic, place.Key, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (worker, topic, key) = place.Of(parsed);
            await using var database = await Open(session, worker, ct);
            if (!await Parked.Retry(database, topic, key, ct)) throw NotParked(worker, topic, key);
            Output.Show(parsed, json, new ParkedRetryAnswer(worker, topic, key, RetryRequested: true), console => console.WriteLine(
                $"{worker} is asked to handle {topic} {key} again; contestctl parked list shows what became of it"));
            return ExitCodes.Well;
        });
        return command;
    }

    private static Command Discard(Session session)
    {
        var place = new PlaceArguments(session);
        var offset = new Option<long>("--offset") { Description = "The offset of the message, as parked show gives it.", Required = true };
        var by = new Option<string>("--by") { Description = "Your name; kept with the message.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; kept with the message.", Required = true };
        by.Validators.Add(NotBlank);
        reason.Validators.Add(NotBlank);
        var json = Output.JsonOption<ParkedDiscardAnswer>();
        var command = new Command("discard", AboutDiscard) { place.Worker, place.Topic, place.Key, offset, by, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (worker, topic, key) = place.Of(parsed);
            var wanted = parsed.GetValue(offset);
            await using var database = await Open(session, worker, ct);
            switch (await Parked.Discard(database, topic, key, wanted, parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason), ct))
            {
                case DiscardAnswer.Discarded done:
                    Output.Show(parsed, json, new ParkedDiscardAnswer(worker, topic, key, done.Message.Partition, done.Message.Offset, done.Left), console => console.WriteLine(
                        $"{topic}[{done.Message.Partition}] offset {done.Message.Offset} is discarded; {done.Left} messages of {key} go on"));
                    return ExitCodes.Well;
                case DiscardAnswer.NotAtTheHead other:
                    throw new RefusedException($"offset {wanted} is not the first of {worker} {topic} {key}, that is {other.HeadOffset}; nothing was done");
                default:
                    throw NotParked(worker, topic, key);
            }
        });
        return command;
    }

    /// <summary>The worker's schema, as the owner of the database: what a person decides is no act of the worker's role.</summary>
    internal static async Task<WorkerDatabase> Open(Session session, string worker, CancellationToken ct)
    {
        await session.RequireAdmin(ct);
        return new WorkerDatabase(worker, session.AdminDatabase, session.Clock);
    }

    private static void NotBlank(OptionResult option)
    {
        if (string.IsNullOrWhiteSpace(option.Tokens.SingleOrDefault()?.Value)) option.AddError($"{option.Option.Name} must say something");
    }

    internal static RefusedException NotParked(string worker, string topic, string key) => new($"nothing of {topic} {key} is parked at {worker}");

    /// <summary>WORKER TOPIC KEY, as alerts name a parked key.</summary>
    internal sealed class PlaceArguments
    {
        public PlaceArguments(Session session) => Worker.AcceptOnlyFromAmong([.. session.Workers.Select(w => w.Name)]);

        public Argument<string> Worker { get; } = new("WORKER") { Description = "ingestion, scoring, settlement or payout." };

        public Argument<string> Topic { get; } = new("TOPIC") { Description = "The topic, without prefix." };

        public Argument<string> Key { get; } = new("KEY") { Description = "The key, as parked list shows it." };

        public (string Worker, string Topic, string Key) Of(ParseResult parsed) =>
            (parsed.GetRequiredValue(Worker), parsed.GetRequiredValue(Topic), parsed.GetRequiredValue(Key));
    }
}
