using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Which transfer paid a payout that is held for a mismatch, and why one thinks so.</summary>
public sealed record AdoptBody(string TransferId, string Note);

/// <summary>Why one thinks that Stripe has no transfer of a payout that is held for a mismatch.</summary>
public sealed record EstablishNoneBody(string Note);

/// <summary>What came of it.</summary>
/// <param name="Result"><c>second-person-needed</c>, or the payout's state.</param>
public sealed record MismatchResult(string PayoutId, string Result);

/// <summary>The two ways out of a hold for a mismatch; each needs two persons.</summary>
public static class MismatchRoutes
{
    private const int NoteMax = 1000;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var desk = new MismatchService(
            worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name), worker.GetRequiredService<StripeGateway>());
        v1.MapPost("/payouts/{payoutId}/adopt", (string payoutId, AdoptBody body, Caller caller, CancellationToken ct) =>
            Say(desk, payoutId,
                new MismatchWish(MismatchWish.Adopt, body.TransferId.Trim(), caller.Subject,
                    body.Note.Trim()) { PlayerIds = caller.PlayerIds }, ct)).For(ApiRole.Approver)
            .WithSummary(
                "Says that a transfer that Stripe shows has paid a payout that is held for a mismatch; the second person's "
                    + "word books it.").Decided();
        v1.MapPost("/payouts/{payoutId}/establish-none",
            (string payoutId, EstablishNoneBody body, Caller caller, CancellationToken ct) =>
            Say(desk, payoutId,
                new MismatchWish(MismatchWish.EstablishNone, null, caller.Subject,
                    body.Note.Trim()) { PlayerIds = caller.PlayerIds }, ct)).For(ApiRole.Approver)
            .WithSummary(
                "Says that Stripe has no transfer of a payout that is held for a mismatch; at the second person's word "
                    + "Stripe's complete lists decide, and the payout goes on.").Decided();
    }

    private static void Decided(this RouteHandlerBuilder route) => route
        .ProducesAnswer<MismatchResult>("Done.")
        .ProducesAnswer<MismatchResult>("A second person has to say the same.", StatusCodes.Status202Accepted)
        .ProducesRefusal(400, "Transfer or note is missing, too long or holds control characters.")
        .ProducesRefusal(403, "One's own payout, or the same person twice.")
        .ProducesRefusal(404, "There is no such payout.")
        .ProducesRefusal(409, "It is not held for a mismatch, or what Stripe shows does not fit.")
        .ProducesRefusal(503, "Stripe does not show it now.");

    private static async Task<IResult> Say(MismatchService desk, string payoutId, MismatchWish wish, CancellationToken ct)
    {
        if (wish.Note.Length is 0 or > NoteMax || wish.Note.Any(char.IsControl))
            return ApiProblem.Invalid($"note must say why in 1 to {NoteMax} characters, without control characters.");
        if (wish.TransferId is { } id && (id.Length is 0 or > 255 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
            return ApiProblem.Invalid("transferId must be the id of a transfer at Stripe such as tr_1Abc.");
        return await desk.Say(payoutId, wish, ct) switch
        {
            null => ApiProblem.NotFound($"payout {payoutId}"),
            MismatchStep.AwaitSecond =>
                ApiAnswer.Of(new MismatchResult(payoutId, "second-person-needed"), StatusCodes.Status202Accepted),
            MismatchStep.Done done => ApiAnswer.Of(new MismatchResult(payoutId, done.State.Word())),
            MismatchStep.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            MismatchStep.NotYours notYours => ApiProblem.Forbidden(notYours.Why),
            MismatchStep.NotNow notNow => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "Not now", notNow.Why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
