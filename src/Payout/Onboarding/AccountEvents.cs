using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>Events of players' accounts: the account is read again before anything follows.</summary>
public static class AccountEvents
{
    /// <summary><c>account.updated</c>, <c>capability.updated</c>.</summary>
    public static async Task Changed(StripeEventV1 stripeEvent, Tx tx)
    {
        var accountId = stripeEvent.Type == StripeEventTypes.CapabilityUpdated
            ? stripeEvent.Data.Text("account") ?? stripeEvent.Account
            : stripeEvent.Data.Text("id");
        if (accountId is null) return;
        var playerId = await tx.OwnerOf(accountId) ?? stripeEvent.Data.Text("metadata", "player_id");
        if (playerId is null) return;
        await tx.LockPlayer(playerId);
        await tx.HintAccount(accountId, playerId);
    }

    /// <summary><c>account.application.deauthorized</c>: its object is the application, the account is named beside it.</summary>
    public static async Task Deauthorized(StripeEventV1 stripeEvent, Tx tx)
    {
        if (stripeEvent.Account is not { } accountId || await tx.OwnerOf(accountId) is not { } playerId) return;
        await tx.LockPlayer(playerId);
        await tx.HintAccount(accountId, playerId);
        await tx.HintDeauthorized(accountId);
    }
}
