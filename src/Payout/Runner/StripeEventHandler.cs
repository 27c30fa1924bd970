using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>Stripe events in: a change of an account marks it to be read again. Every other type is for others and is left alone.</summary>
public sealed class StripeEventHandler : IHandler<StripeEventV1>
{
    public async Task Handle(Received<StripeEventV1> received, Tx tx)
    {
        var stripeEvent = received.Message;
        var accountId = stripeEvent.Type switch
        {
            "account.updated" => stripeEvent.Data.Text("id"),
            "capability.updated" => stripeEvent.Data.Text("account") ?? stripeEvent.Account,
            _ => null,
        };
        if (accountId is null) return;
        var playerId = await tx.OwnerOf(accountId) ?? stripeEvent.Data.Text("metadata", "player_id");
        if (playerId is null) return;
        await tx.LockPlayer(playerId);
        await tx.HintAccount(accountId, playerId);
    }
}
