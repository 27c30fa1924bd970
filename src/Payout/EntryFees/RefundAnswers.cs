using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>
/// Writes down what Stripe answered to refunds, of one entry or of a whole cancelled contest: payments locked in order, each
/// answer applied to what the one before it left, then every table and the ledger written once.
/// </summary>
public static class RefundAnswers
{
    public static async Task Apply(IReadOnlyList<(StripeCallAnswer Answer, RefundParameters Asked)> answers, Tx tx)
    {
        (string ContestId, string EntryId)[] entries = [.. answers.Select(a => (a.Asked.ContestId, a.Asked.EntryId)).Distinct()];
        var writes = new Writes(
            (await tx.LockPayments(entries)).ToDictionary(p => (p.ContestId, p.EntryId)),
            (await tx.RefundsOf(entries)).ToDictionary(r => (r.ContestId, r.EntryId, r.RefundNo)));
        foreach (var (answer, asked) in answers)
        {
            var payment = writes.Payments.GetValueOrDefault((asked.ContestId, asked.EntryId))
                ?? throw new InvariantException($"entry {asked.EntryId} has no payment");
            var refund = writes.Refunds.GetValueOrDefault((asked.ContestId, asked.EntryId, asked.RefundNo))
                ?? throw new InvariantException($"refund {asked.RefundNo} of entry {asked.EntryId} was asked for and has no row");
            switch (answer)
            {
                case StripeCallAnswer.Success { Made: Refund made } when !RefundCalls.IsVoid(made):
                    Made(payment, refund, made, writes, tx);
                    break;
                case StripeCallAnswer.Refused { Code: "balance_insufficient" } or StripeCallAnswer.Gone:
                    await Again(payment, refund, answer, writes, tx);
                    break;
                case StripeCallAnswer.Success { Made: Refund made }:
                    Failed(payment, refund with { RefundId = made.Id }, made.FailureReason ?? made.Status, writes, tx);
                    break;
                default:
                    Failed(payment, refund, ((StripeCallAnswer.Refused)answer).What, writes, tx);
                    break;
            }
        }

        await writes.Write(tx);
    }

    /// <summary>Somebody has refunded a payment at Stripe itself: what follows is as if it had been asked for here.</summary>
    /// <param name="made">Oldest first; none of them is known here, and no other refund of the payment is open.</param>
    /// <returns>The payment as it was written.</returns>
    /// <exception cref="InvariantException">More than was left went back.</exception>
    public static async Task<EntryPayment> MadeByHand(EntryPayment payment, IReadOnlyList<Refund> made, Tx tx)
    {
        var writes = new Writes([], []);
        var rows = new List<EntryRefund>();
        foreach (var refund in made)
        {
            var (after, row) = PaymentTransitions.NextRefund(
                payment, refund.Amount, "refunded at Stripe", "stripe", requestId: null);
            rows.Add(row);
            tx.TellRefundAtStripe(payment, refund.Id, refund.Amount);
            Made(after, row, refund, writes, tx);
            payment = writes.Payments[(payment.ContestId, payment.EntryId)];
        }

        await tx.InsertRefunds(rows);
        await writes.Write(tx);
        return payment;
    }

    private static void Made(EntryPayment payment, EntryRefund refund, Refund made, Writes writes, Tx tx)
    {
        Invariant.Holds(made.Amount == refund.AmountMinor, $"refund {made.Id} is over {made.Amount}, asked {refund.AmountMinor}");
        var byHouse = payment.EntryState == EntryStanding.Accepted;
        payment = payment with
        {
            RefundedMinor = payment.RefundedMinor + refund.AmountMinor,
            RefundedByHouseMinor = payment.RefundedByHouseMinor + (byHouse ? refund.AmountMinor : 0),
        };
        payment = tx.ChangePayment(payment, payment.PaidState, refund.Reason, writes.Changes);
        refund = refund with { State = RefundState.Done, RefundId = made.Id, ByHouse = byHouse,
            PendingReason = RefundCalls.PendingReason(made) };
        writes.Set(payment, refund);
        if (refund.PendingReason == RefundCalls.WaitsForFunds)
        {
            // The answer to a key may be an old one, and the event that it was sent have come before: so it is read once more.
            writes.Unsure.Add(payment.IntentId!);
            tx.Alert(PaymentAlerts.BalanceShort(payment, $"refund {made.Id} waits at Stripe for funds", tx.Now));
        }

        if (byHouse) writes.Prizes.Add((payment.ContestId, payment.EntryId));
        tx.NotifyPlayer(
            $"entry-refunded/{payment.ContestId}/{payment.EntryId}/{refund.RefundNo}", NotificationKinds.EntryRefunded,
            payment.PlayerId, payment.EntryId, payment.ContestId, refund.AmountMinor, payment.Currency,
            new Dictionary<string, string> { ["reason"] = refund.Reason });
        writes.Lines.Add(PaymentTransitions.Line(
            payment, RefundRequestHandler.Words(refund), byHouse ? LedgerAccounts.Refunds : LedgerAccounts.EntryFees,
            LedgerAccounts.StripeBalance, refund.AmountMinor, "entry-refund", made.Id));
        writes.Audits.Add(RefundRequestHandler.Entry(payment, refund, "entry-refunded", made.Id));
    }

    private static async Task Again(EntryPayment payment, EntryRefund refund, StripeCallAnswer answer, Writes writes, Tx tx)
    {
        refund = refund with { Attempt = refund.Attempt + 1 };
        writes.Set(payment, refund);
        if (answer is StripeCallAnswer.Refused refused) tx.Alert(PaymentAlerts.BalanceShort(payment, refused.What, tx.Now));
        await tx.Call(RefundRequestHandler.Call(payment, refund),
            answer is StripeCallAnswer.Refused ? tx.Now + RefundCalls.FundsPause : null);
    }

    /// <summary>
    /// The money did not go back: a person decides what follows, unless the payment as it is at Stripe shows that somebody else
    /// has given it back.
    /// </summary>
    private static void Failed(EntryPayment payment, EntryRefund refund, string what, Writes writes, Tx tx)
    {
        writes.Set(
            payment with { RefundAskedMinor = payment.RefundAskedMinor - refund.AmountMinor, RefundStuck = true },
            refund with { State = RefundState.Failed });
        writes.Unsure.Add(payment.IntentId!);
        tx.Alert(PaymentAlerts.RefundFailed(payment, refund, what));
        writes.Audits.Add(RefundRequestHandler.Entry(payment, refund, "entry-refund-failed", what));
    }

    /// <summary>What is known, and what is to be written in the end.</summary>
    private sealed class Writes(
        Dictionary<(string ContestId, string EntryId), EntryPayment> payments,
        Dictionary<(string ContestId, string EntryId, int RefundNo), EntryRefund> refunds)
    {
        private readonly HashSet<(string, string)> changedPayments = [];
        private readonly HashSet<(string, string, int)> changedRefunds = [];

        public IReadOnlyDictionary<(string ContestId, string EntryId), EntryPayment> Payments => payments;

        public IReadOnlyDictionary<(string ContestId, string EntryId, int RefundNo), EntryRefund> Refunds => refunds;

        public List<PaymentChange> Changes { get; } = [];

        public List<(string ContestId, string EntryId)> Prizes { get; } = [];

        public List<LedgerLine> Lines { get; } = [];

        public List<AuditEntry> Audits { get; } = [];

        /// <summary>Payment intents that are to be read again.</summary>
        public List<string> Unsure { get; } = [];

        public void Set(EntryPayment payment, EntryRefund refund)
        {
            var key = (payment.ContestId, payment.EntryId);
            payments[key] = payment;
            changedPayments.Add(key);
            refunds[(refund.ContestId, refund.EntryId, refund.RefundNo)] = refund;
            changedRefunds.Add((refund.ContestId, refund.EntryId, refund.RefundNo));
        }

        public async Task Write(Tx tx)
        {
            await tx.UpdateGivenBack([.. changedPayments.Select(k => payments[k])]);
            await tx.InsertPaymentChanges(Changes);
            await tx.UpdateRefunds([.. changedRefunds.Select(k => refunds[k])]);
            await tx.LookAtPrizes(Prizes);
            await tx.Post(Lines);
            await tx.Audit(Audits);
            foreach (var intentId in Unsure) await tx.HintPayment(intentId);
        }
    }
}
