using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Parking;

/// <summary><c>contestctl parked list|show|discarded</c>: what waits for a person, and what was given up.</summary>
internal static class ParkedViews
{
    private const int LimitDefault = 100;
    private const int ErrorShownMax = 100;

    private const string AboutList =
        """
        Lists the keys whose message could not be handled: worker, topic, key, since when, how many messages queue behind, and what was wrong. The other keys
        of the topic go on meanwhile. With CONSOLE_API_URL the console is asked, which names 200 keys at most; else this machine looks, with ADMIN_DATABASE.
        Exit code 0 also when something is parked.

        Examples:
          contestctl parked list
          contestctl parked list --worker scoring --json
        """;

    private const string AboutShow =
        """
        Shows the messages of one parked key in the order of their arrival: place, headers, body, error. The first is the one that could not be handled, the
        others queue behind it. The error is that of the first time; what a retry said since is shown with it. Control characters are shown escaped. A body
        that is no text is shown with its odd bytes replaced; --json has it whole as bodyBase64. A key that is too long for a line is named by its SHA-256,
        here and in parked list. With CONSOLE_API_URL the console is asked, and shows the first. Exit code 1 when nothing of the key is parked.

        Examples:
          contestctl parked show scoring stats.lines.v1 kc-at-pit-2016-week-4/smith
          contestctl parked show payout contests.results.v1 sunday-night --limit 1 --json
        """;

    private const string AboutDiscarded =
        """
        Lists the messages that were discarded, the latest first: who, when, why. --json has the messages whole.

        Example:
          contestctl parked discarded --worker scoring --json
        """;

    public static Command List(Session session)
    {
        var worker = WorkerOption(session);
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<ParkedListAnswer>();
        var command = new Command("list", AboutList) { worker, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (keys, isWhole) = await Keys(session, parsed.GetValue(worker), parsed.GetValue(direct), ct);
            Output.Show(parsed, json, new ParkedListAnswer(keys), console =>
            {
                var table = Output.Table(
                    "worker", "topic", "key", "offset", "first seen (UTC)", "queue behind", "state", "error");
                foreach (var k in keys)
                    table.Row(k.Worker, k.Topic, KeyName.Of(k.Key), k.HeadOffset, Time(k.FirstSeen), k.QueuedBehind,
                        k.RetryRequested ? "to be retried" : "waits", Short(k.Error));
                console.Write(table);
                console.WriteLine(keys.Count == 0 ? "nothing is parked"
                    : isWhole ? $"{keys.Count} keys are parked"
                    : $"the {keys.Count} oldest keys that are parked; there are more");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<(IReadOnlyList<ParkedKeyAnswer> Keys, bool IsWhole)> Keys(
        Session session, string? worker, bool direct, CancellationToken ct)
    {
        if (ConsoleReplays.IsMeant(session, direct))
        {
            using var console = new ConsoleParking(session);
            return await console.List(worker, ct);
        }

        return ([.. (await OfEach(session, worker, database => Parked.List(database, ct), ct))
            .Select(k => new ParkedKeyAnswer(
                k.Worker, k.Row.Topic, k.Row.Key, k.Row.Partition, k.Row.HeadOffset, k.Row.ParkedAt, k.Row.FirstSeen,
                k.Row.QueuedBehind, k.Row.RetryRequested, k.Row.Error))], true);
    }

    public static Command Show(Session session)
    {
        var place = new ParkedCommand.PlaceArguments(session);
        var limit = new Option<int>(
            "--limit") { Description = "How many messages at most.", DefaultValueFactory = _ => LimitDefault };
        limit.Validators.Add(OptionRules.AtLeast(1));
        var direct = ConsoleReplays.DirectOption();
        var json = Output.JsonOption<ParkedShowAnswer>();
        var command = new Command("show", AboutShow) { place.Worker, place.Topic, place.Key, limit, direct, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (answer, behind) = await Messages(
                session, place.Of(parsed), parsed.GetValue(limit), parsed.GetValue(direct), ct);
            var (messages, stakes, asked) = (answer.Messages, answer.Stakes, answer.DiscardAsked);
            Output.Show(parsed, json, answer, console =>
            {
                if (asked is not null)
                    console.WriteLine(Legible.Line(
                        $"{asked.AskedBy} wants the first discarded since {Time(asked.AskedAt)} UTC: {asked.Reason}"));
                if (stakes.Count > 0) console.WriteLine("if the first is discarded, for which an approver is needed:");
                foreach (var line in MoneyAtStake.Words(stakes)) console.WriteLine($"  {Legible.Line(line)}");
                foreach (var m in messages)
                {
                    console.WriteLine($"{m.Topic}[{m.Partition}] offset {m.Offset}, first seen {Time(m.FirstSeen)} UTC");
                    console.WriteLine($"  error    {Legible.Line(m.Error ?? "")}");
                    if (m.LastError is { } last)
                        console.WriteLine($"  again    {Legible.Line(last)} (failed {m.Failures} times)");
                    foreach (var (name, value) in m.Headers.OrderBy(h => h.Key, StringComparer.Ordinal))
                        console.WriteLine($"  {Legible.Line(name),-8} {Legible.Line(value)}");
                    console.WriteLine($"  body     {Legible.Line(m.Body)}");
                }

                if (behind > 0) console.WriteLine($"{behind} messages queue behind it");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    /// <returns>What waits, and how many messages more queue behind what is shown.</returns>
    private static async Task<(ParkedShowAnswer Answer, long Behind)> Messages(
        Session session, (string Worker, string Topic, string Key) place, int limit, bool direct, CancellationToken ct)
    {
        var (worker, topic, key) = place;
        if (ConsoleReplays.IsMeant(session, direct))
        {
            using var console = new ConsoleParking(session);
            return await console.Show(worker, topic, key, ct);
        }

        await using var database = await ParkedCommand.Open(session, worker, ct);
        var records = await Parked.Show(database, topic, key, limit, ct);
        if (records.Count == 0) throw ParkedCommand.NotParked(worker, topic, key);
        var (stakes, asked) = await database.Run(
            async tx => (await DiscardParked.StakesOf(tx, records[0]), await Parked.AskedFor(tx, records[0])), ct);
        return (new ParkedShowAnswer(worker, topic, key, [.. records.Select(m => new ParkedMessageAnswer(
            m.Topic, m.Partition, m.Offset, m.Key, m.FirstSeen, m.Error, m.Failures, m.LastError, m.HeaderTexts(),
            Encoding.UTF8.GetString(m.Body), RecordBody.Base64(m.Body)))], stakes, asked), 0);
    }

    public static Command Discarded(Session session)
    {
        var worker = WorkerOption(session);
        var limit = new Option<int>(
            "--limit") { Description = "How many of each worker at most.", DefaultValueFactory = _ => LimitDefault };
        limit.Validators.Add(OptionRules.AtLeast(1));
        var json = Output.JsonOption<DiscardedAnswer>();
        var command = new Command("discarded", AboutDiscarded) { worker, limit, json };
        command.SetAction(async (parsed, ct) =>
        {
            var messages = (await OfEach(session, parsed.GetValue(worker),
                database => Parked.AllDiscarded(database, parsed.GetValue(limit), ct),
                ct)).Select(m => new DiscardedMessageAnswer(
                m.Worker, m.Row.DiscardNo, m.Row.Topic, m.Row.Partition, m.Row.Offset, m.Row.Key, m.Row.FirstSeen, m.Row.Error,
                m.Row.DiscardedAt, m.Row.DiscardedBy, m.Row.ApprovedBy, m.Row.Reason,
                JsonSerializer.Deserialize<Dictionary<string, string>>(m.Row.Headers)!, Encoding.UTF8.GetString(m.Row.Body),
                RecordBody.Base64(m.Row.Body))).ToArray();
            Output.Show(parsed, json, new DiscardedAnswer(messages), console =>
            {
                var table = Output.Table(
                    "worker", "topic", "key", "partition", "offset", "discarded (UTC)", "by", "approved by", "reason", "error");
                foreach (var m in messages)
                    table.Row(m.Worker, m.Topic, KeyName.Of(m.Key), m.Partition, m.Offset, Time(m.DiscardedAt), m.DiscardedBy,
                        m.ApprovedBy, m.Reason, Short(m.Error));
                console.Write(table);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<(string Worker, T Row)>> OfEach<T>(
        Session session, string? worker, Func<WorkerDatabase, Task<IReadOnlyList<T>>> read, CancellationToken ct)
    {
        var rows = new List<(string, T)>();
        foreach (var name in session.Workers.Select(w => w.Name).Where(w => worker is null || w == worker))
        {
            await using var database = await ParkedCommand.Open(session, name, ct);
            rows.AddRange((await read(database)).Select(row => (name, row)));
        }

        return rows;
    }

    private static Option<string?> WorkerOption(Session session)
    {
        var option = new Option<string?>("--worker") { Description = "Only of this worker." };
        option.AcceptOnlyFromAmong([.. session.Workers.Select(w => w.Name)]);
        return option;
    }

    private static string Short(string error) => error.Length <= ErrorShownMax ? error : error[..ErrorShownMax] + "…";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
