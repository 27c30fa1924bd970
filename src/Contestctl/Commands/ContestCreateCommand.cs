using System.CommandLine;
using ContestPipeline.Contestctl.Messages;
using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl contest create</c>: publishes a contest and waits for the answer.</summary>
internal static class ContestCreateCommand
{

    private static readonly string s_about =
        $"""
        Sends the definition in a JSON file to the pipeline and waits for its answer.
        The same file sent again is the same command and gets the same answer. Exit
        code 1 when the contest is refused or no answer comes, 2 when the file cannot
        be sent.

        Refused is, by reason:
        {Refused()}

        Example (a definition to begin with):
          contestctl contest create samples/contest.json
        """;

    public static Command Make(Session session)
    {
        var file = new Argument<FileInfo>(
            "FILE") { Description = "The definition, as in src/Contracts/Schemas/contest.create.v1.json." };
        var by = new Option<string?>("--by") { Description = "Who issues it; with PAYOUT_API_TOKEN the token says so." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", DefaultValueFactory = _ => 15 };
        var json = Output.JsonOption<ContestCreateAnswer>();
        var command = new Command("create", s_about) { file, by, wait, json };
        command.SetAction(async (parsed, ct) =>
        {
            var written = WireJson.Read<ContestDefinitionV1>(
                await File.ReadAllBytesAsync(parsed.GetRequiredValue(file).FullName, ct));
            var definition = await WithRuleSet(written, session, ct);
            if (PrizeRules.Validate(definition) is { } invalid)
                throw new InvalidDataException($"{parsed.GetRequiredValue(file).Name}: {invalid}");

            if (RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version)?.Note is { } note)
                Output.Progress().WriteLine($"rule set {definition.RuleSet.Name} version {definition.RuleSet.Version}: {note}");

            if (LongContests.Note(definition, session.Clock.GetUtcNow()) is { } lasts) Output.Progress().WriteLine(lasts);

            var kafka = session.Kafka();
            var name = await OrderedBy.Name(session, parsed.GetValue(by), "contestctl", ct);
            var commandId = DeterministicId.From($"contestctl/create/{CanonicalHash.Of(definition)}").ToString();
            using (var producer = new MessageProducer(kafka, "contestctl", session.Clock))
                await producer.Publish(
                    new CreateContestV1(commandId, definition.ContestId, definition, name));

            var patience = TimeSpan.FromSeconds(parsed.GetValue(wait));
            var answer = await LongWork.While("waiting for the answer", session.Clock,
                _ => Answer(session, kafka, definition.ContestId, commandId, patience, ct));
            Output.Show(parsed, json, new ContestCreateAnswer(definition.ContestId, commandId, answer),
                console => console.WriteLine(InWords(answer)));
            return answer is ContestPublishedV1 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static string Refused() => string.Join('\n', CreateRefusals.All.Select(r =>
        $"  {r.Reason}\n{string.Join('\n', r.Rules.Select(rule => HelpText.Wrapped(rule, indent: 4)))}"));

    private static async Task<ContestDefinitionV1> WithRuleSet(
        ContestDefinitionV1 definition, Session session, CancellationToken ct)
    {
        var named = definition.RuleSet;
        if (named.Hash.Length > 0) return definition;
        if (RuleSets.Find(named.Name, named.Version) is { } shipped) return definition with { RuleSet = RuleSets.Ref(shipped) };
        var published = session.Settings.Optional("KAFKA_BOOTSTRAP_SERVERS") is null
            ? [] : await Task.Run(() => new ContestFacts(session.Reader()).Rules(ct), ct);
        var rules = published.FirstOrDefault(r => r.RuleSet.Name == named.Name && r.RuleSet.Version == named.Version)?.RuleSet
            ?? throw new InvalidDataException(
                $"ruleSet: {named.Name} version {named.Version} neither ships nor is published; there are: "
                    + string.Join(", ", published.Select(r => r.RuleSet).Select(Words).Prepend(Shipped())));
        return definition with { RuleSet = RuleSets.Ref(rules) };
    }

    private static string Words(RuleSet rules) =>
        $"{rules.Name} version {rules.Version}{(rules.Note is null ? "" : " (replaced)")}";

    private static string Shipped() => string.Join(", ", RuleSets.All.Select(Words));

    private static Task<IMessage?> Answer(
        Session session, KafkaSettings kafka, string contestId, string commandId, TimeSpan patience, CancellationToken ct) =>
        ContestAnswer.Await(session, [new ContestTail(kafka, Topics.ContestEvents, contestId)], patience, events =>
            events.LastOrDefault(m => m is ContestPublishedV1 p && p.CommandId == commandId
                || m is CommandRejectedV1 r && r.CommandId == commandId), ct);

    private static string InWords(IMessage? answer) => answer switch
    {
        ContestPublishedV1 published => $"published {published.ContestId}, definition {published.DefinitionHash}",
        CommandRejectedV1 rejected => $"refused: {rejected.ReasonCode}: {rejected.Field}: {rejected.Message}",
        _ => "no answer came; is Scoring running? The command is on contest.operations.v1 and will be handled once it is.",
    };
}
