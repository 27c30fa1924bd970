using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace ContestPipeline.Payout.Ledger;

/// <summary>One side of a ledger row: the row as one of its two accounts sees it.</summary>
internal sealed record LedgerSide(
    string Account, short Shard, long No, byte[] Chain, bool IsCredit, LedgerBody Body, DateTimeOffset PostedAt);

/// <summary>
/// All SQL that reads the ledger as a whole, for verification and balances. Works for any role that may read the schema.
/// </summary>
internal static class LedgerReadSql
{
    /// <summary>
    /// A large ledger takes as long as it takes: a check that gives up half-way never says that the books are right. Whoever
    /// asked can stop it.
    /// </summary>
    private const int NoTimeout = 0;

    public static async Task<IReadOnlyList<AccountHead>> Heads(NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<AccountHead>(new CommandDefinition(
            """
            select account, currency, shard, balance_minor, last_no, chain
            from payout.ledger_account
            order by account, currency, shard
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).AsList();

    /// <summary>
    /// Every row twice, once per account, in order of account and number. Streamed: the ledger need not fit in memory.
    /// </summary>
    public static async IAsyncEnumerable<LedgerSide> Sides(
        NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select account, shard, no, chain, is_credit, transfer_id, debit_account, debit_shard, credit_account, credit_shard,
                currency, amount_minor, code, reference, contest_id, revision, posted_at
            from (
                select t.*, t.debit_account as account, t.debit_shard as shard, t.debit_no as no, t.debit_chain as chain, false as
                    is_credit
                from payout.ledger_transfer t
                union all
                select t.*, t.credit_account, t.credit_shard, t.credit_no, t.credit_chain, true
                from payout.ledger_transfer t) sides
            order by account, currency, shard, no, is_credit
            """,
            connection);
        command.CommandTimeout = NoTimeout;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var body = new LedgerBody(
                reader.GetGuid(5), reader.GetString(6), reader.GetInt16(7), reader.GetString(8), reader.GetInt16(9),
                reader.GetString(10), reader.GetInt64(11), reader.GetString(12), reader.GetString(13), reader.GetString(14),
                reader.GetInt32(15));
            yield return new LedgerSide(
                reader.GetString(0), reader.GetInt16(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3),
                reader.GetBoolean(4), body, reader.GetFieldValue<DateTimeOffset>(16));
        }
    }

    public static async Task<IReadOnlyList<AccountBalance>> Sums(NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<AccountBalance>(new CommandDefinition(
            """
            select '' as account, currency, sum(balance_minor)::bigint as balance_minor, sum(last_no)::bigint as lines
            from payout.ledger_account
            group by currency
            order by currency
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).AsList();

    public static async Task<IReadOnlyList<AccountBalance>> Balances(NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<AccountBalance>(new CommandDefinition(
            """
            select account, currency, sum(balance_minor)::bigint as balance_minor, sum(last_no)::bigint as lines
            from payout.ledger_account
            group by account, currency
            order by account, currency
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).AsList();

    /// <returns>Wallets whose lots do not come to their balance.</returns>
    public static async Task<IReadOnlyList<WalletSums>> WalletsThatDiffer(NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<WalletSums>(new CommandDefinition(
            """
            select coalesce(l.player_id, a.player_id) as player_id, coalesce(l.currency, a.currency) as currency,
                coalesce(l.minor, 0)::bigint as lots_minor, coalesce(a.minor, 0)::bigint as balance_minor
            from (select player_id, currency, sum(left_minor) as minor from payout.wallet_lot group by player_id, currency) l
            full join (
                select substr(account, length('wallet:') + 1) as player_id, currency, sum(balance_minor) as minor
                from payout.ledger_account where account >= 'wallet:' and account < 'wallet;' group by account, currency) a
                on a.player_id = l.player_id and a.currency = l.currency
            where coalesce(l.minor, 0) <> coalesce(a.minor, 0)
            order by 1, 2
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).AsList();

    public static async Task<IReadOnlyList<ContestSums>> Contests(NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<ContestSums>(new CommandDefinition(
            """
            select c.contest_id, c.revision, s.pool_minor, s.prizes_gross_minor, s.platform_fees_minor, s.house_remainder_minor,
                coalesce(sum(t.amount_minor) filter (where t.credit_account = 'prize_pool:' || c.contest_id), 0)::bigint as
                    pool_in_minor,
                coalesce(sum(t.amount_minor) filter (where t.debit_account = 'prize_pool:' || c.contest_id), 0)::bigint as
                    pool_out_minor,
                coalesce(sum(t.amount_minor) filter (where t.code = 'award'), 0)::bigint as awards_minor,
                coalesce(sum(t.amount_minor) filter (where t.code = 'platform-fee'), 0)::bigint as fees_minor,
                coalesce(sum(t.amount_minor) filter (where t.code = 'remainder'), 0)::bigint as remainder_minor,
                coalesce(sum(t.amount_minor) filter (where t.code = 'payout'), 0)::bigint as paid_lines_minor,
                coalesce((select sum(p.amount_minor) from payout.payout p
                    where p.contest_id = c.contest_id and p.revision = c.revision and p.state in ('paid', 'reversed')), 0)::bigint
                        as paid_payouts_minor
            from payout.contest c
            join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
            left join payout.ledger_transfer t on t.contest_id = c.contest_id and t.revision = c.revision
            where c.completed_at is not null
            group by c.contest_id, c.revision, s.contest_id, s.revision
            order by c.contest_id, c.revision
            """,
            commandTimeout: NoTimeout, cancellationToken: ct))).AsList();
}

/// <summary>A wallet's lots and its account, in minor units.</summary>
internal sealed record WalletSums(string PlayerId, string Currency, long LotsMinor, long BalanceMinor);

/// <summary>Balances of all accounts, for people and tools.</summary>
public static class LedgerBalance
{
    public static Task<IReadOnlyList<AccountBalance>> All(NpgsqlConnection connection, CancellationToken ct) =>
        LedgerReadSql.Balances(connection, ct);
}
