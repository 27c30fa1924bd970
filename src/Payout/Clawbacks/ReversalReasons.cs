using System.Diagnostics;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A prize goes back because the dispute about its entry's fee was lost.</summary>
/// <param name="Try">As in <see cref="IWantedReversal.Try"/>.</param>
/// <param name="IsBlind">As in <see cref="AmountToReverse"/>.</param>
public sealed record ReversalToMake(
    string PayoutId, string TransferId, long AmountMinor, string Currency, string DisputeId, int Try = 1, bool IsBlind = false)
        : IWantedReversal
{
    /// <summary>In the reversal's metadata at Stripe.</summary>
    public const string MarkName = "dispute_id";

    public static string KindName => "transfer-reversal";

    public string Key => DecideAgain.Key($"dispute/{DisputeId}/reversal/{PayoutId}", Try);

    (string Name, string Value) IWantedReversal.Mark => (MarkName, DisputeId);

    public StripeCall ToCall() => new(Key, KindName, PayoutId, this);

    IWantedReversal IWantedReversal.Again(long amountMinor, bool isBlind) =>
        this with { AmountMinor = amountMinor, Try = Try + 1, IsBlind = isBlind };

    Task<bool> IWantedReversal.IsAsked(Tx tx) => tx.IsReversalAsked(PayoutId, DisputeId);

    public Task<bool> End(Tx tx) => tx.AnswerReversal(PayoutId, DisputeId, "refused", 0, null);

    /// <summary>The bank has taken the fee, which was booked as a loss when the dispute was lost.</summary>
    IReadOnlyList<LedgerLine> IWantedReversal.LossLines(ReversalShort why, long lostMinor) => [];

    public void TellLoss(ReversalShort why, string what, Tx tx) =>
        tx.Alert(ClawbackAlerts.ReversalShort(this, why == ReversalShort.AtFirst ? Try : Try + 1, what));
}

/// <summary>A part of a prize goes back because the result was corrected.</summary>
/// <param name="Try">As in <see cref="IWantedReversal.Try"/>.</param>
/// <param name="IsBlind">As in <see cref="AmountToReverse"/>.</param>
public sealed record CorrectionToTakeBack(
    string PayoutId, string TransferId, long AmountMinor, ReductionPart Part, int Try = 1, bool IsBlind = false)
    : IWantedReversal
{
    /// <summary>In the reversal's metadata at Stripe.</summary>
    public const string MarkName = "correction";

    public static string KindName => "correction-reversal";

    public string Key => DecideAgain.Key(Part.CallKey, Try);

    string IWantedReversal.Currency => Part.Currency;

    (string Name, string Value) IWantedReversal.Mark => (MarkName, Part.CallKey);

    public StripeCall ToCall() => new(Key, KindName, PayoutId, this);

    IWantedReversal IWantedReversal.Again(long amountMinor, bool isBlind) =>
        this with { AmountMinor = amountMinor, Try = Try + 1, IsBlind = isBlind };

    async Task<bool> IWantedReversal.IsAsked(Tx tx) => await tx.LockAsked(Part.CallKey) is { Outcome: "asked" };

    public async Task<bool> End(Tx tx)
    {
        await tx.AnswerPart(Part.CallKey, "lost", 0, null);
        return true;
    }

    public IReadOnlyList<LedgerLine> LossLines(ReversalShort why, long lostMinor) =>
        [ReductionLines.Loss(Part, Words(why), lostMinor)];

    public void TellLoss(ReversalShort why, string what, Tx tx) =>
        tx.Alert(ClawbackAlerts.CorrectionShort(this, Words(why), what));

    private string Words(ReversalShort why) => why switch
    {
        ReversalShort.AtFirst => "short",
        ReversalShort.Refused => "refused",
        ReversalShort.Shrunk => $"shrunk-{Try}",
        _ => throw new UnreachableException(),
    };
}
