using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Accounts;

/// <summary>What people are told of connected accounts.</summary>
public static class AccountAlerts
{
    public static Alert Refused(OpenCall call, string playerId, StripeCallAnswer.Refused refused) => new Alert(
        $"account-refused/{call.Key}", AlertSeverity.Critical, "account-refused", playerId,
        $"Stripe did not make an account for player {playerId}: {refused.What}",
        "Mend the cause Stripe names; it is asked again every day.");

    /// <summary>
    /// An account that one of our requests is making is told by its answer; every other that names a player was made by somebody
    /// else.
    /// </summary>
    public static Alert Foreign(string accountId, string playerId) => new Alert(
        AccountEvents.ForeignAlert(accountId), AlertSeverity.Critical, "foreign-account", accountId,
        $"Account {accountId} names player {playerId} in its metadata, and no request of ours made it. It is not taken over: "
            + $"nothing is ever paid to it.",
        "Find out who made it at Stripe and who can; the player is paid to the account that the pipeline asked for.");

    public static Alert OwnerEdited(AccountReading reading, string named, string owner) => new Alert(
        $"account-owner/{reading.AccountId}/{named}", AlertSeverity.Critical, "account-owner", reading.AccountId,
        $"Stripe's metadata now name player {named}; the account was made for player {owner}, and stays that player's.",
        "Find out who edited the account at Stripe, and put player_id back.");

    public static Alert Lost(AccountReading reading, string owner) => new Alert(
        $"account-lost/{reading.AccountId}", AlertSeverity.Warning, "account-lost", reading.AccountId,
        $"The connection to the Stripe account of player {owner} was cut.",
        "Nothing: the player is asked for a new account, and payouts wait for it.");

    public static Alert Restricted(AccountReading reading, AccountChange after, string owner, string why) => new Alert(
        $"account-restricted/{reading.AccountId}/{after.StatusNo}", AlertSeverity.Warning, "account-restricted",
        reading.AccountId,
        $"Transfers reach the account of player {owner}, and Stripe does not pay on to the bank or soon will not: {why}.",
        "The player is told; reach the player in another way if it stays so.");

    public static Alert Rejected(AccountReading reading, AccountChange after, string owner) => new Alert(
        $"account-rejected/{reading.AccountId}/{after.StatusNo}", AlertSeverity.Warning, "account-rejected", reading.AccountId,
        $"Stripe rejected the account of player {owner}: {reading.Standing.DisabledReason}.",
        "Talk to the player; what is owed stays in player_payable and waits.");

    public static Alert PrizeUnclaimed(OnboardingFacts facts, WaitingPrizes waiting, int noticeNo) => new Alert(
        $"prize-unclaimed/{facts.PlayerId}/{facts.Round}", AlertSeverity.Warning, "prize-unclaimed", facts.PlayerId,
        $"{waiting.Count} prizes, together {waiting.AmountMinor} {waiting.Currency} minor units, wait since "
            + $"{facts.FirstNoticeAt:yyyy-MM-dd}; {noticeNo} notices were sent.",
        "Reach the player in another way; the prize stays owed and reminders go on.");

    public static Alert PrizeUnclaimed(PayoutRecord payout, PayoutAccount account) => new Alert(
        $"prize-unclaimed/payout/{payout.PayoutId}", AlertSeverity.Warning, "prize-unclaimed", payout.PlayerId,
        $"Payout {payout.PayoutId} of contest {payout.ContestId}, {payout.AmountMinor} {payout.Currency} minor units, "
            + $"waits for account {account.AccountId}, which Stripe has rejected.",
        "Talk to the player; what is owed stays in player_payable, and is paid by itself if Stripe takes the account after "
            + "all.");
}
