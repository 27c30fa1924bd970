using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>What is to go back of which payment.</summary>
public sealed record RefundParameters(string ContestId, string EntryId, int RefundNo, string IntentId, long AmountMinor, string Mark);

/// <summary>Gives an entry's fee back, wholly or in part, once.</summary>
public sealed class RefundKind : ICallKind
{
    public const string Name = "entry-refund";

    /// <summary>A refund that the platform's balance could not cover is asked for again after this long, with a key of its own.</summary>
    public static readonly TimeSpan FundsPause = TimeSpan.FromMinutes(5);

    public string Kind => Name;

    public string Endpoint => "refunds.create";

    public static StripeCall Call(EntryPayment payment, EntryRefund refund)
    {
        var words = $"refund/{payment.ContestId}/{payment.EntryId}/{refund.RefundNo}";
        var key = StripeCall.KeyOf(refund.Attempt == 1 ? words : $"{words}/{refund.Attempt}");
        return new StripeCall(key, Name, $"{payment.ContestId}/{payment.EntryId}", new RefundParameters(
            payment.ContestId, payment.EntryId, refund.RefundNo, payment.IntentId!, refund.AmountMinor, words));
    }

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var asked = call.Parameters<RefundParameters>();
        return await new RefundService(stripe).CreateAsync(
            new RefundCreateOptions
            {
                PaymentIntent = asked.IntentId,
                Amount = asked.AmountMinor,
                Metadata = new Dictionary<string, string> { ["contest_id"] = asked.ContestId, ["entry_id"] = asked.EntryId, ["refund"] = asked.Mark },
            },
            options, ct);
    }

    public async Task<object?> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var asked = call.Parameters<RefundParameters>();
        var options = new RefundListOptions { PaymentIntent = asked.IntentId, Limit = 100 };
        await foreach (var refund in new RefundService(stripe).ListAutoPagingAsync(options, cancellationToken: ct))
            if (refund.Metadata?.GetValueOrDefault("refund") == asked.Mark && !IsVoid(refund)) return refund;
        return null;
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var asked = call.Parameters<RefundParameters>();
        var payment = await tx.LockPayment(asked.ContestId, asked.EntryId) ?? throw new InvariantException($"entry {asked.EntryId} has no payment");
        var refund = await tx.Refund(asked.ContestId, asked.EntryId, asked.RefundNo);
        switch (answer)
        {
            case StripeCallAnswer.Success { Made: Refund made } when !IsVoid(made):
                await Made(payment, refund, made, tx);
                break;
            case StripeCallAnswer.Refused { Code: "balance_insufficient" } or StripeCallAnswer.Gone:
                await Again(payment, refund, answer, tx);
                break;
            case StripeCallAnswer.Success { Made: Refund made }:
                await Failed(payment, refund with { RefundId = made.Id }, made.FailureReason ?? made.Status, tx);
                break;
            default:
                await Failed(payment, refund, ((StripeCallAnswer.Refused)answer).What, tx);
                break;
        }
    }

    public static bool IsVoid(Refund refund) => refund.Status is "failed" or "canceled";

    private static async Task Made(EntryPayment payment, EntryRefund refund, Refund made, Tx tx)
    {
        Invariant.Holds(made.Amount == refund.AmountMinor, $"refund {made.Id} is over {made.Amount}, asked {refund.AmountMinor}");
        var byHouse = payment.EntryState == EntryStanding.Accepted;
        payment = payment with
        {
            RefundedMinor = payment.RefundedMinor + refund.AmountMinor,
            RefundedByHouseMinor = payment.RefundedByHouseMinor + (byHouse ? refund.AmountMinor : 0),
        };
        payment = await tx.ChangePayment(payment, payment.PaidState, refund.Reason);
        await tx.UpdatePayment(payment);
        await tx.UpdateRefund(refund with { State = "done", RefundId = made.Id, ByHouse = byHouse });
        if (byHouse) await tx.LookAtPrize(payment.ContestId, payment.EntryId);
        tx.NotifyPlayer(
            $"entry-refunded/{payment.ContestId}/{payment.EntryId}/{refund.RefundNo}", NotificationKinds.EntryRefunded, payment.PlayerId, payment.EntryId,
            payment.ContestId, refund.AmountMinor, payment.Currency, new Dictionary<string, string> { ["reason"] = refund.Reason });
        await tx.Post([
            PaymentCommits.Line(
                payment, Words(refund), byHouse ? LedgerAccounts.Refunds : LedgerAccounts.EntryFees, LedgerAccounts.StripeBalance, refund.AmountMinor,
                "entry-refund", made.Id)]);
        await tx.Audit(Entry(payment, refund, "entry-refunded", made.Id));
    }

    private static async Task Again(EntryPayment payment, EntryRefund refund, StripeCallAnswer answer, Tx tx)
    {
        refund = refund with { Attempt = refund.Attempt + 1 };
        await tx.UpdateRefund(refund);
        if (answer is StripeCallAnswer.Refused refused)
        {
            tx.Alert($"platform-balance-short/{tx.Now.UtcDateTime:yyyy-MM-dd}", "critical", "platform-balance-short", payment.EntryId, refused.What,
                "add funds to the platform's Stripe balance; waiting refunds and payouts resume alone");
        }

        await tx.Call(Call(payment, refund), answer is StripeCallAnswer.Refused ? tx.Now + FundsPause : null);
    }

    /// <summary>The money did not go back: a person decides what follows.</summary>
    private static async Task Failed(EntryPayment payment, EntryRefund refund, string what, Tx tx)
    {
        await tx.UpdateRefund(refund with { State = "failed" });
        await tx.UpdatePayment(payment with { RefundAskedMinor = payment.RefundAskedMinor - refund.AmountMinor, RefundStuck = true });
        Alert(payment, refund, what, tx);
        await tx.Audit(Entry(payment, refund, "entry-refund-failed", what));
    }

    /// <summary>A refund that was made has failed at the player's bank: the money is back with us, and still the player's.</summary>
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
        await tx.UpdateRefund(refund with { State = "failed" });
        Alert(payment, refund, what, tx);
        await tx.Post([
            PaymentCommits.Line(
                payment, $"{Words(refund)}/failed", LedgerAccounts.StripeBalance, refund.ByHouse ? LedgerAccounts.Refunds : LedgerAccounts.EntryFees,
                refund.AmountMinor, "entry-refund-failed", refund.RefundId)]);
        await tx.Audit(Entry(payment, refund, "entry-refund-failed", what));
        return payment;
    }

    private static string Words(EntryRefund refund) => $"refund/{refund.ContestId}/{refund.EntryId}/{refund.RefundNo}";

    private static void Alert(EntryPayment payment, EntryRefund refund, string what, Tx tx) => tx.Alert(
        $"entry-refund-failed/{Words(refund)}", "critical", "entry-refund-failed", payment.EntryId, what,
        "ask the player for another way, then refund the entry again with contestctl entries refund");

    private static AuditEntry Entry(EntryPayment payment, EntryRefund refund, string action, string result) => new(
        refund.AskedBy, action, payment.EntryId, payment.ContestId, payment.PlayerId, null, refund.Reason, result);
}
