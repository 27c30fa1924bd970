using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What is to go back of which payment.</summary>
public sealed record RefundParameters(
    string ContestId, string EntryId, int RefundNo, string IntentId, long AmountMinor, string Mark);

/// <summary>Gives an entry's fee back, wholly or in part, once.</summary>
public sealed class RefundRequestHandler : IManyAtOnce
{
    public const string Name = "entry-refund";

    public string Kind => Name;

    public string Endpoint => "refunds.create";

    public static StripeCall Call(EntryPayment payment, EntryRefund refund)
    {
        var words = $"refund/{payment.ContestId}/{payment.EntryId}/{refund.RefundNo}";
        var key = StripeCall.KeyOf(refund.Attempt == 1 ? words : $"{words}/{refund.Attempt}");
        return new StripeCall(key, Name, $"{payment.ContestId}/{payment.EntryId}", new RefundParameters(
            payment.ContestId, payment.EntryId, refund.RefundNo, payment.IntentId!, refund.AmountMinor, words));
    }

    public Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var asked = call.Parameters<RefundParameters>();
        return RefundCalls.Create(
            stripe, asked.IntentId, asked.AmountMinor,
            new Dictionary<string, string>
            {
                ["contest_id"] = asked.ContestId, ["entry_id"] = asked.EntryId, [RefundCalls.MarkName] = asked.Mark,
            },
            options, ct);
    }

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var asked = call.Parameters<RefundParameters>();
        return RefundCalls.Find(stripe, call, asked.IntentId, asked.Mark, asked.AmountMinor, ct);
    }

    public Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx) =>
        RefundAnswers.Apply([(answer, call.Parameters<RefundParameters>())], tx);

    public Task Apply(IReadOnlyList<AnsweredCall> answered, Tx tx) =>
        RefundAnswers.Apply([.. answered.Select(a => (a.End.Answer, a.Call.Parameters<RefundParameters>()))], tx);

    /// <summary>A refund that was made is seen again: it may have begun to wait for something, or have been sent.</summary>
    public static async Task Note(EntryPayment payment, EntryRefund refund, Refund shown, Tx tx)
    {
        var pending = RefundCalls.PendingReason(shown);
        if (pending == refund.PendingReason) return;
        await tx.UpdateRefunds(refund with { PendingReason = pending });
        if (pending == RefundCalls.WaitsForFunds)
            tx.Alert(PaymentAlerts.BalanceShort(payment, $"refund {shown.Id} waits at Stripe for funds", tx.Now));
    }

    /// <summary>
    /// Refunds that Stripe shows and nobody has asked for here, oldest first: whoever has the platform's dashboard can make them.
    /// </summary>
    public static IReadOnlyList<Refund> ByHand(IReadOnlyList<Refund> shown, IReadOnlyList<EntryRefund> known)
    {
        var ours = known.Select(Words).Concat(known.Select(r => r.RefundId).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. shown.Where(r => !RefundCalls.IsVoid(r) && !ours.Contains(r.Id)
                && !ours.Contains(r.Metadata?.GetValueOrDefault("refund") ?? ""))
                .OrderBy(r => r.Created).ThenBy(r => r.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// A refund that was made has failed at the player's bank: the money is back with us, and still the player's.
    /// </summary>
    public static async Task<EntryPayment> Undo(EntryPayment payment, EntryRefund refund, string what, Tx tx)
    {
        payment = payment with
        {
            RefundAskedMinor = payment.RefundAskedMinor - refund.AmountMinor,
            RefundedMinor = payment.RefundedMinor - refund.AmountMinor,
            RefundedByHouseMinor = payment.RefundedByHouseMinor - (refund.ByHouse ? refund.AmountMinor : 0),
            RefundStuck = true,
        };
        payment = await tx.ChangePayment(payment, payment.PaidState, $"the refund failed: {what}");
        await tx.UpdateRefunds(refund with { State = RefundState.Failed, PendingReason = null });
        tx.Alert(PaymentAlerts.RefundFailed(payment, refund, what));
        await tx.Post([
            PaymentTransitions.Line(
                payment, $"{Words(refund)}/failed", LedgerAccounts.StripeBalance,
                refund.ByHouse ? LedgerAccounts.Refunds : LedgerAccounts.EntryFees, refund.AmountMinor, "entry-refund-failed",
                refund.RefundId)]);
        await tx.Audit(Entry(payment, refund, "entry-refund-failed", what));
        return payment;
    }

    public static string Words(EntryRefund refund) => $"refund/{refund.ContestId}/{refund.EntryId}/{refund.RefundNo}";

    public static AuditEntry Entry(EntryPayment payment, EntryRefund refund, string action, string result) => new(
        refund.AskedBy, action, payment.EntryId, payment.ContestId, payment.PlayerId, null, refund.Reason, result);
}
