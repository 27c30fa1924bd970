using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A reversal of a transfer as Stripe shows it.</summary>
/// <param name="DisputeMark">The dispute for which the pipeline asked for it; null when it did not.</param>
/// <param name="CorrectionMark">The call by which a correction asked for it; null when none did.</param>
public sealed record ReversalFacts(string ReversalId, string TransferId, long AmountMinor, string Currency, string? DisputeMark,
    DateTimeOffset MadeAt, string? CorrectionMark = null)
{
    public static ReversalFacts Of(TransferReversal reversal, string transferId) => new(
        reversal.Id, transferId, reversal.Amount, reversal.Currency,
        reversal.Metadata?.GetValueOrDefault(ReversalToMake.MarkName),
        reversal.Created.Utc(),
        reversal.Metadata?.GetValueOrDefault(CorrectionToTakeBack.MarkName));
}

/// <summary>A transfer with everything that was taken back of it, the oldest first.</summary>
/// <param name="PayoutMark">The payout its metadata speak of; null when they do not.</param>
public sealed record TransferReading(string TransferId, string? PayoutMark, IReadOnlyList<ReversalFacts> Reversals);

/// <summary>What a reversal means for the payout that its transfer paid. Pure.</summary>
public static class ReversalLines
{
    /// <returns>How much of the payout is back, as the reason of its state says it.</returns>
    public static string Extent(long reversedMinor, long amountMinor) =>
        reversedMinor == amountMinor ? "full" : $"partial: {reversedMinor} of {amountMinor}";

    /// <summary>
    /// The money is the platform's again, and for a moment the player's prize: who forfeits it says the next line.
    /// </summary>
    public static LedgerLine Back(ReversalFacts reversal, PayoutRecord payout) => new(
        $"reversal/{reversal.ReversalId}", LedgerAccounts.StripeBalance, LedgerAccounts.PlayerPayable(payout.PlayerId),
        reversal.Currency, reversal.AmountMinor, "payout-reversed", reversal.ReversalId, payout.ContestId, payout.Revision);

    /// <summary>Taken back by a person: prize money that nobody has, until people say what becomes of it.</summary>
    public static LedgerLine Unpaid(ReversalFacts reversal, PayoutRecord payout) => new(
        $"reversal/{reversal.ReversalId}/unpaid", LedgerAccounts.PlayerPayable(payout.PlayerId),
        LedgerAccounts.PrizeUnpaid(payout.ContestId), reversal.Currency, reversal.AmountMinor, "prize-taken-back",
        reversal.ReversalId, payout.ContestId, payout.Revision);
}
