using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>What a reviewer sends with a decision, and nothing else: a field that is not here is refused.</summary>
public sealed record ReviewBody(string? Note = null);

/// <summary>The approval queue's two answers. The queue itself is the list of held payouts.</summary>
public static class ReviewRoutes
{
    private const int NoteMax = 1000;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var policy = worker.GetService<PayoutOptions>()?.Risk;
        v1.MapPost("/payouts/{payoutId}/release", (string payoutId, ReviewBody body, Caller caller, CancellationToken ct) =>
            Review(database, policy, payoutId,
                new ReviewWish(ReviewWish.Release, caller.Subject, (body.Note ?? "").Trim()) { PlayerIds = caller.PlayerIds },
                ct)).For(ApiRole.Approver)
            .WithSummary("Lets a held payout go.").ProducesAnswer<ReviewResult>("Released.")
            .ProducesAnswer<ReviewResult>("A second person has to approve as well.", StatusCodes.Status202Accepted).Reviewed();
        v1.MapPost("/payouts/{payoutId}/reject", (string payoutId, ReviewBody body, Caller caller, CancellationToken ct) =>
            Review(database, policy, payoutId,
                new ReviewWish(ReviewWish.Reject, caller.Subject, (body.Note ?? "").Trim()) { PlayerIds = caller.PlayerIds }, ct))
                .For(ApiRole.Approver)
            .WithSummary("Rejects a held payout; the prize goes to prize_unpaid of its contest.")
            .ProducesAnswer<ReviewResult>("Rejected.")
            .Reviewed();
    }

    private static void Reviewed(this RouteHandlerBuilder route) => route
        .ProducesRefusal(400, "The note is missing, too long or holds control characters.")
        .ProducesRefusal(403, "One's own payout, or the same person twice.")
        .ProducesRefusal(404, "There is no such payout.")
        .ProducesRefusal(409, "It is not held, or by something no reviewer can release.");

    private static async Task<IResult> Review(
        WorkerDatabase database, RiskPolicy? policy, string payoutId, ReviewWish wish, CancellationToken ct)
    {
        if (wish.Note.Length > NoteMax)
            return ApiProblem.Invalid($"note may have {NoteMax} characters at most, not {wish.Note.Length}.");
        if (wish.Note.Any(char.IsControl)) return ApiProblem.Invalid("note may not hold control characters.");
        if (wish is { Decision: ReviewWish.Reject, Note: "" })
            return ApiProblem.Invalid("note is missing: a rejection has to say why.");
        return await database.Run(tx => tx.Review(payoutId, wish, policy), ct) switch
        {
            null => ApiProblem.NotFound($"payout {payoutId}"),
            ReviewPayout.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            ReviewPayout.NotYours notYours => ApiProblem.Forbidden(notYours.Why),
            ReviewPayout.AwaitSecond =>
                ApiAnswer.Of(new ReviewResult(payoutId, "second-approval-needed"), StatusCodes.Status202Accepted),
            ReviewPayout.Reject => ApiAnswer.Of(new ReviewResult(payoutId, "rejected")),
            ReviewPayout.Release => ApiAnswer.Of(new ReviewResult(payoutId, "released")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
