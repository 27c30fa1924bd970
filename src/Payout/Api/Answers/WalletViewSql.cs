using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Api.Answers;

/// <summary>A wallet in one currency; amounts in minor units.</summary>
/// <param name="AvailableMinor">What lies in it, and can be staked.</param>
/// <param name="StakedMinor">What was staked out of it on challenges that are not settled.</param>
/// <param name="PendingMinor">What deposits will credit that were asked for and are not paid.</param>
/// <param name="RefundableMinor">What of it was paid in by card so lately that it goes back to the card.</param>
/// <param name="WithdrawableMinor">What of it was won, or was paid in longer ago.</param>
/// <param name="WithdrawingMinor">What left it as withdrawals that are not final.</param>
public sealed record WalletBalance(
    string Currency, long AvailableMinor, long StakedMinor, long PendingMinor, long RefundableMinor, long WithdrawableMinor,
    long WithdrawingMinor);

/// <summary>Money in a wallet by where it came from.</summary>
/// <param name="Source"><c>deposit</c> or <c>winnings</c>.</param>
/// <param name="Reference">The charge at Stripe, or contest and revision.</param>
/// <param name="CreditedAt">UTC; the oldest is used first.</param>
public sealed record WalletLotView(
    string LotId, string Currency, string Source, string Reference, DateTimeOffset CreditedAt, long AmountMinor, long LeftMinor);

/// <summary>Where a page of lots ended.</summary>
public sealed record LotEnd(string Currency, DateTimeOffset CreditedAt, string LotId)
{
    public static LotEnd Of(WalletLotView last) => new(last.Currency, last.CreditedAt, last.LotId);

    /// <inheritdoc cref="PageEnd.Read"/>
    public static bool Read(string? text, out LotEnd? end)
    {
        end = null;
        if (!PageEnd.Read(text, out var read)) return false;
        if (read is null) return true;
        if (read.Id.Split('/', 2) is not [var currency, var lotId] || read.Id.Contains('\0')) return false;
        end = new LotEnd(currency, read.At, lotId);
        return true;
    }

    public override string ToString() => new PageEnd(CreditedAt, 0, $"{Currency}/{LotId}").ToString();
}

/// <summary>A movement of a wallet.</summary>
/// <param name="No">Counts the movements of one wallet, from 1.</param>
/// <param name="Code">What moved it: <c>deposit</c>, <c>stake</c>, <c>stake-returned</c>, <c>prize-credit</c> …</param>
/// <param name="AmountMinor">Positive what came in.</param>
/// <param name="ContestId">Empty: it has to do with no contest.</param>
public sealed record WalletMovement(
    long No, DateTimeOffset At, string Code, long AmountMinor, string Currency, string ContestId, string Reference);

/// <summary>All SQL behind the views of wallets.</summary>
public static class WalletViewSql
{
    public static Task<IReadOnlyList<WalletBalance>> WalletBalances(this Tx tx, string playerId) => tx.Query<WalletBalance>(
        """
        select w.currency, l.left_minor as available_minor,
            (select coalesce(sum(u.taken_minor), 0)::bigint
            from payout.wallet_stake s
            join payout.wallet_use u on u.use_id = 'stake/' || s.contest_id || '/' || s.entry_id and u.returned_at is null
            where s.player_id = w.player_id and s.currency = w.currency and s.state = 'staked' and not exists (
                select from payout.contest c where c.contest_id = s.contest_id and c.revision = 1 and c.completed_at is not null)
            ) as staked_minor,
            (select coalesce(sum(d.amount_minor - d.fee_minor), 0)::bigint
            from payout.wallet_deposit d
            where d.player_id = w.player_id and d.currency = w.currency and d.state in ('requested', 'requires_payment')
            ) as pending_minor,
            l.refundable_minor, l.left_minor - l.refundable_minor as withdrawable_minor,
            (select coalesce(sum(o.amount_minor), 0)::bigint
            from payout.wallet_withdrawal o join payout.payout p on p.payout_id = o.payout_id
            where o.player_id = w.player_id and o.currency = w.currency
                and p.state not in ('paid', 'failed', 'rejected', 'reversed')) as withdrawing_minor
        from payout.wallet w
        cross join lateral (
            select coalesce(sum(o.left_minor), 0)::bigint as left_minor,
                coalesce(sum(o.left_minor) filter (where o.source = 'deposit' and coalesce(d.charged_at, o.credited_at) >= @since),
                    0)::bigint as refundable_minor
            from payout.wallet_lot o
            left join payout.wallet_deposit d on d.deposit_id = o.lot_id
            where o.player_id = w.player_id and o.currency = w.currency and o.left_minor > 0) l
        where w.player_id = @playerId
        order by w.currency
        """,
        new { playerId, since = tx.Now - DepositRules.Refundable });

    /// <param name="after">Where the page before ended; null: the first page.</param>
    /// <returns>What is left, the oldest of each currency first.</returns>
    public static Task<IReadOnlyList<WalletLotView>> WalletLots(
        this Tx tx, string playerId, LotEnd? after, int limit) => tx.Query<WalletLotView>(
        $"""
        select lot_id, currency, source, reference, credited_at, amount_minor, left_minor
        from payout.wallet_lot
        where player_id = @playerId and left_minor > 0{(after is null ? "" : " and (currency, credited_at, lot_id) > (@Currency, @CreditedAt, @LotId)")}
        order by currency, credited_at, lot_id
        limit @limit
        """,
        new { playerId, after?.Currency, after?.CreditedAt, after?.LotId, limit });

    /// <param name="before">The number the page before ended with; null: the first page.</param>
    /// <returns>The latest first.</returns>
    public static Task<IReadOnlyList<WalletMovement>> WalletHistory(
        this Tx tx, string playerId, string currency, long? before, int limit) => tx.Query<WalletMovement>(
        """
        select no, posted_at as at, code, amount_minor, currency, contest_id, reference
        from (
            (select credit_no as no, posted_at, code, amount_minor, currency, contest_id, reference
            from payout.ledger_transfer
            where credit_account = @account and currency = @currency and credit_shard = 0 and credit_no < @before
            order by credit_no desc
            limit @limit)
            union all
            (select debit_no, posted_at, code, -amount_minor, currency, contest_id, reference
            from payout.ledger_transfer
            where debit_account = @account and currency = @currency and debit_shard = 0 and debit_no < @before
            order by debit_no desc
            limit @limit)) moved
        order by no desc
        limit @limit
        """,
        new { account = LedgerAccounts.Wallet(playerId), currency, before = before ?? long.MaxValue, limit });

    /// <summary>
    /// Sums of every line of the wallet: what came in less what went out, over all years, is its balance. A prize's line holds
    /// the own stake as well; what was won is the lot that it made.
    /// </summary>
    /// <returns>The latest year first.</returns>
    public static Task<IReadOnlyList<WalletYear>> WalletYears(this Tx tx, string playerId) => tx.Query<WalletYear>(
        """
        with moved as (
            select posted_at, currency, code, amount_minor, reference from payout.ledger_transfer where credit_account = @account
            union all
            select posted_at, currency, code, -amount_minor, reference from payout.ledger_transfer where debit_account = @account),
        named as (
            select extract(year from m.posted_at at time zone 'UTC')::int as year, m.currency, m.amount_minor,
                coalesce(l.amount_minor, 0) as won_minor,
                case when m.code in ('deposit', 'deposit-fee', 'stake', 'stake-returned', 'prize-credit', 'deposit-forfeited') then m.code
                    when m.code in ('withdrawal', 'withdrawal-returned') then 'withdrawal'
                    when m.code in ('deposit-refund-asked', 'deposit-refund-returned') then 'refund' else 'other' end as what
            from moved m
            left join payout.wallet_lot l on m.code = 'prize-credit' and l.lot_id = m.reference),
        yearly as (
            select year, currency,
                coalesce(sum(amount_minor) filter (where what = 'deposit'), 0)::bigint as deposited_minor,
                coalesce(-sum(amount_minor) filter (where what = 'deposit-fee'), 0)::bigint as deposit_fees_minor,
                coalesce(-sum(amount_minor) filter (where what = 'refund'), 0)::bigint as refunded_minor,
                coalesce(-sum(amount_minor) filter (where what = 'stake'), 0)::bigint as staked_minor,
                coalesce(sum(amount_minor - won_minor) filter (where what in ('stake-returned', 'prize-credit')), 0)::bigint
                    as stakes_returned_minor,
                coalesce(sum(won_minor), 0)::bigint as won_minor,
                coalesce(-sum(amount_minor) filter (where what = 'withdrawal'), 0)::bigint as withdrawn_minor,
                coalesce(-sum(amount_minor) filter (where what = 'deposit-forfeited'), 0)::bigint as forfeited_minor,
                coalesce(sum(amount_minor) filter (where what = 'other'), 0)::bigint as other_minor,
                sum(amount_minor) as change_minor
            from named
            group by year, currency)
        select year, currency, deposited_minor, deposit_fees_minor, refunded_minor, staked_minor, stakes_returned_minor, won_minor,
            withdrawn_minor, forfeited_minor, other_minor,
            (sum(change_minor) over (partition by currency order by year))::bigint as balance_minor
        from yearly
        order by year desc, currency
        """,
        new { account = LedgerAccounts.Wallet(playerId) });
}
