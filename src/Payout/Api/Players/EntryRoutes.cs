using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>Payments of entries: how one stands, the secret a player pays with, and refunds by operators.</summary>
public static class EntryRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var warningMinor = worker.GetService<PayoutOptions>()?.RefundWarningMinor ?? RefundNews.WarningMinor;
        v1.MapGet("/entries/{contestId}/{entryId}/payment",
            (string contestId, string entryId, Caller caller, CancellationToken ct) =>
            Show(database, Id(contestId), Id(entryId), caller, ct)).For([.. ApiRole.All])
            .WithSummary("How an entry is paid; players see their own.").ProducesAnswer<EntryPaymentView>("The payment.")
            .ProducesRefusal(404, "There is none, or it is another player's.");
        v1.MapPost("/entries/{contestId}/{entryId}/refunds",
            (string contestId, string entryId, RefundRequest request, Caller caller, CancellationToken ct) =>
            Refund(database, warningMinor, Id(contestId), Id(entryId), request, caller, ct)).For(ApiRole.Operator)
            .WithSummary("Gives an entry fee back, in full or in part; the same requestId is one refund however often it comes.")
            .ProducesAnswer<RefundResult>("Taken up; Stripe is asked for it once.", StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The body is not understood.")
            .ProducesRefusal(404, "The entry has no payment.")
            .ProducesRefusal(409, "Not as things stand, such as more than was paid.");
    }

    /// <summary>Ids may hold a slash, which arrives escaped, and never a per cent sign.</summary>
    private static string Id(string segment) => Uri.UnescapeDataString(segment);

    /// <summary>Only the player who pays sees the secret, and only while there is something to pay.</summary>
    private static Task<IResult> Show(
        WorkerDatabase database, string contestId, string entryId, Caller caller, CancellationToken ct) => database.Run(
        async tx =>
        {
            if (await tx.FindPayment(contestId, entryId) is not { } payment || !caller.MaySee(payment.PlayerId))
                return ApiProblem.NotFound($"payment of entry {entryId}");
            var payable = payment is { GiveBackReason: null, State: PaymentState.RequiresPayment or PaymentState.Declined };
            var own = caller.Roles.Contains(ApiRole.Player) && caller.Subject == payment.PlayerId;
            var clientSecret = payable && own ? await tx.ClientSecret(contestId, entryId) : null;
            return ApiAnswer.Of(new EntryPaymentView(
                payment.ContestId, payment.EntryId, payment.PlayerId, payment.State, payment.AmountMinor, payment.Currency,
                payment.PayBefore, payment.RefundedMinor, payment.GiveBackReason, clientSecret,
                [.. (await tx.Refunds(contestId, entryId)).Select(r =>
                    new RefundView(r.RefundNo, r.AmountMinor, r.Reason, r.State.Word()))]));
        }, ct);

    private static Task<IResult> Refund(
        WorkerDatabase database, long warningMinor, string contestId, string entryId, RefundRequest request, Caller caller,
        CancellationToken ct) => database.Run(
        async tx => await tx.Refund(contestId, entryId, request, caller.Subject, warningMinor) switch
        {
            null => ApiProblem.NotFound($"payment of entry {entryId}"),
            { Refund: { } refund } => ApiAnswer.Of(
                new RefundResult(refund.ContestId, refund.EntryId, refund.RefundNo, refund.AmountMinor, refund.State.Word(),
                    request.RequestId), StatusCodes.Status202Accepted),
            { Decision: RefundDecision.Refuse { Malformed: true } refuse } => ApiProblem.Invalid(refuse.Why),
            { Decision: RefundDecision.Refuse refuse } => ApiProblem.Conflict(refuse.Why),
            _ => throw new System.Diagnostics.UnreachableException(),
        }, ct);
}
