using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Payouts;

/// <summary>What is logged of a payout: its end, one line once it is committed, and what broke a rule.</summary>
internal static partial class PayoutLog
{
    /// <param name="adopted">No answer told of the transfer; it was found at Stripe.</param>
    public static void PayoutPaid(
        this ILogger log, PayoutRecord payout, string transferId, PayoutAttempt attempt, bool adopted) => log.Paid(
        payout.PayoutId, payout.ContestId, payout.Revision, payout.AmountMinor, payout.Currency, transferId, attempt.AttemptNo,
        adopted ? "found at Stripe" : "answered");

    /// <summary>Failed, rejected or voided, or reversed after it was paid: the reason says which.</summary>
    public static void PayoutEnded(this ILogger log, PayoutRecord payout, PayoutState state, string? reason) =>
        log.Ended(payout.PayoutId, payout.ContestId, payout.Revision, payout.AmountMinor, payout.Currency, state.Word(),
            reason?.ReplaceLineEndings(" "));

    [LoggerMessage(2, LogLevel.Error, "Payout {PayoutId} is held")]
    public static partial void PayoutHeld(this ILogger log, Exception broken, string payoutId);

    [LoggerMessage(3, LogLevel.Information,
        "Payout {PayoutId} of contest {ContestId} revision {Revision} is paid: {AmountMinor} minor units {Currency}, transfer "
            + "{TransferId}, attempt {Attempt}, {Learned}")]
    private static partial void Paid(
        this ILogger log, string payoutId, string contestId, int revision, long amountMinor, string currency, string transferId,
        int attempt, string learned);

    [LoggerMessage(4, LogLevel.Warning,
        "Payout {PayoutId} of contest {ContestId} revision {Revision} is over and not paid, or no longer: {AmountMinor} minor "
            + "units {Currency}, {State}: {Reason}")]
    private static partial void Ended(
        this ILogger log, string payoutId, string contestId, int revision, long amountMinor, string currency, string state,
        string? reason);
}
