using ContestPipeline.Payout.Ledger;
using Dapper;
using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>One payout as the Payout worker's database has it.</summary>
public sealed record StoredPayout(
    string PayoutId, string ContestId, string PlayerId, long AmountMinor, string Currency, string State, string TransferId);

/// <summary>
/// What the director reads, as the owner of the database, to check the pipeline from outside. It writes nothing; it only ever
/// locks.
/// </summary>
public static class DemoSql
{
    public static async Task<IReadOnlyList<StoredPayout>> Payouts(this NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<StoredPayout>(new CommandDefinition(
            """
            select payout_id, contest_id, player_id, amount_minor, currency, state, coalesce(transfer_id, '') as transfer_id
            from payout.payout
            order by payout_id
            """, cancellationToken: ct))).AsList();
    }

    /// <summary>Attempts whose answer is committed as paid.</summary>
    public static Task<int> PaidAttempts(this NpgsqlDataSource database, CancellationToken ct) => Scalar<int>(
        database, "select count(*)::int from payout.attempt where outcome = 'paid'", ct);

    /// <summary>A hash over every ledger row: any row more, fewer or different changes it.</summary>
    public static Task<string> LedgerHash(this NpgsqlDataSource database, CancellationToken ct) => Scalar<string>(
        database,
        """
        select count(*) || ':' || coalesce(md5(string_agg(
            transfer_id || '|' || debit_account || '|' || credit_account || '|' || currency || '|' || amount_minor || '|' || code,
                ',' order by transfer_id)), '')
        from payout.ledger_transfer
        """, ct);

    /// <summary>Paid to Stripe according to the ledger, in minor units.</summary>
    public static Task<long> LedgerPaidMinor(this NpgsqlDataSource database, CancellationToken ct) => Scalar<long>(
        database,
        """
        select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer
        where credit_account = 'stripe_balance' and split_part(debit_account, ':', 1) = 'player_payable'
        """, ct);

    /// <summary>Everything the ledger claims, computed again.</summary>
    public static async Task<LedgerReport> VerifyLedger(this NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await LedgerVerify.Run(connection, ct);
    }

    /// <summary>Messages that nobody could handle, over all workers.</summary>
    public static Task<int> Parked(this NpgsqlDataSource database, CancellationToken ct) => Scalar<int>(
        database,
        """
        select ((select count(*) from ingestion.parked) + (select count(*) from scoring.parked)
            + (select count(*) from settlement.parked) + (select count(*) from payout.parked))::int
        """, ct);

    /// <summary>
    /// What is still to be done without any further message: rows to send, timers that are due, results to compute, money to post
    /// and to pay.
    /// </summary>
    public static Task<int> Unfinished(this NpgsqlDataSource database, CancellationToken ct) => Scalar<int>(
        database,
        """
        select ((select count(*) from ingestion.outbox o join ingestion.outbox_slice s using (slice) where o.position >
            s.sent_position)
            + (select count(*) from scoring.outbox o join scoring.outbox_slice s using (slice) where o.position > s.sent_position)
            + (select count(*) from settlement.outbox o join settlement.outbox_slice s using (slice) where o.position >
                s.sent_position)
            + (select count(*) from payout.outbox o join payout.outbox_slice s using (slice) where o.position > s.sent_position)
            + (select count(*) from scoring.contest where wake_at <= now())
            + (select count(*) from settlement.completion where state = 'waiting')
            + (select count(*) from payout.contest where state = 'posting')
            + (select count(*) from payout.payout where due_at <= now())
            + (select count(*) from payout.stripe_account where stale)
            + (select count(*) from payout.stripe_call where state = 'open' and due_at <= now())
            + (select count(*) from payout.entry_payment where read_due_at <= now() and intent_id is not null)
            + (select count(*) from payout.entry_payment where void_due_at <= now())
            + (select count(*) from payout.dispute where stale or phase <> applied)
            + (select count(*) from payout.transfer_reading where due_at <= now())
            + (select count(*) from payout.reversal_again where due_at <= now())
            + (select count(*) from payout.reduction_part where due_at <= now())
            + (select count(*) from payout.onboarding where next_at <= now()))::int
        """, ct);

    /// <returns>The account of a player; null when there is none.</returns>
    public static Task<string?> AccountOf(
        this NpgsqlDataSource database, string playerId, CancellationToken ct) => Scalar<string?>(
        database, "select account_id from payout.stripe_account where player_id = @playerId", ct, new { playerId });

    /// <returns>How far the account's holder has come; null while it is to be read again.</returns>
    public static Task<string?> AccountStatus(
        this NpgsqlDataSource database, string accountId, CancellationToken ct) => Scalar<string?>(
        database, "select status from payout.stripe_account where account_id = @accountId and not stale", ct, new { accountId });

    /// <summary>What the ledger has of disputes, in minor units by code; of forfeited prizes those of one dispute.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> LinesOf(
        this NpgsqlDataSource database, string disputeId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<(string Code, long AmountMinor)>(new CommandDefinition(
            """
            select code, sum(amount_minor)::bigint
            from payout.ledger_transfer
            where code like 'dispute-%' or code = 'prize-forfeited' and reference = @disputeId
            group by code
            """, new { disputeId }, cancellationToken: ct))).ToDictionary(
                l => l.Code, l => l.AmountMinor, StringComparer.Ordinal);
    }

    /// <summary>The payment intent of a player's deposit, of which there is one.</summary>
    public static Task<string> DepositIntent(this NpgsqlDataSource database, string playerId, CancellationToken ct) =>
        Scalar<string>(database, "select intent_id from payout.wallet_deposit where player_id = @playerId", ct, new { playerId });

    /// <summary>Wallets whose lots do not add up to their ledger account.</summary>
    public static async Task<IReadOnlyList<string>> WalletsThatDiffer(this NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            """
            select coalesce(l.account, a.account)
            from (
                select 'wallet:' || player_id as account, currency, sum(left_minor) as left_minor from payout.wallet_lot
                group by player_id, currency) l
            full join (
                select account, currency, sum(balance_minor) as balance_minor from payout.ledger_account
                where account like 'wallet:%' group by account, currency) a using (account, currency)
            where coalesce(l.left_minor, 0) <> coalesce(a.balance_minor, 0)
            order by 1
            """, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// Lets nobody add a ledger line until the transaction is over: a payout's answer then cannot be committed.
    /// </summary>
    public static Task HoldLedger(this NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "lock table payout.ledger_transfer in share mode", transaction: transaction, cancellationToken: ct));

    private static async Task<T> Scalar<T>(NpgsqlDataSource database, string sql, CancellationToken ct, object? parameters = null)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct)))!;
    }
}
