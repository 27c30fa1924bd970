using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Deposits;

/// <summary>A deposit that is to be read from Stripe.</summary>
/// <param name="HasRefunds">Something of it went back, or is to.</param>
/// <param name="Hints">As counted when it was claimed: one that comes while it is read brings it back at once.</param>
public sealed record DepositToRead(string DepositId, string IntentId, bool HasRefunds, long Hints);

/// <summary>All SQL of deposits. Each statement runs inside the caller's transaction.</summary>
public static class DepositSql
{
    private const string Columns =
        "deposit_id, player_id, request_id, amount_minor, fee_minor, currency, state, reason, intent_no, intent_id, "
            + "stripe_status, charge_id, charged_at, stripe_fee_minor, cancel_no, cancel_open, declined, created_at";

    /// <returns>What a player has asked for and may still pay, and what was paid within the window. The wallet is locked by the
    /// caller, so that no other deposit is asked for before the commit.</returns>
    public static Task<long> CountedDeposits(this Tx tx, WalletKey wallet) => tx.QueryOne<long>(
        """
        select coalesce(sum(amount_minor), 0)::bigint
        from payout.wallet_deposit
        where player_id = @PlayerId and currency = @Currency and state <> 'cancelled' and (closed_at is null or closed_at > @since)
        """,
        new { wallet.PlayerId, wallet.Currency, since = tx.Now - DepositRules.Window });

    public static async Task InsertDeposit(this Tx tx, Deposit deposit)
    {
        var written = await tx.Execute(
            """
            insert into payout.wallet_deposit
                (deposit_id, player_id, request_id, amount_minor, fee_minor, currency, state, created_at)
            values (@DepositId, @PlayerId, @RequestId, @AmountMinor, @FeeMinor, @Currency, @State, @CreatedAt)
            """,
            deposit);
        Invariant.Holds(written == 1, $"{deposit.DepositId}: wrote {written} rows");
    }

    public static Task<Deposit?> FindDeposit(this Tx tx, string depositId) => tx.QueryOne<Deposit>(
        $"select {Columns} from payout.wallet_deposit where deposit_id = @depositId", new { depositId });

    public static Task<Deposit?> LockDeposit(this Tx tx, string depositId) => tx.QueryOne<Deposit>(
        $"select {Columns} from payout.wallet_deposit where deposit_id = @depositId for no key update", new { depositId });

    /// <summary>What a player needs to pay with; never logged, never sent.</summary>
    public static Task<string?> DepositSecret(this Tx tx, string depositId) => tx.QueryOne<string>(
        "select client_secret from payout.wallet_deposit where deposit_id = @depositId", new { depositId });

    /// <param name="clientSecret">Kept apart from the record, so that nothing that prints a deposit prints it.</param>
    public static Task SaveDepositSecret(this Tx tx, Deposit deposit, string? clientSecret) => tx.Execute(
        "update payout.wallet_deposit set client_secret = @clientSecret where deposit_id = @DepositId and closed_at is null",
        new { clientSecret, deposit.DepositId });

    /// <summary>The row is locked by the caller.</summary>
    public static async Task UpdateDeposit(this Tx tx, Deposit deposit)
    {
        var written = await tx.Execute(
            """
            update payout.wallet_deposit
            set state = @State, reason = @Reason, intent_no = @IntentNo, intent_id = @IntentId, stripe_status = @StripeStatus,
                charge_id = @ChargeId, charged_at = @ChargedAt, stripe_fee_minor = @StripeFeeMinor, cancel_no = @CancelNo,
                cancel_open = @CancelOpen, declined = @Declined,
                client_secret = case when @State in ('paid', 'cancelled') then null else client_secret end,
                closed_at = case when @State in ('paid', 'cancelled') then coalesce(closed_at, @now) end
            where deposit_id = @DepositId
            """,
            new
            {
                deposit.DepositId, deposit.State, deposit.Reason, deposit.IntentNo, deposit.IntentId, deposit.StripeStatus,
                deposit.ChargeId, deposit.ChargedAt, deposit.StripeFeeMinor, deposit.CancelNo, deposit.CancelOpen,
                deposit.Declined, now = tx.Now,
            });
        Invariant.Holds(written == 1, $"{deposit.DepositId}: updated {written} rows");
    }

    /// <summary>An event said that something about the intent or its charge changed.</summary>
    public static Task<int> HintDeposit(this Tx tx, string intentId) => tx.Execute(
        "update payout.wallet_deposit set read_due_at = @now, hints = hints + 1 where intent_id = @intentId",
        new { intentId, now = tx.Now });

    public static Task ReadDepositAt(this Tx tx, string depositId, DateTimeOffset at) => tx.Execute(
        "update payout.wallet_deposit set read_due_at = @at where deposit_id = @depositId", new { at, depositId });

    /// <summary>After a reading: back at once when a hint came meanwhile.</summary>
    /// <param name="at">Null: it is at rest.</param>
    public static Task ReadDepositAgain(this Tx tx, DepositToRead read, DateTimeOffset? at) => tx.Execute(
        """
        update payout.wallet_deposit set read_due_at = case when hints > @Hints then @now else @at end
        where deposit_id = @DepositId
        """,
        new { at, now = tx.Now, read.DepositId, read.Hints });

    /// <summary>
    /// Takes deposits that are due to be read; should the reader die they are due again at <paramref name="again"/>.
    /// </summary>
    public static Task<IReadOnlyList<DepositToRead>> ClaimDepositReads(
        this Tx tx, int countMax, DateTimeOffset again) => tx.Query<DepositToRead>(
        """
        with due as materialized (
            select deposit_id, read_due_at from payout.wallet_deposit
            where read_due_at <= @now and intent_id is not null
            order by read_due_at, deposit_id
            limit @countMax
            for update skip locked),
        claimed as (
            update payout.wallet_deposit d
            set read_due_at = @again
            from due
            where d.deposit_id = due.deposit_id
            returning d.deposit_id, d.intent_id, d.hints, due.read_due_at as was_due_at)
        select deposit_id, intent_id, exists (select from payout.deposit_refund r where r.deposit_id = c.deposit_id) as has_refunds,
            hints
        from claimed c order by was_due_at, deposit_id
        """,
        new { now = tx.Now, again, countMax });
}
