using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>How much of a paid payout is taken back for a correction.</summary>
/// <param name="Try">Above 1: it is asked for again, because Stripe did not make the one before. The mark stays that of the first.</param>
/// <param name="IsBlind">As in <see cref="AmountToReverse"/>.</param>
public sealed record CorrectionToTakeBack(string PayoutId, string TransferId, long AmountMinor, ReductionPart Part, int Try = 1, bool IsBlind = false)
{
    public string Key => DecideAgain.Key(Part.CallKey, Try);
}

/// <summary>Takes a part of a transfer back because the result was corrected, once.</summary>
public sealed class CorrectionReversalCall : ICallKind
{
    public const string KindName = "correction-reversal";

    public const string CorrectionMark = "correction";

    public string Kind => KindName;

    public string Endpoint => TransferReversals.Endpoint;

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var wanted = call.Parameters<CorrectionToTakeBack>();
        return await TransferReversals.Create(stripe, wanted.TransferId, wanted.AmountMinor, wanted.PayoutId, (CorrectionMark, wanted.Part.CallKey), options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var wanted = call.Parameters<CorrectionToTakeBack>();
        return await TransferReversals.Find(stripe, wanted.TransferId, wanted.AmountMinor, (CorrectionMark, wanted.Part.CallKey), call.FirstUsedAt, ct);
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var wanted = call.Parameters<CorrectionToTakeBack>();
        var locked = await tx.LockPayout(wanted.PayoutId) ?? throw new InvariantException($"payout {wanted.PayoutId} is not known here");
        if (answer is StripeCallAnswer.Success { Made: TransferReversal reversal })
        {
            await tx.BookReversal(locked, ReversalFacts.Of(reversal, wanted.TransferId));
            return;
        }

        if (await tx.LockAsked(wanted.Part.CallKey) is not { Outcome: "asked" }) return;
        var what = answer is StripeCallAnswer.Refused refused ? refused.What : "Stripe made none in time";
        if (DecideAgain.IsWorthIt(answer, wanted.Try, wanted.IsBlind))
        {
            await tx.AskAgain(call.Key, what);
            return;
        }

        await tx.AnswerPart(wanted.Part.CallKey, "lost", 0, null);
        await tx.Post([ReductionLines.Loss(wanted.Part, "refused", wanted.AmountMinor)]);
        TellLoss(wanted, "refused", what, tx);
    }

    /// <summary>What cannot be taken back stays a loss; a person may pursue it.</summary>
    public static void TellLoss(CorrectionToTakeBack wanted, string why, string what, Tx tx) =>
        tx.Alert($"correction-short/{wanted.Part.Words}/{why}", "warning", "correction-short", wanted.PayoutId,
            $"Revision {wanted.Part.Revision} of contest {wanted.Part.ContestId} reduces the prize of entry {wanted.Part.EntryId}, which could not be taken back in full: {what}.",
            "The rest is booked as a loss; claim it from the player if it is worth it.");
}
