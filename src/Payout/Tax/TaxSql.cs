using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL of yearly winnings: from the ledger, where nothing is ever deleted.</summary>
public static class TaxSql
{
    /// <summary>Transfers out count, transfers reversed count against; the fee belongs to the year in which the contest's payout went out.</summary>
    private const string ByYear =
        """
        with moved as (
            select case when t.credit_account = 'stripe_balance' then t.debit_account else t.credit_account end as account, t.currency, t.contest_id, t.revision,
                extract(year from t.posted_at at time zone 'UTC')::int as year,
                case when t.credit_account = 'stripe_balance' then t.amount_minor else -t.amount_minor end as amount_minor
            from payout.ledger_transfer t
            where (t.credit_account = 'stripe_balance' and t.debit_account like 'player_payable:%' and (@account::text is null or t.debit_account = @account))
                or (t.debit_account = 'stripe_balance' and t.credit_account like 'player_payable:%' and (@account::text is null or t.credit_account = @account))),
        contests as (
            select account, currency, contest_id, revision, min(year) as year, sum(amount_minor) as amount_minor
            from moved
            group by account, currency, contest_id, revision),
        fees as (
            select c.account, c.currency, c.year, sum(f.amount_minor) as fees_minor
            from contests c
            join payout.ledger_transfer f on f.contest_id = c.contest_id and f.revision = c.revision and f.code = 'platform-fee' and f.debit_account = c.account
            group by c.account, c.currency, c.year)
        select substr(m.account, length('player_payable:') + 1) as player_id, m.year, m.currency, sum(m.amount_minor)::bigint as paid_minor,
            coalesce(max(f.fees_minor), 0)::bigint as fees_minor, count(distinct m.contest_id)::int as contests
        from moved m
        left join fees f on f.account = m.account and f.currency = m.currency and f.year = m.year
        group by m.account, m.year, m.currency
        """;

    public static Task<IReadOnlyList<YearPaid>> PaidByYear(this Tx tx, string playerId) =>
        tx.Query<YearPaid>($"{ByYear} order by m.year desc, m.currency", new { account = LedgerAccounts.PlayerPayable(playerId) });

    public static Task<IReadOnlyList<YearPaid>> PaidIn(this Tx tx, int year) => tx.Query<YearPaid>(
        $"select * from ({ByYear}) years where year = @year order by player_id, currency", new { account = (string?)null, year });
}
