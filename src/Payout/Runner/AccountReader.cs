using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout;

/// <summary>Reads again the accounts that events hinted at, and wakes their players' waiting payouts when transfers are possible.</summary>
public sealed class AccountReader([FromKeyedServices(PayoutService.Name)] WorkerDatabase database, StripeGateway stripe)
{
    public const int AccountsMax = 50;

    /// <returns>How many were read.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        var stale = await database.Run(tx => tx.StaleAccounts(AccountsMax), ct);
        var read = 0;
        foreach (var account in stale)
        {
            if (await stripe.ReadAccount(account.AccountId, ct) is not { } reading) return read;
            await database.Run(tx => Save(reading, tx), ct);
            read++;
        }

        return read;
    }

    /// <summary>What Stripe says replaces what events said, the owner included: nobody is paid on the word of an event.</summary>
    public static async Task Save(AccountReading reading, Tx tx)
    {
        var owner = reading.PlayerId ?? await tx.OwnerOf(reading.AccountId) ?? throw new InvariantException($"account {reading.AccountId} has no owner");
        await tx.LockPlayer(owner);
        await tx.SaveAccount(reading, owner);
        if (reading.Transfers == "active") await tx.WakePayouts(owner);
    }
}
