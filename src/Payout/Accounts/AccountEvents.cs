using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Accounts;

/// <summary>
/// Events of players' accounts: the account is read again before anything follows. One that no request of ours made is never
/// taken over.
/// </summary>
public static class AccountEvents
{
    /// <summary><c>account.updated</c>, <c>capability.updated</c>.</summary>
    public static async Task Changed(StripeEventV1 stripeEvent, Tx tx)
    {
        var accountId = stripeEvent.Type == StripeEventTypes.CapabilityUpdated
            ? stripeEvent.Data.Text("account") ?? stripeEvent.Account
            : stripeEvent.Data.Text("id");
        if (accountId is null) return;
        if ((await tx.OwnerOf(accountId) ?? stripeEvent.Data.Text("metadata", "player_id")) is not { } playerId) return;
        await tx.LockPlayer(playerId);
        if (await tx.OwnerOf(accountId) is not null) await tx.HintAccount(accountId);
        else if (!await tx.IsAccountAskedFor(playerId)) tx.Alert(AccountAlerts.Foreign(accountId, playerId));
    }

    /// <summary><c>account.application.deauthorized</c>: its object is the application, the account is named beside it.</summary>
    public static async Task Deauthorized(StripeEventV1 stripeEvent, Tx tx)
    {
        if (stripeEvent.Account is not { } accountId || await tx.OwnerOf(accountId) is not { } playerId) return;
        await tx.LockPlayer(playerId);
        await tx.HintAccount(accountId);
        await tx.HintDeauthorized(accountId);
    }

    internal static string ForeignAlert(string accountId) => $"foreign-account/{accountId}";
}
