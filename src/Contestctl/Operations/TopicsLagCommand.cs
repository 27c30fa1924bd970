using System.CommandLine;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl topics lag</c>: how far each worker is behind on the topics it reads.</summary>
internal static class TopicsLagCommand
{
    private const string About =
        """
        Shows for each worker and topic how much it has not read yet: the offset it goes on from, the end, the difference, and how old the oldest unread
        record is; over all partitions of the topic, or of each with --partitions. Topics without records are counted too. Changes nothing, joins no group.
        Exit code 1 when a worker is behind by more than --max-lag on a topic, when the broker dropped records before they were read, or when a topic is missing.

        Examples:
          contestctl topics lag
          contestctl topics lag --worker payout --partitions
          contestctl topics lag --max-lag 10000 --json
        """;

    public static Command Make(Session session)
    {
        var worker = new Option<string?>("--worker") { Description = "Only of this worker." };
        worker.AcceptOnlyFromAmong([.. session.Workers.Select(w => w.Name)]);
        var topic = new Option<string?>("--topic") { Description = "Only this topic." };
        topic.AcceptOnlyFromAmong([.. Topics.All.Select(t => t.Name)]);
        var maxLag = new Option<long?>(
            "--max-lag") { Description = "Exit code 1 when a worker is behind by more records than this on a topic." };
        maxLag.Validators.Add(OptionRules.AtLeast(0));
        var each = new Option<bool>("--partitions") { Description = "A row for each partition." };
        var json = Output.JsonOption<LagReport>();
        var command = new Command("lag", About) { worker, topic, maxLag, each, json };
        command.SetAction(async (parsed, _) =>
        {
            var report = await LongWork.While(
                "asking the broker", session.Clock,
                _ => Look(session, parsed.GetValue(worker), parsed.GetValue(topic), parsed.GetValue(maxLag)));
            Output.Show(parsed, json, report, console => Write(console, report, parsed.GetValue(each)));
            return report.Well ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static async Task<LagReport> Look(Session session, string? worker, string? topic, long? maxLag)
    {
        var wanted = DeclaredTopics.All()
            .Where(d => (worker is null || d.Worker == worker) && (topic is null || d.Topic == topic)).ToArray();
        var kafka = session.Kafka();
        using var admin = new TopicAdmin(kafka);
        var there = admin.List();
        var now = session.Clock.GetUtcNow();
        return Report(await new UnreadRecords(kafka, there).Of(wanted),
            [.. wanted.Select(w => w.Topic).Distinct().Where(t => !there.ContainsKey(t))], maxLag, now);
    }

    /// <summary>Sums the partitions up and judges.</summary>
    internal static LagReport Report(
        IReadOnlyList<UnreadPartition> unread, IReadOnlyList<string> missing, long? maxLag, DateTimeOffset now)
    {
        var topics = unread.GroupBy(u => (u.Worker, u.Topic)).Select(g => new TopicLag(
            g.Key.Worker, g.Key.Topic, g.Sum(u => u.GoesOnFrom), g.Sum(u => u.End), g.Sum(u => u.Lag),
            Age(g.Min(u => u.OldestUnreadAt), now), g.Sum(u => u.Missed),
            [
                .. g.OrderBy(u => u.Partition)
                    .Select(u =>
                        new LagOfPartition(
                            u.Partition, u.Committed, u.GoesOnFrom, u.End, u.Lag, Age(u.OldestUnreadAt, now), u.Missed)),
            ])).ToArray();
        string[] findings =
        [
            .. missing.Select(t => $"{t} does not exist; contestctl topics provision makes it"),
            .. topics.Where(t => t.Lag > maxLag)
                .Select(t => $"{t.Worker} is {t.Lag} records behind on {t.Topic}, more than {maxLag}"),
            .. topics.Where(t => t.Missed > 0)
                .Select(t => $"{t.Missed} records of {t.Topic} were dropped before {t.Worker} read them"),
        ];
        return new LagReport(findings.Length == 0, topics, findings);
    }

    /// <summary>Clocks differ a little: nothing is younger than now.</summary>
    private static long? Age(DateTimeOffset? at, DateTimeOffset now) =>
        at is { } then ? Math.Max(0, (long)(now - then).TotalSeconds) : null;

    private static void Write(IAnsiConsole console, LagReport report, bool each)
    {
        var table = Output.Table(["worker", "topic", .. each ? ["partition"] : Array.Empty<string>(), "goes on from", "end",
            "behind", "oldest unread (s)", "dropped unread"]);
        // In a narrow window the heads break, the names do not.
        foreach (var name in table.Columns.Take(2)) name.NoWrap();
        foreach (var t in report.Topics)
        {
            if (!each) table.Row(t.Worker, t.Topic, t.GoesOnFrom, t.End, t.Lag, t.OldestUnreadSeconds, t.Missed);
            else foreach (var p in t.Partitions)
                table.Row(t.Worker, t.Topic, p.Partition, p.GoesOnFrom, p.End, p.Lag, p.OldestUnreadSeconds, p.Missed);
        }

        console.Write(table);
        foreach (var finding in report.Findings) console.WriteLine(finding);
    }

    /// <summary>What was found.</summary>
    internal sealed record LagReport(bool Well, IReadOnlyList<TopicLag> Topics, IReadOnlyList<string> Findings);

    /// <summary>One worker on one topic, all partitions together.</summary>
    internal sealed record TopicLag(
        string Worker, string Topic, long GoesOnFrom, long End, long Lag, long? OldestUnreadSeconds, long Missed,
        IReadOnlyList<LagOfPartition> Partitions);

    /// <summary>One worker on one partition; Committed is absent where it never committed an offset.</summary>
    internal sealed record LagOfPartition(
        int Partition, long? Committed, long GoesOnFrom, long End, long Lag, long? OldestUnreadSeconds, long Missed);
}
