using System.CommandLine;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.RuleFiles;

/// <summary><c>contestctl rules publish</c>: makes a rule set known to the workers while they run.</summary>
internal static class RulesPublishCommand
{
    private const string About =
        """
        Checks a rule set, sends it to the pipeline and waits until it is on
        contest.rules.v1, where it stands under its name and version for good. The same
        file again changes nothing. Under a version that is taken only a set that pays
        the same, ignores more stats or says another note is taken in; anything else is
        refused. Exit code 1 when it is refused or no answer comes, 2 when the file
        cannot be sent.

        Example:
          contestctl rules publish samples/rules/draftkings-nba-classic-2020.json --by ann
        """;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(300);

    public static Command Make(Session session)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The rule set." };
        var by = new Option<string>("--by") { Description = "Who publishes it.", DefaultValueFactory = _ => "contestctl" };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", DefaultValueFactory = _ => 15 };
        var json = Output.JsonOption<RulesPublishAnswer>();
        var command = new Command("publish", About) { file, by, wait, json };
        command.SetAction(async (parsed, ct) =>
        {
            var rules = await RulesCommands.Valid(parsed.GetRequiredValue(file), ct);
            var kafka = session.Kafka();
            var publish = new PublishRulesV1(
                DeterministicId.From($"contestctl/rules/{CanonicalHash.Of(rules)}").ToString(), rules,
                parsed.GetRequiredValue(by));
            using (var producer = new MessageProducer(kafka, "contestctl", session.Clock)) await producer.Publish(publish);

            var patience = TimeSpan.FromSeconds(parsed.GetValue(wait));
            var answer = await LongWork.While("waiting for the answer", session.Clock,
                _ => Answer(session, new TopicReader(kafka), publish, patience, ct));
            Output.Show(parsed, json, answer, console => console.WriteLine(InWords(answer)));
            return answer.Published is not null ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static async Task<RulesPublishAnswer> Answer(
        Session session, TopicReader reader, PublishRulesV1 publish, TimeSpan patience, CancellationToken ct)
    {
        var start = session.Clock.GetTimestamp();
        var (reference, hash) = (RuleSets.Ref(publish.RuleSet), CanonicalHash.Of(publish.RuleSet));
        while (true)
        {
            var answer = await Task.Run(() => new RulesPublishAnswer(
                reference,
                new ContestFacts(reader).Rules(ct).FirstOrDefault(r => CanonicalHash.Of(r.RuleSet) == hash)?.Edition,
                Refusal(reader, publish.CommandId, ct)), ct);
            if (answer.Published is not null || answer.Refusal is not null
                || session.Clock.GetElapsedTime(start) > patience) return answer;
            await Task.Delay(s_poll, session.Clock, ct);
        }
    }

    private static RuleRefusal? Refusal(TopicReader reader, string commandId, CancellationToken ct) =>
        new LegibleRecords(reader).On(Topics.Rejected(Topics.ContestOperations), _ => true, ct).Select(r => r.Message)
            .OfType<RejectedV1>()
            .Where(r => System.Text.Encoding.UTF8.GetString(r.OriginalBytes).Contains(commandId, StringComparison.Ordinal))
            .Select(r => new RuleRefusal(r.Reason, r.Field, r.Expected, r.Got)).LastOrDefault();

    private static string InWords(RulesPublishAnswer answer) => answer switch
    {
        { Published: { } edition } => $"published {answer.RuleSet.Name} version {answer.RuleSet.Version}, hash "
            + $"{answer.RuleSet.Hash}{(edition > 1 ? $", edition {edition}" : "")}",
        { Refusal: { } no } => $"refused: {no.Reason}: {no.Field}: expected {no.Expected}; got {no.Got}",
        _ => "no answer came; is Scoring running? The command is on contest.operations.v1 and will be handled once it is.",
    };
}

/// <summary>What came of it.</summary>
/// <param name="Published">The edition that stands; null: it does not.</param>
internal sealed record RulesPublishAnswer(RuleSetRefV1 RuleSet, int? Published, RuleRefusal? Refusal);

/// <summary>Why it was not taken in.</summary>
internal sealed record RuleRefusal(string Reason, string? Field, string? Expected, string? Got);
