using System.CommandLine;
using System.CommandLine.Parsing;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Parking;

/// <summary><c>contestctl parked discard</c>: gives a message up, with a second person where money hangs on it.</summary>
internal static class DiscardCommand
{
    private const string About =
        """
        Gives the first message of a key up for good; the key goes on with the next one. The message is kept whole, with who, when and why (contestctl parked
        discarded), and the audit log has it under the name in your token (PAYOUT_API_TOKEN, role operator or approver). With CONSOLE_API_URL the console does
        it, else this machine, with ADMIN_DATABASE. Name the offset that parked show gave:
        when another message is first by now, nothing is done. A discarded message that is delivered again, by a replay for instance, is handled like any other.

        Of a message that carries money (awards, a settlement, fees that are paid or go back) it first says, to the cent, what will not be paid, writes down
        that you want it, and does nothing: an approver, another person, gives the same command and it is done. Exit code 1 when it was not discarded.

        Example:
          contestctl parked discard scoring stats.lines.v1 kc-at-pit-2016-week-4/smith --offset 4711 --reason "no such game, case 120"
        """;

    public static Command Make(Session session)
    {
        var place = new ParkedCommand.PlaceArguments(session);
        var offset = new Option<long>(
            "--offset") { Description = "The offset of the message, as parked show gives it.", Required = true };
        var reason = new Option<string>("--reason", "--why") { Description = "Why; kept with the message.", Required = true };
        reason.Validators.Add(NotBlank);
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<ParkedDiscardAnswer>();
        var command = new Command("discard", About) { place.Worker, place.Topic, place.Key, offset, reason, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (worker, topic, key) = place.Of(parsed);
            if (ConsoleReplays.IsMeant(session, parsed.GetValue(direct)))
            {
                using var console = new ConsoleParking(session);
                var (shown, _) = await console.Show(worker, topic, key, ct);
                var left = await console.Discard(
                    worker, topic, key, parsed.GetValue(offset), parsed.GetRequiredValue(reason), ct);
                return Tell(parsed, json, shown.Stakes, new ParkedDiscardAnswer(
                    worker, topic, shown.Key, shown.Messages[0].Partition, parsed.GetValue(offset),
                    left is null ? "awaits-approver" : "discarded", left, await console.Me(ct), ApprovedBy: null, shown.Stakes));
            }

            var bearer = await Bearer.Require(session, ct);
            await using var database = await ParkedCommand.Open(session, worker, ct);
            if ((await Parked.Show(database, topic, key, limit: 1, ct)) is not [var head])
                throw ParkedCommand.NotParked(worker, topic, key);
            var wish = new DiscardWish(bearer.Subject, bearer.IsApprover, parsed.GetRequiredValue(reason));
            var (answer, stakes) = await DiscardParked.Discard(database, head, parsed.GetValue(offset), wish, ct);
            return answer switch
            {
                DiscardAnswer.Discarded done => Tell(parsed, json, stakes, new ParkedDiscardAnswer(
                    worker, topic, head.Key, head.Partition, head.Offset, "discarded", done.Left, done.By, done.ApprovedBy,
                    stakes)),
                DiscardAnswer.AwaitsApprover waits => Tell(parsed, json, stakes, new ParkedDiscardAnswer(
                    worker, topic, head.Key, head.Partition, head.Offset, "awaits-approver", Left: null, waits.Asked.AskedBy,
                    ApprovedBy: null, stakes)),
                DiscardAnswer.NotYours no => throw new RefusedException(no.Why),
                DiscardAnswer.NotAtTheHead other => throw new RefusedException(
                    $"offset {parsed.GetValue(offset)} is not the first of {worker} {topic} {KeyName.Of(head.Key)}, that is "
                        + $"{other.HeadOffset}; nothing was done"),
                _ => throw ParkedCommand.NotParked(worker, topic, key),
            };
        });
        return command;
    }

    private static int Tell(
        ParseResult parsed, JsonOption<ParkedDiscardAnswer> json, IReadOnlyList<Stake> stakes, ParkedDiscardAnswer answer)
    {
        Output.Show(parsed, json, answer, console =>
        {
            foreach (var line in MoneyAtStake.Words(stakes)) console.WriteLine(Legible.Line(line));
            var what = $"{answer.Topic}[{answer.Partition}] offset {answer.Offset}";
            console.WriteLine(answer.Left is { } left
                ? $"{what} is discarded{(answer.ApprovedBy is null ? "" : $", asked by {answer.By}, approved by {answer.ApprovedBy}")}; {left} messages of {KeyName.Of(answer.Key)} go on"
                : $"{what} carries money and is not discarded yet: {answer.By} has asked for it, now an approver, another "
                    + $"person, gives the same command");
        });
        return answer.Left is null ? ExitCodes.CheckFailed : ExitCodes.Success;
    }

    private static void NotBlank(OptionResult option)
    {
        if (string.IsNullOrWhiteSpace(option.Tokens.SingleOrDefault()?.Value))
            option.AddError($"{option.Option.Name} must say something");
    }
}
