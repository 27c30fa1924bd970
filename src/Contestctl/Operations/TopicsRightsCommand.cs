using System.CommandLine;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl topics rights</c>: who may do what at the broker, against who should.</summary>
internal static class TopicsRightsCommand
{
    private const string About =
        """
        Compares the broker's rules (ACLs) with who writes and reads which topic (src/Contracts/Wire/TopicRights.cs): which are missing, and which bear on our
        topics, groups and transactional ids beyond them. With --grant it makes the missing ones; it takes none away. Principals are called User: and
        TOPIC_PREFIX and ingestion, scoring, settlement, payout, feed, front, operator or replay. Sign in as a super user of the broker.
        Exit code 1 when a rule is missing or goes beyond.

        Examples:
          contestctl topics rights
          contestctl topics rights --grant
        """;

    public static Command Make(Session session)
    {
        var grant = new Option<bool>("--grant") { Description = "Makes the rules that are missing." };
        var json = Output.JsonOption<RightsAnswer>();
        var command = new Command("rights", About) { grant, json };
        command.SetAction(async (parsed, _) =>
        {
            var answer = await LongWork.While("asking the broker", session.Clock, async _ =>
            {
                using var admin = new RightsAdmin(session.Kafka());
                var granted = parsed.GetValue(grant) ? await admin.Grant() : [];
                var report = await admin.Compare(justGranted: granted.Count > 0);
                return new RightsAnswer(granted, [.. report.Missing.Except(granted)], report.Beyond);
            });
            Output.Show(parsed, json, answer, console =>
            {
                foreach (var made in answer.Granted) console.WriteLine($"granted: {made}");
                foreach (var lacks in answer.Missing) console.WriteLine($"missing: {lacks}");
                foreach (var beyond in answer.Beyond) console.WriteLine($"beyond:  {beyond}");
                if (answer is { Granted.Count: 0, Missing.Count: 0, Beyond.Count: 0 })
                    console.WriteLine("all rules are there as declared, and none beyond");
            });
            return answer is { Missing.Count: 0, Beyond.Count: 0 } ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }
}
