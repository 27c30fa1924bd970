using System.CommandLine;
using System.Globalization;
using ContestPipeline.Contestctl.Messages;
using ContestPipeline.Contestctl.Parking;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl contest decide-proof</c>: the referee's word on one proof of a challenge.</summary>
internal static class DecideProofCommand
{
    private const string About =
        """
        Decides one proof of a challenge, or reverses what was decided of it, until the final ranking is handed to Settlement. Who decides is no participant and
        stands in PAYOUT_API_TOKEN, with the role operator or approver: the name is kept with the proof and told to its player. The same command again gets the
        same answer. Exit code 1 when it is refused or no answer comes.

        Examples:
          contestctl contest decide-proof twenty-runs ann-1 1 --outcome failed --reason "the picture is of somebody else"
          contestctl contest decide-proof twenty-runs ann-1 1 --outcome passed --reason "a second picture shows her" --json
        """;

    public static Command Make(Session session)
    {
        var contest = new Argument<string>("CONTEST") { Description = "The challenge's id." };
        var entry = new Argument<string>("ENTRY") { Description = "The entry that handed the proof in." };
        var proof = new Argument<int>("PROOF") { Description = "The proof's number, from 1." };
        var outcome = new Option<string>("--outcome") { Required = true,
            Description = $"What it counts as: {string.Join(" or ", ProofOutcomes.All)}." };
        outcome.AcceptOnlyFromAmong([.. ProofOutcomes.All]);
        var reason = new Option<string>("--reason", "--why") { Required = true,
            Description = "Why; it is kept with the proof and told to its player." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", DefaultValueFactory = _ => 15 };
        var json = Output.JsonOption<ContestRecallAnswer>();
        var command = new Command("decide-proof", About) { contest, entry, proof, outcome, reason, wait, json };
        command.SetAction(async (parsed, ct) =>
        {
            var ruling = new DecideProofV1(
                "", parsed.GetRequiredValue(contest), parsed.GetRequiredValue(entry), parsed.GetValue(proof),
                parsed.GetRequiredValue(outcome), parsed.GetRequiredValue(reason), (await Bearer.Require(session, ct)).Subject);
            var kafka = session.Kafka();
            var before = Before(
                ruling, new ContestFacts(new TopicReader(kafka)).On(Topics.ContestEvents, ruling.ContestId, ct));
            ruling = ruling with { CommandId = Id(ruling, before) };
            using (var producer = new MessageProducer(kafka, "contestctl", session.Clock)) await producer.Publish(ruling);

            var patience = TimeSpan.FromSeconds(parsed.GetValue(wait));
            var answer = await LongWork.While(
                "waiting for the answer", session.Clock, _ => Answer(session, kafka, ruling, before, patience, ct));
            Output.Show(parsed, json, new ContestRecallAnswer(ruling.ContestId, ruling.CommandId, answer),
                console => console.WriteLine(InWords(answer)));
            return answer is ProofDecidedV1 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    /// <summary>
    /// How many rulings on the proof came before this one: a ruling after another one is a command of its own, the same again is
    /// not. What votes decide does not count: it may come while the command is repeated.
    /// </summary>
    /// <param name="events">What the topic says of the contest.</param>
    internal static int Before(DecideProofV1 ruling, IEnumerable<IMessage> events) =>
        Rulings(ruling, events) is var rulings && rulings.LastOrDefault() is { } last && IsAnswer(ruling, last)
            ? rulings.Count - 1 : rulings.Count;

    internal static string Id(DecideProofV1 ruling, int before) => DeterministicId.From(string.Join('/',
        "contestctl/decide-proof", KeyPart.Of(ruling.ContestId), KeyPart.Of(ruling.EntryId),
        ruling.ProofNo.ToString(CultureInfo.InvariantCulture), before.ToString(CultureInfo.InvariantCulture),
        KeyPart.Of(ruling.IssuedBy), ruling.Outcome, ruling.Reason)).ToString();

    /// <returns>Null: none came in time.</returns>
    private static Task<IMessage?> Answer(
        Session session, KafkaSettings kafka, DecideProofV1 ruling, int before, TimeSpan patience, CancellationToken ct) =>
        ContestAnswer.Await(session, [new ContestTail(kafka, Topics.ContestEvents, ruling.ContestId)], patience, events =>
            Rulings(ruling, events).Skip(before).LastOrDefault(decided => IsAnswer(ruling, decided))
                ?? (IMessage?)events.OfType<CommandRejectedV1>().LastOrDefault(refused => refused.CommandId == ruling.CommandId),
            ct);

    private static IReadOnlyList<ProofDecidedV1> Rulings(DecideProofV1 ruling, IEnumerable<IMessage> events) =>
    [
        .. events.OfType<ProofDecidedV1>().Where(e => e.By == ProofDeciders.Referee && e.EntryId == ruling.EntryId
            && e.ProofNo == ruling.ProofNo),
    ];

    private static bool IsAnswer(DecideProofV1 ruling, ProofDecidedV1 decided) => decided.Outcome == ruling.Outcome
        && decided.RefereeId == ruling.IssuedBy && decided.Reason == ruling.Reason;

    private static string InWords(IMessage? answer) => answer switch
    {
        ProofDecidedV1 decided => string.Create(CultureInfo.InvariantCulture,
            $"proof {decided.ProofNo} of {decided.EntryId} has {decided.Outcome}, by {decided.RefereeId} at {decided.At:u}"),
        CommandRejectedV1 rejected => $"refused: {rejected.ReasonCode}: {rejected.Message}",
        _ => "no answer came; is Scoring running? The command is on contest.operations.v1 and will be handled once it is.",
    };
}
