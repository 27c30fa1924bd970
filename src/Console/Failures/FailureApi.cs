using System.Text;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;
using ContestPipeline.WebConsole.Data;

namespace ContestPipeline.WebConsole.Failures;

/// <summary>Which parked keys are to be tried again; what is absent does not matter.</summary>
internal sealed record RetryRequest(
    string Reason, string? Worker = null, string? Topic = null, string? Error = null, string? Key = null);

/// <param name="Offset">Of the message that was looked at; another one at the head is left alone.</param>
internal sealed record DiscardRequest(string Worker, string Topic, string Key, long Offset, string Reason);

/// <summary>Parked messages by what is wrong with them.</summary>
internal sealed record FailuresAnswer(IReadOnlyList<FailureGroup> Groups);

/// <summary>Keys of which a message could not be handled, the oldest first.</summary>
/// <param name="IsWhole">False: there are more.</param>
internal sealed record FailedKeysAnswer(IReadOnlyList<ParkedKeyRow> Keys, bool IsWhole);

/// <summary>The first message of a parked key.</summary>
/// <param name="Behind">Messages that queue behind it.</param>
/// <param name="Body">Of what is no text, with odd bytes replaced; then <paramref name="BodyBase64"/> has it whole.</param>
/// <param name="Stakes">What will not happen to money if it is discarded; empty: no money hangs on it.</param>
/// <param name="DiscardAsked">Who wants it discarded, which waits for an approver; null: nobody.</param>
internal sealed record FailedMessageAnswer(
    string Worker, string Topic, int Partition, long Offset, string Key, DateTimeOffset FirstSeen, string Error, int Failures,
    string? LastError, long Behind, IReadOnlyDictionary<string, string> Headers, string Body, string? BodyBase64,
    IReadOnlyList<Stake> Stakes, DiscardAsked? DiscardAsked)
{
    public static FailedMessageAnswer Of(ParkedHead head) => new(
        head.Worker, head.Message.Topic, head.Message.Partition, head.Message.Offset, head.Message.Key, head.Message.FirstSeen,
        head.Message.Error, head.Message.Failures, head.Message.LastError, head.Behind, head.Message.HeaderTexts(),
        Encoding.UTF8.GetString(head.Message.Body), RecordBody.Base64(head.Message.Body), head.Stakes, head.Asked);
}

/// <param name="Outcome">discarded, or awaits-approver where money hangs on it.</param>
internal sealed record DiscardedAnswer(string Outcome, long? Left);

/// <summary><c>/v1/ops/failures</c>: parked messages, and what is done about them.</summary>
internal static class FailureApi
{
    public static void Map(RouteGroupBuilder ops)
    {
        var group = ops.MapGroup("/failures");
        MapLooks(group);
        MapActs(group);
    }

    private static void MapLooks(RouteGroupBuilder group)
    {
        group.MapGet("", async (HttpContext context, WorkerDatabase database) => ApiAnswer.Of(
            new FailuresAnswer(await database.Run(tx => tx.FailureGroups(), context.RequestAborted)))).ForStaff()
            .WithSummary("Parked messages by what is wrong with them.").ProducesAnswer<FailuresAnswer>("The groups.");
        group.MapGet("/keys", async (
            HttpContext context, FailureService service, string? worker, string? topic, string? error) =>
        {
            var asked = new ParkedGroup(worker, topic, error, null);
            if (asked.Fault() is { } fault) return ApiProblem.Invalid($"{fault}.");
            if (service.Keys is not { } keys) return Missing();
            var rows = await keys.List(asked, context.RequestAborted);
            return ApiAnswer.Of(new FailedKeysAnswer(rows, rows.Count < ParkedKeys.ListMax));
        }).ForStaff().WithSummary("Keys of which a message could not be handled: of a worker, topic and error, or all.")
            .ProducesAnswer<FailedKeysAnswer>("The keys, the oldest first.").ProducesRefusal(400, "There is no such worker.");
        group.MapGet("/key", async (
            HttpContext context, FailureService service, string? worker, string? topic, string? key) =>
            service.Keys is not { } keys ? Missing()
            : await keys.Look(worker ?? "", topic ?? "", key ?? "", context.RequestAborted) is { } head
                ? ApiAnswer.Of(FailedMessageAnswer.Of(head)) : ApiProblem.NotFound("parked message of this key"))
            .For(ApiRole.Operator, ApiRole.Approver)
            .WithSummary("The first message of a parked key, whole, with what hangs on it.")
            .ProducesAnswer<FailedMessageAnswer>("The message.").ProducesRefusal(404, "Nothing is parked under this key.");
        group.MapGet("/retries/{retryId}", async (HttpContext context, FailureService service, string retryId) =>
            service.Retries is not { } retries ? Missing()
            : await retries.Find(retryId, context.RequestAborted) is { } found ? ApiAnswer.Of(found)
            : ApiProblem.NotFound($"operation {retryId}")).ForStaff().WithSummary("How far an operation is.")
            .ProducesAnswer<ParkedRetryProgress>("The operation.").ProducesRefusal(404, "There is none of this id.");
    }

    private static void MapActs(RouteGroupBuilder group)
    {
        group.MapPost("/retries", async (HttpContext context, Caller caller, FailureService service, RetryRequest wish) =>
            service.Retries is not { } retries ? Missing()
            : await retries.Ask(
                new ParkedGroup(wish.Worker, wish.Topic, wish.Error, wish.Key), caller.Subject, wish.Reason,
                context.RequestAborted)
                switch
            {
                RetryAnswer.Begun begun => ApiAnswer.Of(
                    (await retries.Find(begun.RetryId, context.RequestAborted))!, StatusCodes.Status202Accepted),
                RetryAnswer.Refused refused => ApiProblem.Conflict($"{refused.Why}."),
                var other => throw new InvalidOperationException(other.GetType().Name),
            }).For(ApiRole.Operator, ApiRole.Approver).WithSummary("Has parked keys tried again: one, a group or all.")
            .ProducesAnswer<ParkedRetryProgress>("The operation, which goes on by itself.", StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The body does not fit.").ProducesRefusal(409, "Another one is under way, or none is parked.");
        group.MapPost("/discards", async (HttpContext context, Caller caller, FailureService service, DiscardRequest wish) =>
            service.Keys is not { } keys ? Missing()
            : string.IsNullOrWhiteSpace(wish.Reason) ? ApiProblem.Invalid("reason must say why it is given up.")
            : await keys.Discard(
                wish.Worker, wish.Topic, wish.Key, wish.Offset,
                new DiscardWish(caller.Subject, caller.Roles.Contains(ApiRole.Approver), wish.Reason), context.RequestAborted)
                switch
            {
                DiscardAnswer.Discarded done => ApiAnswer.Of(new DiscardedAnswer("discarded", done.Left)),
                DiscardAnswer.AwaitsApprover => ApiAnswer.Of(
                    new DiscardedAnswer("awaits-approver", null), StatusCodes.Status202Accepted),
                DiscardAnswer.NotYours no => ApiProblem.Forbidden($"{no.Why}."),
                DiscardAnswer.NotAtTheHead moved => ApiProblem.Conflict($"The first message is offset {moved.HeadOffset}."),
                _ => ApiProblem.NotFound("parked message of this key"),
            }).For(ApiRole.Operator, ApiRole.Approver).WithSummary("Gives up the first parked message of a key.")
            .ProducesAnswer<DiscardedAnswer>("It is given up.")
            .ProducesAnswer<DiscardedAnswer>("Money hangs on it: an approver has to agree.", StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "No reason is given, or the body does not fit.")
            .ProducesRefusal(404, "Nothing is parked under this key.")
            .ProducesRefusal(409, "Another message is the first by now.");
    }

    private static IResult Missing() =>
        ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "Not here", FailureService.Missing);
}
