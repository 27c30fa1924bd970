using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeAccount;

/// <summary>
/// All SQL of the account at Stripe that the books tell of. Each statement runs inside the caller's transaction.
/// </summary>
public static class KeysSql
{
    /// <returns>Stripe's id of the account; null before the first start that could ask.</returns>
    public static Task<string?> StampedAccount(this Tx tx) =>
        tx.QueryOne<string>("select account_id from payout.platform_account");

    /// <summary>Once for ever. The same account again changes nothing.</summary>
    /// <exception cref="InvariantException">Another process has stamped another account meanwhile.</exception>
    public static async Task StampAccount(this Tx tx, string accountId)
    {
        await tx.Execute(
            "insert into payout.platform_account (account_id, stamped_at) values (@accountId, @now) on conflict do nothing",
            new { accountId, now = tx.Now });
        var stamped = await tx.StampedAccount();
        Invariant.Holds(stamped == accountId, $"the database tells of payments from account {stamped}, not {accountId}");
    }
}
