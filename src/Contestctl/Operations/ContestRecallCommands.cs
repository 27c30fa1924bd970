using System.CommandLine;
using ContestPipeline.Contestctl.Messages;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>
/// <c>contestctl contest cancel</c> and <c>contestctl contest retry</c>: ways out for a contest that does not go on.
/// </summary>
internal static class ContestRecallCommands
{
    private const string AboutCancel =
        """
        Cancels a contest that is not settled; every fee goes back. Once its final ranking is published Settlement is asked first: it answers that the contest is not settled and
        never will be, or that it is settled already, and then nothing changes. The same command again gets the same answer. Exit code 1 when it is refused or no answer comes.

        Example:
          contestctl contest cancel sunday-night --reason "the provider cannot correct game 12" --by ann
        """;

    private const string AboutRetry =
        """
        Has a contest's final ranking made anew that was handed to Settlement and is not settled: after a mismatch whose cause is mended, when a line is lost that the ranking names,
        or when a database went back. Settlement first agrees never to settle the ranking of before. Exit code 1 when it is refused, when it was settled meanwhile, or when no answer comes.

        Example:
          contestctl contest retry sunday-night --reason "Scoring's lines are restored" --by ann
        """;

    public static Command MakeCancel(Session session) => Make(
        session, "cancel", AboutCancel,
        (commandId, contestId, reason, by) => new CancelContestV1(commandId, contestId, reason, by));

    public static Command MakeRetry(Session session) => Make(
        session, "retry", AboutRetry,
        (commandId, contestId, reason, by) => new RetrySettlementV1(commandId, contestId, reason, by));

    private static Command Make(
        Session session, string name, string about, Func<string, string, string, string, IContestCommand> order)
    {
        var id = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var reason = new Option<string>(
            "--reason", "--why") { Description = "Why; it is kept with the contest.", Required = true };
        var by = new Option<string>("--by", "--who") { Required = true,
            Description = "Who decided it; it is kept with the contest. With PAYOUT_API_TOKEN the token's name." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", DefaultValueFactory = _ => 15 };
        var json = Output.JsonOption<ContestRecallAnswer>();
        var command = new Command(name, about) { id, reason, by, wait, json };
        command.SetAction(async (parsed, ct) =>
        {
            var contestId = parsed.GetRequiredValue(id);
            var (why, who) = (parsed.GetRequiredValue(reason), parsed.GetRequiredValue(by));
            var kafka = session.Kafka();
            var decidedBy = await OrderedBy.Name(session, who, who, ct);
            // A second trouble of the same contest is a command of its own, the same again is not.
            var before = new ContestFacts(new TopicReader(kafka)).On(Topics.ContestEvents, contestId, ct)
                .OfType<ContestFinalizedV1>().Count();
            var commandId = DeterministicId.From($"contestctl/{name}/{KeyPart.Of(contestId)}/{before}/{KeyPart.Of(who)}/{why}")
                .ToString();
            using (var producer = new MessageProducer(kafka, "contestctl", session.Clock))
                await producer.Publish(order(commandId, contestId, why, decidedBy));

            var patience = TimeSpan.FromSeconds(parsed.GetValue(wait));
            var answer = await LongWork.While(
                "waiting for the answer", session.Clock, _ => Answer(session, kafka, contestId, commandId, patience, ct));
            Output.Show(parsed, json, new ContestRecallAnswer(contestId, commandId, answer),
                console => console.WriteLine(InWords(answer)));
            return answer is ContestCancelledV1 or RecallAnsweredV1 { SettledAt: null }
                ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    /// <returns>The last word about the command; when it does not come in time, that Settlement was asked, or null.</returns>
    private static async Task<IMessage?> Answer(
        Session session, KafkaSettings kafka, string contestId, string commandId, TimeSpan patience, CancellationToken ct)
    {
        IMessage? asked = null;
        var answer = await ContestAnswer.Await(
            session, [new ContestTail(kafka, Topics.ContestEvents, contestId), new ContestTail(kafka, Topics.Results, contestId)],
            patience, events =>
            {
                asked = events.OfType<RecallRequestedV1>().LastOrDefault(r => r.RequestId == commandId);
                return events.LastOrDefault(m => m is ContestCancelledV1 c && c.CommandId == commandId
                    || m is CommandRejectedV1 r && r.CommandId == commandId)
                    ?? events.OfType<RecallAnsweredV1>()
                        .LastOrDefault(a => a.RequestId == commandId && a.Purpose != RecallPurposes.Cancel);
            }, ct);
        return answer ?? asked;
    }

    private static string InWords(IMessage? answer) => answer switch
    {
        ContestCancelledV1 => "cancelled; its fees go back",
        RecallAnsweredV1 { SettledAt: null } recalled =>
            $"revision {recalled.Revision}, attempt {recalled.Attempt} will never be settled; the ranking is made anew",
        RecallAnsweredV1 settled => $"nothing to do: revision {settled.Revision} was settled at {settled.SettledAt:u}",
        CommandRejectedV1 rejected => $"refused: {rejected.ReasonCode}: {rejected.Message}",
        RecallRequestedV1 => "Settlement was asked and has not answered; is it running? It goes on by itself once it is.",
        _ => "no answer came; is Scoring running? The command is on contest.operations.v1 and will be handled once it is.",
    };
}
