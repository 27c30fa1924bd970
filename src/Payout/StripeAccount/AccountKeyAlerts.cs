using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeAccount;

/// <summary>What people are told of a key that does not say whose it is.</summary>
public static class AccountKeyAlerts
{
    public static Alert NotUsed(string why, DateTimeOffset now) => new Alert(
        $"stripe-key-not-used/{now.UtcDateTime:yyyy-MM-dd}", AlertSeverity.Warning, "stripe-key-not-used",
        CompareAccounts.ReadingSetting,
        $"{CompareAccounts.ReadingSetting} does not say of which account it is ({why}); Payout looks things up "
            + $"with {CompareAccounts.MoneySetting} instead",
        "give the key the permission to read the account (GET /v1/account) in Stripe's dashboard and start Payout "
            + "again");
}
