using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL of yearly winnings: from the ledger, where nothing is ever deleted.</summary>
public static class TaxSql
{
    /// <summary>
    /// Transfers out count, transfers reversed count against, each in its own year and with its share of the platform's fee: of a prize that was voided, taken
    /// back or reduced by a correction no fee counts as winnings either. Shares are rounded as they add up, so that those of a prize paid in full are its fee.
    /// </summary>
    private const string ByYear =
        """
        with moved as (
            select t.transfer_id, t.posted_at, case when t.credit_account = 'stripe_balance' then t.debit_account else t.credit_account end as account,
                t.currency, t.contest_id, t.revision, extract(year from t.posted_at at time zone 'UTC')::int as year,
                case when t.credit_account = 'stripe_balance' then t.amount_minor else -t.amount_minor end as amount_minor
            from payout.ledger_transfer t
            where (t.credit_account = 'stripe_balance' and t.debit_account like 'player_payable:%' and (@account::text is null or t.debit_account = @account))
                or (t.debit_account = 'stripe_balance' and t.credit_account like 'player_payable:%' and (@account::text is null or t.credit_account = @account))),
        running as (
            select substr(account, length('player_payable:') + 1) as player_id, currency, contest_id, revision, year, amount_minor,
                sum(amount_minor) over (partition by account, currency, contest_id, revision order by posted_at, transfer_id) as so_far_minor
            from moved),
        awarded as (
            select contest_id, revision, player_id, sum(fee_minor) as fee_minor, sum(net_minor) as net_minor
            from payout.award
            where (contest_id, revision, player_id) in (select contest_id, revision, player_id from running)
            group by contest_id, revision, player_id)
        select m.player_id, m.year, m.currency, sum(m.amount_minor)::bigint as paid_minor,
            coalesce(sum(floor(m.so_far_minor * a.fee_minor / nullif(a.net_minor, 0))
                - floor((m.so_far_minor - m.amount_minor) * a.fee_minor / nullif(a.net_minor, 0))), 0)::bigint as fees_minor,
            count(distinct m.contest_id)::int as contests
        from running m
        left join awarded a on a.contest_id = m.contest_id and a.revision = m.revision and a.player_id = m.player_id
        group by m.player_id, m.year, m.currency
        """;

    public static Task<IReadOnlyList<YearPaid>> PaidByYear(this Tx tx, string playerId) =>
        tx.Query<YearPaid>($"{ByYear} order by m.year desc, m.currency", new { account = LedgerAccounts.PlayerPayable(playerId) });

    public static Task<IReadOnlyList<YearPaid>> PaidIn(this Tx tx, int year) => tx.Query<YearPaid>(
        $"select * from ({ByYear}) years where year = @year order by player_id, currency", new { account = (string?)null, year });
}
