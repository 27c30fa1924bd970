using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>How much of a paid payout is taken back, and why.</summary>
/// <param name="Try">Above 1: it is asked for again, because Stripe did not make the one before.</param>
/// <param name="IsBlind">As in <see cref="AmountToReverse"/>.</param>
public sealed record ReversalToMake(
    string PayoutId, string TransferId, long AmountMinor, string Currency, string DisputeId, int Try = 1, bool IsBlind = false)
{
    public string Key => DecideAgain.Key($"dispute/{DisputeId}/reversal/{PayoutId}", Try);
}

/// <summary>Takes a transfer back, in full or in part, once.</summary>
public sealed class TransferReversalCall : ICallKind
{
    public const string KindName = "transfer-reversal";

    public const string DisputeMark = "dispute_id";

    public string Kind => KindName;

    public string Endpoint => TransferReversals.Endpoint;

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var wanted = call.Parameters<ReversalToMake>();
        return await TransferReversals.Create(stripe, wanted.TransferId, wanted.AmountMinor, wanted.PayoutId, (DisputeMark, wanted.DisputeId), options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var wanted = call.Parameters<ReversalToMake>();
        return await TransferReversals.Find(stripe, wanted.TransferId, wanted.AmountMinor, (DisputeMark, wanted.DisputeId), call.FirstUsedAt, ct);
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var wanted = call.Parameters<ReversalToMake>();
        var locked = await tx.LockPayout(wanted.PayoutId) ?? throw new InvariantException($"payout {wanted.PayoutId} is not known here");
        if (answer is StripeCallAnswer.Success { Made: TransferReversal reversal })
        {
            await tx.BookReversal(locked, ReversalFacts.Of(reversal, wanted.TransferId));
            return;
        }

        var what = answer is StripeCallAnswer.Refused refused ? refused.What : "Stripe made none in time";
        if (DecideAgain.IsWorthIt(answer, wanted.Try, wanted.IsBlind))
        {
            await tx.AskAgain(call.Key, what);
            return;
        }

        if (await tx.AnswerReversal(wanted.PayoutId, wanted.DisputeId, "refused", 0, null)) TellLoss(wanted with { Try = wanted.Try + 1 }, what, tx);
    }

    /// <summary>What cannot be taken back stays a loss; a person may pursue it.</summary>
    public static void TellLoss(ReversalToMake wanted, string what, Tx tx) =>
        tx.Alert(DecideAgain.Key($"reversal-short/{wanted.DisputeId}/{wanted.PayoutId}", wanted.Try), "warning", "reversal-short", wanted.PayoutId,
            $"The prize of dispute {wanted.DisputeId} could not be taken back in full: {what}.", "The rest is booked as a loss; claim it from the player if it is worth it.");
}

/// <summary>Books a forfeited prize against the loss it makes good.</summary>
public static class ForfeitPosting
{
    /// <param name="what">What the lines are for: their words begin with it.</param>
    /// <param name="before">Lines that come first.</param>
    public static async Task PostForfeit(
        this Tx tx, string disputeId, string what, string reference, PayoutFacts payout, long amountMinor, params LedgerLine[] before)
    {
        var dispute = await tx.LockDispute(disputeId);
        var lossOpenMinor = dispute.Currency == payout.Currency ? dispute.LostMinor - dispute.RecoveredMinor : 0;
        var lines = DisputeLines.Forfeit(what, reference, payout, amountMinor, lossOpenMinor);
        await tx.AddRecovered(disputeId, lines.Where(l => l.CreditAccount == LedgerAccounts.DisputeLosses).Sum(l => l.AmountMinor));
        await tx.Post([.. before, .. lines]);
    }
}
