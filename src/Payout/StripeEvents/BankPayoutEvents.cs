using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>Events of bank payouts: those on players' accounts are read again; the platform's own are only recorded.</summary>
public static class BankPayoutEvents
{
    /// <summary>
    /// <c>payout.created</c>, <c>payout.updated</c>, <c>payout.paid</c>, <c>payout.failed</c>, <c>payout.canceled</c>.
    /// </summary>
    public static async Task Changed(StripeEventV1 stripeEvent, Tx tx)
    {
        if (stripeEvent.Account is not { } accountId || stripeEvent.Data.Text("id") is not { } bankPayoutId) return;
        if ((await tx.OwnerOf(accountId) ?? await JustKnown()) is not { } playerId) return;
        await tx.LockPlayer(playerId);
        await tx.HintBankPayout(bankPayoutId, accountId, playerId);

        // Who adds the account meanwhile either is waited for here, or finds the event.
        async Task<string?> JustKnown()
        {
            await tx.LockAccountId(accountId);
            return await tx.OwnerOf(accountId);
        }
    }
}
