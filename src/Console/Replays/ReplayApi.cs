using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Server;
using ContestPipeline.WebConsole.Access;

namespace ContestPipeline.WebConsole.Replays;

/// <summary>Which records are to be replayed.</summary>
/// <param name="Topic">Without TOPIC_PREFIX.</param>
/// <param name="Partition">Absent: all of them.</param>
/// <param name="FromOffset">Of each partition; absent: the oldest that is there.</param>
/// <param name="ToOffset">Up to and without it; absent: the end at the moment of planning.</param>
/// <param name="NotBefore">Written then or later, UTC.</param>
/// <param name="Before">Written before, UTC.</param>
/// <param name="Contest">Only what is about this contest or its games; not with a game.</param>
/// <param name="OfReplay">Only what this run produced.</param>
/// <param name="Reprocess">What is known is handled anew.</param>
internal sealed record ReplayRequest(
    string Topic, int? Partition = null, long? FromOffset = null, long? ToOffset = null, DateTimeOffset? NotBefore = null,
    DateTimeOffset? Before = null, string? Key = null, string? Contest = null, string? Game = null, string? OfReplay = null,
    bool Reprocess = false)
{
    public ReplayWish Wish() => new(
        Topic, Partition, FromOffset, ToOffset, NotBefore, Before, Key, Contest, Game, OfReplay, Reprocess);
}

/// <summary>Why something is done.</summary>
internal sealed record ReasonRequest(string Reason);

/// <param name="Reason">Why it is run; kept with the run and in the audit log.</param>
/// <param name="RatePerSecond">Records a second at most; 0: as fast as the broker takes them.</param>
/// <param name="PatienceSeconds">How long the workers may take without getting on.</param>
internal sealed record RunRequest(string Reason, int RatePerSecond = 0, int PatienceSeconds = RunRequest.PatienceDefault)
{
    public const int PatienceDefault = 60;
}

/// <summary>A page of replays, the latest first.</summary>
/// <param name="Next">For the parameter after; absent: it was the last page.</param>
internal sealed record ReplaysAnswer(IReadOnlyList<ServerReplay> Replays, string? Next);

/// <summary><c>/v1/ops/replays</c>: replays that this server carries out.</summary>
internal static class ReplayApi
{
    public const string Path = "/v1/ops/replays";

    public static void Map(RouteGroupBuilder ops)
    {
        var group = ops.MapGroup("/replays");
        group.MapGet("", List).For(ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .WithSummary("Replays, the latest first.").ProducesAnswer<ReplaysAnswer>("A page of them.");
        group.MapPost("", (HttpContext context, Caller caller, ReplayService service, ReplayRequest wish) => Act(
            service, replays => replays.Ask(
                wish.Wish(), caller.Subject, context.Request.Headers["Idempotency-Key"], context.RequestAborted)))
            .For(ApiRole.Operator).Ordered("Has a replay planned; with Idempotency-Key once, however often it is asked for.");
        group.MapGet("/{replayId}", async (HttpContext context, ReplayService service, string replayId) =>
            service.Replays is not { } replays ? Missing()
            : await replays.Find(replayId, context.RequestAborted) is { } found ? ApiAnswer.Of(found)
            : ApiProblem.NotFound($"replay {replayId}")).For(ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .WithSummary("One replay, with its plan's effect.").ProducesAnswer<ServerReplayWhole>("The replay.")
            .ProducesRefusal(404, "There is none of this id.");
        group.MapPost("/{replayId}/run", (HttpContext context, Caller caller, ReplayService service, string replayId,
            RunRequest order) => Act(service, replays => replays.Order(
                replayId, caller.Subject, order.Reason, order.RatePerSecond, order.PatienceSeconds, context.RequestAborted)))
            .For(ApiRole.Operator).Ordered("Has a planned replay run, or asks an approver where much money moves.");
        group.MapPost("/{replayId}/approve", (HttpContext context, Caller caller, ReplayService service, string replayId,
            ReasonRequest said) => Act(service, replays =>
                replays.Approve(replayId, caller.Subject, said.Reason, context.RequestAborted))).For(ApiRole.Approver)
            .Ordered("Agrees that a replay is run; never whoever ordered it.");
        foreach (var pause in (bool[])[true, false])
            group.MapPost(pause ? "/{replayId}/pause" : "/{replayId}/resume", (HttpContext context, Caller caller,
                ReplayService service, string replayId, ReasonRequest said) => Act(service, replays =>
                    replays.Pause(replayId, pause, caller.Subject, said.Reason, context.RequestAborted)))
                .For(ApiRole.Operator).Ordered(pause ? "Pauses a replay that runs." : "Lets a paused replay go on.");
        group.MapPost("/{replayId}/stop", (HttpContext context, Caller caller, ReplayService service, string replayId,
            ReasonRequest said) => Act(service, replays =>
                replays.Stop(replayId, caller.Subject, said.Reason, context.RequestAborted))).For(ApiRole.Operator)
            .Ordered("Ends a replay for good.");
    }

    private static void Ordered(this RouteHandlerBuilder route, string what) => route.WithSummary(what)
        .ProducesAnswer<ServerReplay>("The replay, as it is now.", StatusCodes.Status202Accepted)
        .ProducesRefusal(400, "The body does not fit.").ProducesRefusal(404, "There is no replay of this id.")
        .ProducesRefusal(409, "Not in the state that it is in, or not by this person.");

    private static async Task<IResult> List(HttpContext context, ReplayService service, string? plan, string? after)
    {
        if (service.Replays is not { } replays) return Missing();
        var page = await replays.List(plan, after, context.RequestAborted);
        return ApiAnswer.Of(new ReplaysAnswer(page, page.Count == ServerReplays.PageMax ? page[^1].ReplayId : null));
    }

    private static async Task<IResult> Act(ReplayService service, Func<ServerReplays, Task<ReplayAct>> act) =>
        service.Replays is not { } replays ? Missing() : await act(replays) switch
        {
            ReplayAct.Done done => ApiAnswer.Of(done.Replay, StatusCodes.Status202Accepted),
            ReplayAct.NotFound => ApiProblem.NotFound("replay of this id"),
            ReplayAct.Refused refused => ApiProblem.Conflict($"{refused.Why}."),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };

    private static IResult Missing() =>
        ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "Not here", ReplayService.Missing);
}
