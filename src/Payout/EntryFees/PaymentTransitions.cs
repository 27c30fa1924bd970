using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>
/// Writes what happened to an entry's payment: row, history, event, ledger, and what is asked of Stripe next. The row is locked
/// by the caller.
/// </summary>
public static class PaymentTransitions
{
    /// <summary>An intent that waits for its player is read this often even if no event comes.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(10);

    /// <returns>When an intent that waits for its player is read next; at the lock, so that it is known then who has
    /// paid.</returns>
    public static DateTimeOffset NextReading(EntryPayment payment, DateTimeOffset now) =>
        now < payment.PayBefore && payment.PayBefore < now + ReadEvery ? payment.PayBefore : now + ReadEvery;

    /// <summary>Where a front end fetches the client secret.</summary>
    public static string SecretPath(string contestId, string entryId) =>
        $"/v1/entries/{Uri.EscapeDataString(contestId)}/{Uri.EscapeDataString(entryId)}/payment";

    /// <summary>
    /// The payment is in another state, or more of it went back: one row of history and one event. The row itself is written by
    /// <see cref="Settle"/>.
    /// </summary>
    /// <param name="paidAt">With <c>paid</c>: as of <see cref="PaymentFacts.ChargedAt"/>.</param>
    public static async Task<EntryPayment> ChangePayment(
        this Tx tx, EntryPayment payment, string state, string? reason, DateTimeOffset? paidAt = null)
    {
        var changes = new List<PaymentChange>();
        var changed = tx.ChangePayment(payment, state, reason, changes, paidAt);
        await tx.InsertPaymentChanges(changes);
        return changed;
    }

    /// <param name="changes">Takes the row of history, which the caller writes.</param>
    public static EntryPayment ChangePayment(
        this Tx tx, EntryPayment payment, string state, string? reason, List<PaymentChange> changes,
        DateTimeOffset? paidAt = null)
    {
        var changed = payment with { State = state, ChangeNo = payment.ChangeNo + 1 };
        var amountMinor = changed.RefundedMinor > 0 ? changed.RefundedMinor : changed.AmountMinor;
        changes.Add(new PaymentChange(changed, amountMinor, reason));
        tx.Send(new EntryPaymentChangedV1(
            changed.ContestId, changed.EntryId, changed.PlayerId, changed.ChangeNo, state, amountMinor, changed.Currency,
            changed.IntentId, state == PaymentState.RequiresPayment ? SecretPath(changed.ContestId, changed.EntryId) : null,
            reason, tx.Now, paidAt));
        return changed;
    }

    /// <summary>
    /// Entries that take part. What went back of a fee before that was known here was still the entry's own money, and is the
    /// house's now: so the prize has to be looked at.
    /// </summary>
    public static async Task Accept(this Tx tx, IReadOnlyList<EntryAcceptedV1> accepted)
    {
        foreach (var payment in await tx.AcceptPaidEntries(accepted))
        {
            await tx.Post([
                Line(payment, $"refund-borne/{payment.ContestId}/{payment.EntryId}", LedgerAccounts.Refunds,
                    LedgerAccounts.EntryFees, payment.RefundedMinor - payment.RefundedByHouseMinor, "refund-moved", null)]);
            foreach (var refund in await tx.Refunds(payment.ContestId, payment.EntryId))
                if (refund is { State: RefundState.Done, ByHouse: false }) await tx.UpdateRefunds(refund with { ByHouse = true });
            await tx.UpdatePayment(payment with { RefundedByHouseMinor = payment.RefundedMinor });
            await tx.LookAtPrizes([(payment.ContestId, payment.EntryId)]);
        }
    }

    /// <summary>
    /// The entry will not take part, or no longer does. What of its refunds the house bore is the entry's own money now.
    /// </summary>
    public static async Task<EntryPayment> LeaveContest(this Tx tx, EntryPayment payment, string standing, string reason)
    {
        if (payment.EntryState is not (EntryStanding.Awaiting or EntryStanding.Accepted)) return payment;
        if (payment.RefundedByHouseMinor > 0)
        {
            await tx.Post([
                Line(payment, $"refund-moved/{payment.ContestId}/{payment.EntryId}", LedgerAccounts.EntryFees,
                    LedgerAccounts.Refunds, payment.RefundedByHouseMinor, "refund-moved", null)]);
            foreach (var refund in await tx.Refunds(payment.ContestId, payment.EntryId))
                if (refund.ByHouse) await tx.UpdateRefunds(refund with { ByHouse = false });
        }

        return payment with { EntryState = standing, GiveBackReason = payment.GiveBackReason ?? reason,
            RefundedByHouseMinor = 0 };
    }

    /// <summary>Applies what Stripe shows, then whatever follows from it.</summary>
    public static async Task ApplyReading(this Tx tx, EntryPayment payment, PaymentFacts facts)
    {
        payment = payment with { StripeStatus = facts.Status, IntentId = payment.IntentId ?? facts.IntentId };
        var lines = new List<LedgerLine>();
        var wasPaid = payment.IsPaid;
        foreach (var step in DecideEntryPayment.FromReading(payment, facts)) payment = await tx.Apply(payment, step, lines);
        await tx.Settle(payment);
        await tx.Post(lines);
        if (!wasPaid && payment.IsPaid)
            await tx.Audit(new AuditEntry(
                "stripe", "entry-charged", payment.EntryId, payment.ContestId, payment.PlayerId, null,
                $"{payment.IntentId} was paid", $"{payment.AmountMinor} {payment.Currency} by {payment.ChargeId}"));
    }

    /// <summary>Writes the row, and the call to Stripe that has become necessary.</summary>
    public static async Task Settle(this Tx tx, EntryPayment payment)
    {
        switch (NextMoneyStep.Decide(payment, tx.Now))
        {
            case MoneyStep.Refund refund:
                await tx.AskRefund(payment, refund.AmountMinor, payment.GiveBackReason!, "system");
                return;
            case MoneyStep.CancelIntent:
                payment = payment with { CancelNo = payment.CancelNo + 1, CancelOpen = true };
                await tx.Call(CancelIntentRequestHandler.Call(payment));
                break;
        }

        await tx.UpdatePayment(payment);
    }

    /// <summary>As <see cref="Settle"/> for payments of which nothing has changed but that they go back.</summary>
    public static async Task RefundEntries(this Tx tx, IReadOnlyList<EntryPayment> payments)
    {
        var asked = new List<(EntryPayment Payment, EntryRefund Refund)>();
        foreach (var payment in payments)
        {
            if (NextMoneyStep.Decide(payment, tx.Now) is MoneyStep.Refund refund)
                asked.Add(NextRefund(payment, refund.AmountMinor, payment.GiveBackReason!, "system", null));
            else await tx.Settle(payment);
        }

        await tx.UpdateGivenBack([.. asked.Select(a => a.Payment)]);
        await tx.AskRefunds(asked);
    }

    /// <summary>Whether so much may go back was checked by the caller. Writes the row.</summary>
    public static async Task<EntryRefund> AskRefund(
        this Tx tx, EntryPayment payment, long amountMinor, string reason, string askedBy, string? requestId = null)
    {
        var asked = NextRefund(payment, amountMinor, reason, askedBy, requestId);
        await tx.UpdatePayment(asked.Payment);
        await tx.AskRefunds([asked]);
        return asked.Refund;
    }

    /// <summary>The payment and the refund as they are once it is asked for; nothing is written.</summary>
    public static (EntryPayment Payment, EntryRefund Refund) NextRefund(
        EntryPayment payment, long amountMinor, string reason, string askedBy, string? requestId)
    {
        Invariant.Holds(NextMoneyStep.RefundFault(payment, amountMinor) is null,
            $"refund of {amountMinor} for entry {payment.EntryId}: {NextMoneyStep.RefundFault(payment, amountMinor)}");
        payment = payment with { RefundNo = payment.RefundNo + 1, RefundAskedMinor = payment.RefundAskedMinor + amountMinor,
            RefundStuck = false };
        return (payment, new EntryRefund(
            payment.ContestId, payment.EntryId, payment.RefundNo, amountMinor, reason, askedBy, requestId, 1,
            RefundState.Open, null,
            ByHouse: false));
    }

    private static async Task AskRefunds(this Tx tx, IReadOnlyList<(EntryPayment Payment, EntryRefund Refund)> asked)
    {
        if (asked.Count == 0) return;
        await tx.InsertRefunds([.. asked.Select(a => a.Refund)]);
        await tx.Call([.. asked.Select(a => RefundRequestHandler.Call(a.Payment, a.Refund))]);
    }

    public static LedgerLine Line(
        EntryPayment payment, string words, string debit, string credit, long amountMinor, string code, string? reference) =>
        new(words, debit, credit, payment.Currency, amountMinor, code, reference ?? words, payment.ContestId, 0);

    private static async Task<EntryPayment> Apply(this Tx tx, EntryPayment payment, PaymentStep step, List<LedgerLine> lines)
    {
        var subject = $"{payment.ContestId}/{payment.EntryId}";
        switch (step)
        {
            case PaymentStep.Paid paid:
                lines.Add(Line(payment, $"entry-fee/{subject}", LedgerAccounts.StripeBalance, LedgerAccounts.EntryFees,
                    payment.AmountMinor, "entry-fee", paid.ChargeId));
                await tx.SaveSecret(payment, null);
                return await tx.ChangePayment(payment with { ChargeId = paid.ChargeId }, PaymentState.Paid, null, paid.At);
            case PaymentStep.Fee fee:
                if (fee.FeeMinor > 0)
                    lines.Add(Line(
                        payment, $"stripe-fee/{subject}", LedgerAccounts.StripeFees, LedgerAccounts.StripeBalance, fee.FeeMinor,
                        "stripe-fee", fee.BalanceTransactionId));
                return payment with { StripeFeeMinor = fee.FeeMinor };
            case PaymentStep.Converted converted:
                tx.Alert(PaymentAlerts.ContestCurrency(payment, converted));
                return payment with { StripeFeeMinor = 0 };
            case PaymentStep.Declined declined:
                tx.NotifyPlayer(
                    $"payment-declined/{subject}/{declined.Mark}", NotificationKinds.PaymentDeclined, payment.PlayerId,
                    payment.EntryId, payment.ContestId, payment.AmountMinor, payment.Currency,
                    new Dictionary<string, string> { ["reason"] = declined.What });
                return await tx.ChangePayment(payment with { DeclineMark = declined.Mark }, PaymentState.Declined, declined.What);
            case PaymentStep.Cancelled:
                await tx.SaveSecret(payment, null);
                return await tx.ChangePayment(
                    payment, PaymentState.Cancelled,
                    payment.GiveBackReason ?? (tx.Now >= payment.PayBefore
                        ? "the fee was not paid before the contest locked" : "the payment was cancelled at Stripe"));
            case PaymentStep.Differs differs:
                tx.Alert(PaymentAlerts.Differs(payment, differs.What));
                return payment;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
