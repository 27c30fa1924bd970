using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Requests;

/// <summary>A payment intent as Stripe shows it.</summary>
/// <param name="ErrorMark">Names the failed try: its charge, else what was said; null when the last try did not fail.</param>
/// <param name="ErrorMessage">What the player may be told of a failed try: Stripe writes the messages of card errors for
/// customers, and no others (docs, "Errors").</param>
/// <param name="FeeMinor">Of the charge's balance transaction; null when there is none yet.</param>
/// <param name="SettledIn">The currency of that balance transaction: another one than the charge's when the platform has no
/// balance in the latter.</param>
public sealed record PaymentFacts(
    string IntentId, string Status, long AmountMinor, long ReceivedMinor, string Currency, string? ContestId, string? EntryId,
    string? ChargeId, string? ErrorMark, string? ErrorMessage, string? BalanceTransactionId, long? FeeMinor, string? SettledIn)
{
    /// <summary>The deposit that the metadata name; null: none.</summary>
    public string? DepositId { get; init; }

    /// <summary>When the charge was made, UTC; null when Stripe shows none.</summary>
    public DateTimeOffset? ChargedAt { get; init; }

    public static PaymentFacts Of(PaymentIntent intent)
    {
        var error = intent.LastPaymentError;
        var movement = intent.LatestCharge?.BalanceTransaction;
        return new PaymentFacts(
            intent.Id, intent.Status, intent.Amount, intent.AmountReceived, intent.Currency,
            intent.Metadata?.GetValueOrDefault("contest_id"), intent.Metadata?.GetValueOrDefault("entry_id"),
            intent.LatestChargeId,
            error is null ? null : error.Charge ?? intent.LatestChargeId ?? $"{error.Code}/{error.DeclineCode}",
            error is { Type: "card_error" } ? error.Message : null, movement?.Id, movement?.Fee, movement?.Currency)
        {
            DepositId = intent.Metadata?.GetValueOrDefault("deposit"), ChargedAt = intent.LatestCharge?.Created.Utc(),
        };
    }
}
