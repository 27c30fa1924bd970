using Dapper;
using Npgsql;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>A line of the ledger.</summary>
internal sealed record LedgerLineRow(
    Guid TransferId, string DebitAccount, string CreditAccount, long AmountMinor, string Currency, string Code, string Reference,
    DateTimeOffset PostedAt);

/// <summary>What the books say about one player in one contest. Reads only.</summary>
internal static class ExplainSql
{
    /// <summary>The payouts that stood in turn for what a player was awarded in one revision, the one that stands for it now
    /// last. A payout that something was taken out of is rejected for it, and its reason says for what.</summary>
    public static async Task<IReadOnlyList<ChainedPayout>> PayoutChain(
        this NpgsqlConnection connection, string contestId, int revision, string playerId, CancellationToken ct) =>
        (await connection.QueryAsync<ChainedPayout>(new CommandDefinition(
            """
            select p.payout_id, p.reduction_no, p.amount_minor, p.state, x.entry_id, x.amount_minor as taken_minor, c.cause,
                case when x.entry_id is not null then p.reason end as reason,
                case when c.cause = 'refund' then (
                    select string_agg(r.refund_id, ', ' order by r.refund_no) from payout.entry_refund r
                    where r.contest_id = x.contest_id and r.entry_id = x.entry_id and r.by_house and r.state <> 'failed') end as
                        refunds,
                x.at as taken_at
            from payout.payout p
                left join payout.prize_void x on x.payout_id = p.payout_id and x.outcome in ('voided', 'corrected')
                cross join lateral (
                    select case
                        when x.outcome = 'corrected' then 'correction'
                        when x.outcome = 'voided' and exists (
                            select from payout.ledger_transfer t
                            where t.contest_id = p.contest_id and t.reference = p.payout_id and t.code = 'prize-void') then
                                'refund'
                        when x.outcome = 'voided' then 'dispute' end as cause) c
            where p.contest_id = @contestId and p.revision = @revision and p.player_id = @playerId
            order by p.reduction_no, x.entry_id, x.void_no
            """,
            new { contestId, revision, playerId }, cancellationToken: ct))).AsList();

    public static async Task<IReadOnlyList<LedgerLineRow>> LedgerLines(
        this NpgsqlConnection connection, string contestId, string playerId, CancellationToken ct) =>
        (await connection.QueryAsync<LedgerLineRow>(new CommandDefinition(
            """
            select transfer_id, debit_account, credit_account, amount_minor, currency, code, reference, posted_at
            from payout.ledger_transfer
            where contest_id = @contestId
                and @playerId in (substr(debit_account, strpos(debit_account, ':') + 1), substr(credit_account,
                    strpos(credit_account, ':') + 1))
            order by posted_at, transfer_id
            """,
            new { contestId, playerId }, cancellationToken: ct))).AsList();
}
