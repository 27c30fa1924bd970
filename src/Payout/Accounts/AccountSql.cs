using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Accounts;

/// <summary>All SQL of players' Stripe accounts.</summary>
public static class AccountSql
{
    /// <returns>Of the accounts that requests of ours made the one that pays best: ready before not ready, then the
    /// newest.</returns>
    public static Task<PayoutAccount?> AccountOf(this Tx tx, string playerId) => tx.QueryOne<PayoutAccount>(
        """
        select account_id, player_id, transfers, stale, read_at, hints
        from payout.stripe_account
        where player_id = @playerId and gone_at is null and made_by is not null
        order by (transfers = 'active') desc, stale desc, hinted_at desc, account_id
        limit 1
        """,
        new { playerId });

    /// <summary>A request of ours made the account: it is read before anything follows.</summary>
    /// <param name="madeBy">The key of the request, which is closed as done with this account.</param>
    public static async Task AddAccount(this Tx tx, string accountId, string playerId, string madeBy)
    {
        var written = await tx.Execute(
            """
            insert into payout.stripe_account (account_id, player_id, transfers, stale, hinted_at, hints, first_seen_at, made_by)
            values (@accountId, @playerId, 'unread', true, @now, 1, @now, @madeBy)
            on conflict (account_id) do update set stale = true, hinted_at = @now, hints = stripe_account.hints + 1, read_after =
                null, made_by = @madeBy
            """,
            new { accountId, playerId, madeBy, now = tx.Now });
        Invariant.Holds(written == 1, $"account {accountId}: wrote {written} rows");
    }

    /// <summary>
    /// Taken before an event of an account that is not known here is left without effect, and before the account becomes known:
    /// either the event finds the account, or the account finds the event.
    /// </summary>
    public static Task LockAccountId(this Tx tx, string accountId) =>
        tx.Execute("select pg_advisory_xact_lock(hashtextextended('payout/account/' || @accountId, 0))", new { accountId });

    /// <summary>
    /// Events of bank payouts that came before the account was known here had no effect: what they told of is read now.
    /// </summary>
    public static Task HintBankPayoutsHeardOf(this Tx tx, string accountId, string playerId) => tx.Execute(
        """
        insert into payout.bank_payout (bank_payout_id, account_id, player_id, amount_minor, currency, status, stale,
            hinted_at, hints)
        select distinct object_id, @accountId, @playerId, 0, '', 'unread', true, @now, 1
        from payout.stripe_event
        where account = @accountId and type like 'payout.%' and object_id is not null
        on conflict (bank_payout_id) do update set stale = true, hinted_at = @now, hints = bank_payout.hints + 1, read_after =
            null
        """,
        new { accountId, playerId, now = tx.Now });

    /// <summary>Something about an account that is known here may have changed.</summary>
    public static async Task HintAccount(this Tx tx, string accountId)
    {
        var written = await tx.Execute(
            "update payout.stripe_account set stale = true, hinted_at = @now, hints = hints + 1, read_after = null where "
                + "account_id = @accountId",
            new { accountId, now = tx.Now });
        Invariant.Holds(written == 1, $"account {accountId}: wrote {written} rows");
    }

    /// <returns>True while Stripe has been asked to make an account for the player, and its answer is not stored.</returns>
    public static Task<bool> IsAccountAskedFor(this Tx tx, string playerId) => tx.QueryOne<bool>(
        $"select exists (select from payout.stripe_call where kind = '{AccountCreation.KindName}' and subject = @playerId and "
            + $"state = 'open')", new { playerId });

    /// <summary>The platform was told that it has lost the account; true once a reading shows it.</summary>
    public static Task<int> HintDeauthorized(this Tx tx, string accountId) => tx.Execute(
        "update payout.stripe_account set deauthorized_at = coalesce(deauthorized_at, @now) where account_id = @accountId",
        new { accountId, now = tx.Now });

    /// <returns>The owner as it was recorded; null when the account is not known here.</returns>
    public static Task<string?> OwnerOf(this Tx tx, string accountId) => tx.QueryOne<string>(
        "select player_id from payout.stripe_account where account_id = @accountId", new { accountId });

    public static Task<KnownAccount?> LockAccount(this Tx tx, string accountId) => tx.QueryOne<KnownAccount>(
        """
        select account_id, player_id, transfers, status, status_no, deauthorized_at, gone_at
        from payout.stripe_account
        where account_id = @accountId
        for update
        """,
        new { accountId });

    /// <summary>Hints that came after the account was read stay: it will be read again.</summary>
    public static async Task SaveAccount(this Tx tx, AccountReading reading, long hints, AccountChange after)
    {
        var written = await tx.Execute(
            """
            update payout.stripe_account
            set created_at = coalesce(created_at, @CreatedAt), transfers = @Transfers, stale = hints > @hints, read_at = @ReadAt,
                status = @Status, status_no = @StatusNo,
                details_submitted = @DetailsSubmitted, payouts_enabled = @PayoutsEnabled, disabled_reason = @DisabledReason,
                currently_due = @currentlyDue, past_due = @pastDue, due_by = @DueBy, charges_enabled = @ChargesEnabled, gone_at =
                    @GoneAt
            where account_id = @AccountId
            """,
            new
            {
                reading.CreatedAt, hints, reading.Transfers, reading.ReadAt, reading.AccountId, after.Status, after.StatusNo,
                after.GoneAt,
                reading.Standing.DetailsSubmitted, reading.Standing.PayoutsEnabled, reading.Standing.DisabledReason,
                reading.Standing.ChargesEnabled, reading.Standing.DueBy,
                currentlyDue = string.Join(',', reading.Standing.CurrentlyDue),
                pastDue = string.Join(',', reading.Standing.PastDue),
            });
        Invariant.Holds(written == 1, $"account {reading.AccountId}: updated {written} rows");
    }

    /// <returns>What was last read of the account that <see cref="AccountOf"/> names.</returns>
    public static Task<KnownStanding?> StandingOf(this Tx tx, string accountId) => tx.QueryOne<KnownStanding>(
        """
        select status, transfers, details_submitted, charges_enabled, payouts_enabled, disabled_reason, currently_due, past_due,
            due_by, read_at
        from payout.stripe_account
        where account_id = @accountId
        """,
        new { accountId });

    public static Task<IReadOnlyList<PayoutAccount>> StaleAccounts(this Tx tx, int countMax) => tx.Query<PayoutAccount>(
        """
        select account_id, player_id, transfers, stale, read_at, hints
        from payout.stripe_account
        where stale and (read_after is null or read_after <= @now)
        order by hinted_at, account_id
        limit @countMax
        """,
        new { countMax, now = tx.Now });

    /// <summary>Unless an event has hinted at it since.</summary>
    public static Task ReadAccountAt(this Tx tx, PayoutAccount stale, DateTimeOffset at) => tx.Execute(
        "update payout.stripe_account set read_after = @at where account_id = @AccountId and hints = @Hints",
        new { at, stale.AccountId, stale.Hints });

    /// <summary>Waiting payouts of the player go by themselves.</summary>
    public static Task<int> WakePayouts(this Tx tx, string playerId) => tx.Execute(
        """
        update payout.payout
        set due_at = @now
        where player_id = @playerId and state = 'awaiting_account'
        """,
        new { playerId, now = tx.Now });
}

/// <summary>What was last read of an account.</summary>
/// <param name="Status">One of <see cref="OnboardingStatus"/>.</param>
/// <param name="Transfers">Status of the transfers capability.</param>
/// <param name="CurrentlyDue">In Stripe's words, separated by commas; empty: nothing.</param>
/// <param name="PastDue">As <paramref name="CurrentlyDue"/>.</param>
/// <param name="DueBy">UTC; null when Stripe names no time.</param>
/// <param name="ReadAt">UTC; null before the first reading.</param>
public sealed record KnownStanding(
    string Status, string Transfers, bool DetailsSubmitted, bool ChargesEnabled, bool PayoutsEnabled, string? DisabledReason,
    string CurrentlyDue, string PastDue, DateTimeOffset? DueBy, DateTimeOffset? ReadAt);
