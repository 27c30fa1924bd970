using System.CommandLine;
using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl topics provision|rights|list|lag</c>: topics as they are declared and as the broker has them.</summary>
internal static class TopicsCommand
{
    public static Command Make(Session session) => new(
        "topics", "Topics: make what is missing, compare what is there, see who may do what and who is behind.")
    {
        Provision(session), TopicsRightsCommand.Make(session), List(session), TopicsLagCommand.Make(session),
    };

    private static Command Provision(Session session)
    {
        const string About =
            """
            Makes the topics that are missing and says where the others differ from their declaration (exit code 1). Changes no existing topic.

            Example:
              contestctl topics provision
            """;
        var json = Output.JsonOption<ProvisionAnswer>();
        var command = new Command("provision", About) { json };
        command.SetAction(async (parsed, ct) =>
        {
            var (made, differences) = await LongWork.While("asking the broker", session.Clock, async _ =>
            {
                using var admin = new TopicAdmin(session.Kafka());
                return (await admin.Provision(), await admin.Compare());
            });
            Output.Show(parsed, json, new ProvisionAnswer(made, differences), console =>
            {
                console.WriteLine(made.Count == 0 ? "no topic was missing" : $"made {string.Join(", ", made)}");
                foreach (var difference in differences) console.WriteLine(difference);
            });
            return differences.Count == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static Command List(Session session)
    {
        const string About =
            """
            Lists the declared topics beside what the broker has. Exit code 1 when one is missing or has another number of partitions.

            Example:
              contestctl topics list --json
            """;
        var json = Output.JsonOption<TopicsAnswer>();
        var command = new Command("list", About) { json };
        command.SetAction(async (parsed, _) =>
        {
            var there = await LongWork.While("asking the broker", session.Clock, _ =>
            {
                using var admin = new TopicAdmin(session.Kafka());
                return Task.FromResult(admin.List());
            });
            var rows = Topics.All.Select(t => new TopicRow(
                t.Name, t.Partitions, there.TryGetValue(t.Name, out var partitions) ? partitions : 0,
                t.Compacted ? "compacted" : $"{t.RetentionDays} days")).ToArray();
            Output.Show(parsed, json, new TopicsAnswer(rows), console =>
            {
                var table = Output.Table("topic", "partitions", "at the broker", "kept");
                foreach (var row in rows)
                    table.Row(row.Topic, row.Partitions, row.AtBroker == 0 ? "missing" : row.AtBroker, row.Kept);
                console.Write(table);
            });
            return rows.All(r => r.Partitions == r.AtBroker) ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }
}
