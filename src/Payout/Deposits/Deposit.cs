using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What a player pays into the wallet by card.</summary>
/// <param name="RequestId">The client's: the same one asks for the same deposit.</param>
/// <param name="AmountMinor">What the card is charged, in minor units.</param>
/// <param name="FeeMinor">What of it the platform keeps; the rest is credited.</param>
/// <param name="State">One of <see cref="DepositState"/>.</param>
/// <param name="Reason">Why it was cancelled; null: it was not.</param>
/// <param name="IntentNo">How many intents were asked for: above 1 only when a key grew too old without an answer.</param>
/// <param name="StripeStatus">The intent's status when it was last read.</param>
/// <param name="ChargedAt">When the charge was made, UTC; null until it was read.</param>
/// <param name="StripeFeeMinor">As the charge's balance transaction says; null until it was read.</param>
/// <param name="Declined">A card was declined: the intent is cancelled, and the player begins anew.</param>
/// <param name="CreatedAt">When it was asked for, UTC.</param>
public sealed record Deposit(
    string DepositId, string PlayerId, string RequestId, long AmountMinor, long FeeMinor, string Currency, string State,
    string? Reason, int IntentNo, string? IntentId, string? StripeStatus, string? ChargeId, DateTimeOffset? ChargedAt,
    long? StripeFeeMinor, int CancelNo, bool CancelOpen, bool Declined, DateTimeOffset CreatedAt)
{
    public WalletKey Wallet => new(PlayerId, Currency);

    /// <summary>What the wallet is credited with, in minor units.</summary>
    public long CreditMinor => AmountMinor - FeeMinor;

    public bool IsOpen => State is DepositState.Requested or DepositState.RequiresPayment;

    /// <returns>The deposit's id, which is its lot's and its key at Stripe; a slash in an id stands escaped.</returns>
    public static string IdOf(string playerId, string requestId) =>
        StripeCall.KeyOf($"deposit/{Uri.EscapeDataString(playerId)}/{Uri.EscapeDataString(requestId)}");

    /// <returns>A line of the ledger that belongs to no contest.</returns>
    public LedgerLine Line(string words, string debit, string credit, long amountMinor, string code, string reference) =>
        new(words, debit, credit, Currency, amountMinor, code, reference, "", 0);
}

/// <summary>What has become of a deposit.</summary>
public static class DepositState
{
    /// <summary>Stripe does not know of it yet.</summary>
    public const string Requested = "requested";

    /// <summary>It waits for the player to pay at Stripe.</summary>
    public const string RequiresPayment = "requires_payment";

    /// <summary>It is in the wallet.</summary>
    public const string Paid = "paid";

    /// <summary>It will not be paid any more.</summary>
    public const string Cancelled = "cancelled";
}
