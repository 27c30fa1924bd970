using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reports;

/// <summary>All SQL of the platform's revenue.</summary>
public static class RevenueSql
{
    /// <param name="first">Any day of the first month, UTC.</param>
    /// <param name="last">Any day of the last month; it counts as far as it has come.</param>
    public static async Task<PlatformRevenue> RevenueOf(this Tx tx, DateOnly first, DateOnly last)
    {
        var (since, until) = (Start(first), Start(last.AddMonths(1)));
        return PlatformRevenue.Of(
            Month(first), Month(last), await tx.MovedOfHouse(since, until), await tx.SettledContests(since, until));

        static DateTimeOffset Start(DateOnly month) => new(month.Year, month.Month, 1, 0, 0, 0, TimeSpan.Zero);
        static string Month(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// What moved the accounts, summed by month (UTC, by the booking), kind of contest, currency and code. Reads every line of
    /// these accounts that there is in the time, for as long as the caller waits.
    /// </summary>
    /// <param name="until">The first moment that is no more in it.</param>
    public static Task<IReadOnlyList<MovedRow>> MovedOfHouse(this Tx tx, DateTimeOffset since, DateTimeOffset until) =>
        tx.Query<MovedRow>(
        """
        select to_char(m.posted_at at time zone 'UTC', 'YYYY-MM') as month, i.kind, m.currency, m.account, m.code,
            sum(m.amount_minor)::bigint as amount_minor
        from (
            select posted_at, contest_id, currency, credit_account as account, code, amount_minor
            from payout.ledger_transfer
            where credit_account = any(@Accounts) and posted_at >= @since and posted_at < @until
            union all
            select posted_at, contest_id, currency, debit_account, code, -amount_minor
            from payout.ledger_transfer
            where debit_account = any(@Accounts) and posted_at >= @since and posted_at < @until) m
        left join payout.published_contest i on i.contest_id = m.contest_id
        group by 1, 2, 3, 4, 5
        order by 1, 2, 3, 4, 5
        """,
        new { Accounts = RevenueRow.Accounts.ToArray(), since, until }, patiently: true);

    /// <summary>
    /// The contests whose first results were posted in the time, by month, kind and currency. A player's stakes count where the
    /// result returns them, also in a later revision.
    /// </summary>
    /// <inheritdoc cref="MovedOfHouse"/>
    public static Task<IReadOnlyList<SettledRow>> SettledContests(this Tx tx, DateTimeOffset since, DateTimeOffset until) =>
        tx.Query<SettledRow>(
        """
        select to_char(c.completed_at at time zone 'UTC', 'YYYY-MM') as month, i.kind, c.currency, count(*)::int as contests,
            sum(s.entry_fees_minor)::bigint as collected_minor,
            coalesce(sum(s.entry_fees_minor) filter (where i.stake_minor is not null), 0)::bigint as stakes_minor,
            coalesce(sum(a.stake_minor), 0)::bigint as returned_minor
        from payout.contest c
        join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
        left join payout.published_contest i on i.contest_id = c.contest_id
        left join lateral (select sum(w.stake_minor) as stake_minor from payout.award w where w.contest_id = c.contest_id) a on true
        where c.revision = 1 and c.completed_at >= @since and c.completed_at < @until
        group by 1, 2, 3
        order by 1, 2, 3
        """,
        new { since, until }, patiently: true);
}
