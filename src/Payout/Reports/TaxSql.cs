using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reports;

/// <summary>All SQL of yearly winnings: from the ledger, where nothing is ever deleted.</summary>
public static class TaxSql
{
    /// <summary>
    /// Transfers out count, transfers reversed count against, each in the year, in UTC, in which Stripe made it - not in which it
    /// was booked here, which may be the next - and with its share of the platform's fee: of a prize that was voided, taken back
    /// or reduced by a correction no fee counts as winnings either, and of a challenge's the player's own stake never does. What
    /// goes to a wallet counts when it is credited, and what is withdrawn from there does not.
    /// Shares are rounded as they add up, so that those of a prize paid in full are its fee.
    /// </summary>
    /// <param name="ofOne">True: of the player @playerId, whose account is @account; each half then has an index of its own.
    /// False: of all players.</param>
    private static string ByYear(bool ofOne) =>
        $"""
        with moved as (
            select l.transfer_id, coalesce(a.made_at, l.posted_at) as moved_at, l.debit_account as account, l.currency, l.contest_id, l.revision, l.amount_minor
            from payout.ledger_transfer l left join payout.attempt a on a.transfer_id = l.reference
            where credit_account = 'stripe_balance' and debit_account like 'player_payable:%' and not starts_with(l.contest_id, 'withdrawal/'){(ofOne ? " and debit_account = @account" : "")}
            union all
            select transfer_id, posted_at, debit_account, currency, contest_id, revision, amount_minor
            from payout.ledger_transfer where code = 'prize-credit'{(ofOne ? " and debit_account = @account" : "")}
            union all
            select l.transfer_id, coalesce(r.made_at, l.posted_at), l.credit_account, l.currency, l.contest_id, l.revision, -l.amount_minor
            from payout.ledger_transfer l left join payout.transfer_reversal r on r.reversal_id = l.reference
            where debit_account = 'stripe_balance' and credit_account like 'player_payable:%' and not starts_with(l.contest_id, 'withdrawal/'){(ofOne ? " and credit_account = @account" : "")}),
        running as (
            select substr(account, length('player_payable:') + 1) as player_id, currency, contest_id, revision,
                extract(year from moved_at at time zone 'UTC')::int as year, amount_minor,
                sum(amount_minor) over (partition by account, currency, contest_id, revision order by moved_at, transfer_id) as so_far_minor
            from moved),
        awarded as (
            select contest_id, revision, player_id, sum(fee_minor) as fee_minor, sum(net_minor) as net_minor,
                sum(stake_minor) as stake_minor
            from payout.award
            where (contest_id, revision, player_id) in (select contest_id, revision, player_id from running){(ofOne ? " and player_id = @playerId" : "")}
            group by contest_id, revision, player_id)
        select m.player_id, m.year, m.currency, (sum(m.amount_minor)
                - coalesce(sum(floor(m.so_far_minor * a.stake_minor / nullif(a.net_minor, 0))
                    - floor((m.so_far_minor - m.amount_minor) * a.stake_minor / nullif(a.net_minor, 0))), 0))::bigint as paid_minor,
            coalesce(sum(floor(m.so_far_minor * a.fee_minor / nullif(a.net_minor, 0))
                - floor((m.so_far_minor - m.amount_minor) * a.fee_minor / nullif(a.net_minor, 0))), 0)::bigint as fees_minor,
            count(distinct m.contest_id)::int as contests
        from running m
        left join awarded a on a.contest_id = m.contest_id and a.revision = m.revision and a.player_id = m.player_id
        group by m.player_id, m.year, m.currency
        """;

    public static Task<IReadOnlyList<YearPaid>> PaidByYear(this Tx tx, string playerId) =>
        tx.Query<YearPaid>($"{ByYear(ofOne: true)} order by m.year desc, m.currency",
            new { account = LedgerAccounts.PlayerPayable(playerId), playerId });

    /// <summary>Reads every transfer there ever was, for as long as the caller waits.</summary>
    public static Task<IReadOnlyList<YearPaid>> PaidIn(this Tx tx, int year) => tx.Query<YearPaid>(
        $"select * from ({ByYear(ofOne: false)}) years where year = @year order by player_id, currency", new { year },
        patiently: true);
}
