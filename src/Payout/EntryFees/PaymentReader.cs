using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>
/// Reads payment intents again: those that an event hinted at, and on a schedule those that wait for their players, so that an
/// event that never comes changes nothing but the hour.
/// </summary>
public sealed class PaymentReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, PayoutOptions options,
    ILogger<PaymentReader> log) : IRereads
{
    private const string What = "payment";

    /// <returns>How many were due.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        var due = await database.Run(tx => tx.ClaimReads(options.Parallel, tx.Now.AddSeconds(options.LeaseSeconds)), ct);
        await Task.WhenAll(due.Select(payment => Read(payment, ct)));
        return due.Count;
    }

    private async Task Read(PaymentToRead due, CancellationToken ct)
    {
        var (read, seen) = await IntentCalls.Look(stripe, due.IntentId, due.RefundNo > 0, ct);
        if (read is null)
        {
            await Missed(due, seen, ct);
            return;
        }

        try
        {
            await database.Run(tx => Apply(due, PaymentFacts.Of(read.Intent), read.Refunds, tx), ct);
        }
        catch (InvariantException broken)
        {
            log.PaymentPassedOver(broken, due.ContestId, due.EntryId);
            await database.Run(tx => PassOver(due, broken.Message, tx), ct);
        }
    }

    /// <summary>It is due again by itself; while nothing is asked at all, when its lease is over.</summary>
    private Task Missed(PaymentToRead due, StripeAnswer answer, CancellationToken ct) => stripe.IsSilent
        ? Task.CompletedTask
        : database.Run(tx => tx.NotRead(What, $"{due.ContestId}/{due.EntryId}", answer, at => tx.ReadPaymentAgain(due, at)), ct);

    private static async Task Apply(PaymentToRead due, PaymentFacts facts, IReadOnlyList<Refund> refunds, Tx tx)
    {
        await tx.WasRead(What, $"{due.ContestId}/{due.EntryId}");
        var payment = await tx.LockPayment(due.ContestId, due.EntryId)
            ?? throw new InvariantException($"entry {due.EntryId} has no payment");
        IReadOnlyList<EntryRefund> known = refunds.Count > 0 ? await tx.Refunds(due.ContestId, due.EntryId) : [];
        var shown = refunds.ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (var refund in known)
        {
            if (refund is not { State: RefundState.Done, RefundId: { } id } || !shown.TryGetValue(id, out var now)) continue;
            if (RefundCalls.IsVoid(now))
                payment = await RefundRequestHandler.Undo(payment, refund, now.FailureReason ?? now.Status, tx);
            else await RefundRequestHandler.Note(payment, refund, now, tx);
        }

        // The answer to what is open may still say that it was made, or that it could not be, since somebody else has refunded
        // it: then it is this reading that knows better, once more.
        var byHand = RefundRequestHandler.ByHand(refunds, known);
        var isUnanswered = (refunds.Any(RefundCalls.IsVoid) || byHand.Count > 0)
            && known.Any(r => r.State == RefundState.Open);
        if (byHand.Count > 0 && payment.IsPaid && !isUnanswered) payment = await RefundAnswers.MadeByHand(payment, byHand, tx);
        else isUnanswered |= byHand.Count > 0;

        await tx.ApplyReading(payment, facts);
        var after = await tx.FindPayment(due.ContestId, due.EntryId)
            ?? throw new InvariantException($"entry {due.EntryId} has no payment");
        var more = after.IsOpen || after.IsPaid && after.StripeFeeMinor is null || isUnanswered;
        await tx.ReadPaymentAgain(due, more ? PaymentTransitions.NextReading(after, tx.Now) : null);
    }

    private static async Task PassOver(PaymentToRead due, string what, Tx tx)
    {
        await tx.ReadPaymentAgain(due, tx.Now + PaymentTransitions.ReadEvery);
        tx.Alert(PaymentAlerts.Unreadable(due, what));
    }
}

/// <summary>What the reader of payments logs.</summary>
internal static partial class PaymentLog
{
    [LoggerMessage(1, LogLevel.Error, "The payment of entry {EntryId} of contest {ContestId} could not be applied")]
    public static partial void PaymentPassedOver(this ILogger log, Exception broken, string contestId, string entryId);
}
