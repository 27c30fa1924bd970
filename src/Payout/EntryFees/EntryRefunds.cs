using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What an operator asks to be given back.</summary>
/// <param name="RequestId">Chosen by the caller: the same request, however often it comes, is one refund.</param>
/// <param name="AmountMinor">Null: everything that is left.</param>
public sealed record RefundRequest(string RequestId, string Reason, long? AmountMinor = null);

/// <summary>What becomes of such a request.</summary>
public abstract record RefundDecision
{
    private RefundDecision() { }

    public sealed record Ask(long AmountMinor) : RefundDecision;

    /// <summary>Asked for before, by the same request.</summary>
    public sealed record Known(EntryRefund Refund) : RefundDecision;

    public sealed record Refuse(string Why, bool Malformed = false) : RefundDecision;

    public static RefundDecision Decide(EntryPayment payment, IReadOnlyList<EntryRefund> refunds, RefundRequest request)
    {
        if (request.RequestId.Length is 0 or > 128) return new Refuse("requestId must have 1 to 128 characters", Malformed: true);
        if (request.Reason.Length is 0 or > 500)
            return new Refuse("a reason of 1 to 500 characters is required", Malformed: true);
        if (refunds.FirstOrDefault(r => r.RequestId == request.RequestId) is { } known)
        {
            return request.AmountMinor is null || request.AmountMinor == known.AmountMinor
                ? new Known(known) : new Refuse($"request {request.RequestId} was made before, over {known.AmountMinor}");
        }

        var amountMinor = request.AmountMinor ?? payment.AmountMinor - payment.RefundAskedMinor;
        if (request.AmountMinor is < 1)
            return new Refuse($"amountMinor must be at least 1; it is {request.AmountMinor}", Malformed: true);
        return NextMoneyStep.RefundFault(payment, amountMinor) is { } fault ? new Refuse(fault) : new Ask(amountMinor);
    }
}

/// <summary>Takes an operator's refund: checked under the entry's lock, audited, asked of Stripe once.</summary>
public static class EntryRefunds
{
    /// <param name="warningMinor">A larger refund is an alert; see <see cref="RefundNews"/>.</param>
    /// <returns>Null when the entry has no payment.</returns>
    public static async Task<(EntryRefund? Refund, RefundDecision Decision)?> Refund(
        this Tx tx, string contestId, string entryId, RefundRequest request, string by,
        long warningMinor = RefundNews.WarningMinor)
    {
        if (await tx.LockPayment(contestId, entryId) is not { } payment) return null;
        var decision = RefundDecision.Decide(payment, await tx.Refunds(contestId, entryId), request);
        switch (decision)
        {
            case RefundDecision.Ask ask:
                var refund = await tx.AskRefund(payment, ask.AmountMinor, request.Reason, by, request.RequestId);
                tx.TellRefund(payment, refund, warningMinor);
                await Audit(payment, request, by, $"asked for {ask.AmountMinor} {payment.Currency}", tx);
                return (refund, decision);
            case RefundDecision.Known known:
                return (known.Refund, decision);
            case RefundDecision.Refuse refuse:
                await Audit(payment, request, by, $"refused: {refuse.Why}", tx);
                return (null, decision);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Task Audit(
        EntryPayment payment, RefundRequest request, string by, string result, Tx tx) => tx.Audit(new AuditEntry(
        by, "entry-refund", payment.EntryId, payment.ContestId, payment.PlayerId, null, $"{request.RequestId}: {request.Reason}",
        result));
}

/// <summary>
/// What operators are told of refunds that people make: each, with its amount and who asked. What the pipeline gives back by
/// itself, such as the fees of a cancelled contest, its players are told, and the audit log.
/// </summary>
public static class RefundNews
{
    /// <summary>In minor units, where no setting says otherwise.</summary>
    public const long WarningMinor = 100_00;

    /// <param name="warningMinor">A larger one is an alert, in minor units of whichever currency.</param>
    public static void TellRefund(this Tx tx, EntryPayment payment, EntryRefund refund, long warningMinor)
    {
        if (refund.AmountMinor <= warningMinor)
        {
            tx.NotifyOperators($"refund-asked/{refund.ContestId}/{refund.EntryId}/{refund.RefundNo}",
                NotificationKinds.RefundAsked, payment.PlayerId, payment.EntryId, payment.ContestId, refund.AmountMinor,
                payment.Currency, new Dictionary<string, string> { ["by"] = refund.AskedBy, ["reason"] = refund.Reason });
            return;
        }

        tx.Alert(PaymentAlerts.RefundLarge(payment, refund));
    }

    /// <summary>Somebody with the platform's dashboard or key made it: always an alert, however small.</summary>
    public static void TellRefundAtStripe(this Tx tx, EntryPayment payment, string refundId, long amountMinor) =>
        tx.Alert(PaymentAlerts.RefundedAtStripe(payment, refundId, amountMinor));
}

/// <summary>Gives back the fees of cancelled contests, some entries a transaction.</summary>
public sealed class RefundContestsJob : IJob
{
    public const int EntriesMax = 500;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextCancelled(failed.PassedOver(tx)) is not { } cancelled) return false;
        failed.Begin(cancelled.ContestId);
        var payments = await tx.LockPaymentsToRefund(cancelled.ContestId, EntriesMax);
        var left = new List<EntryPayment>(payments.Count);
        foreach (var payment in payments)
            left.Add(await tx.LeaveContest(payment, EntryStanding.Cancelled, cancelled.CancelReason));
        await tx.RefundEntries(left);
        var stakes = await tx.LockStakesOf(cancelled.ContestId, EntriesMax);
        await tx.ReturnStakes(stakes, EntryStanding.Cancelled, cancelled.CancelReason);
        if (payments.Count < EntriesMax && stakes.Count < EntriesMax) await tx.CloseCollection(cancelled.ContestId);
        return true;
    }
}
