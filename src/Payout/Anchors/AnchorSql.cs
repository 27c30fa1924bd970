using System.Buffers.Text;
using Dapper;
using Npgsql;

namespace ContestPipeline.Payout.Anchors;

/// <summary>All SQL of anchors. Works for any role that may read the schema.</summary>
internal static class AnchorSql
{
    private const int NoTimeout = 0;
    private const int RowsAtOnce = 5_000;

    private sealed record Row(string Account, string Currency, short Shard, long No, byte[] Chain);

    /// <summary>The last row of every chain.</summary>
    public static async Task<IReadOnlyList<AnchoredRow>> Heads(NpgsqlConnection connection, CancellationToken ct) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select account, currency, shard, last_no as no, chain from payout.ledger_account where last_no > 0
            union all
            select '', '', shard, last_no, chain from payout.audit_head where last_no > 0
            order by account, currency, shard
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).Select(Anchored)];

    /// <returns>The chain of each of the rows that is there.</returns>
    public static async Task<IReadOnlyDictionary<AnchoredRow, string>> Chains(
        NpgsqlConnection connection, IReadOnlyCollection<AnchoredRow> rows, CancellationToken ct)
    {
        var found = new Dictionary<AnchoredRow, string>();
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            var asked = some.ToDictionary(r => (r.Of, r.No));
            foreach (var row in await connection.QueryAsync<Row>(new CommandDefinition(
                """
                select a.account, a.currency, a.shard, a.no, coalesce(d.debit_chain, c.credit_chain, l.chain) as chain
                from unnest(@accounts::text[], @currencies::text[], @shards::smallint[], @nos::bigint[]) a(account, currency,
                    shard, no)
                left join payout.ledger_transfer d on (d.debit_account, d.currency, d.debit_shard, d.debit_no) = (a.account,
                    a.currency, a.shard, a.no)
                left join payout.ledger_transfer c on (c.credit_account, c.currency, c.credit_shard, c.credit_no) = (a.account,
                    a.currency, a.shard, a.no)
                left join payout.audit_log l on a.account = '' and (l.shard, l.no) = (a.shard, a.no)
                where coalesce(d.debit_chain, c.credit_chain, l.chain) is not null
                order by a.account, a.currency, a.shard
                """,
                new
                {
                    accounts = some.Select(r => r.Account).ToArray(), currencies = some.Select(r => r.Currency).ToArray(),
                    shards = some.Select(r => r.Shard).ToArray(), nos = some.Select(r => r.No).ToArray(),
                },
                commandTimeout: NoTimeout, cancellationToken: ct)))
                found[asked[((row.Account, row.Currency, row.Shard), row.No)]] = Base64Url.EncodeToString(row.Chain);
        }

        return found;
    }

    private static AnchoredRow Anchored(Row row) =>
        new(row.Account, row.Currency, row.Shard, row.No, Base64Url.EncodeToString(row.Chain));
}
