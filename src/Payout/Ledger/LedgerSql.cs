using ContestPipeline.Plumbing;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Payout;

/// <summary>A line with its numbers and chains in both accounts, ready to be written.</summary>
internal readonly record struct LedgerRow(LedgerBody Body, long DebitNo, byte[] DebitChain, long CreditNo, byte[] CreditChain);

/// <summary>All SQL that writes the ledger.</summary>
internal static class LedgerSql
{
    /// <summary>
    /// Locks the accounts that are there, in sorted order: two postings can wait for each other, never in a circle. What is done from here on can be undone
    /// without the rest of the transaction, locks included.
    /// </summary>
    public static Task<IReadOnlyList<AccountHead>> LockAccounts(this Tx tx, AccountKey[] sorted) => tx.Query<AccountHead>(
        """
        savepoint ledger_posting;
        select a.account, a.currency, a.shard, a.balance_minor, a.last_no, a.chain
        from payout.ledger_account a
        join unnest(@accounts::text[], @currencies::text[], @shards::smallint[]) k(account, currency, shard)
            on a.account = k.account and a.currency = k.currency and a.shard = k.shard
        order by a.account, a.currency, a.shard
        for update of a
        """,
        new
        {
            accounts = sorted.Select(k => k.Account).ToArray(),
            currencies = sorted.Select(k => k.Currency).ToArray(),
            shards = sorted.Select(k => k.Shard).ToArray(),
        });

    public static Task UndoPosting(this Tx tx) => tx.Execute("rollback to savepoint ledger_posting; release savepoint ledger_posting");

    /// <returns>Those of the lines that are in the ledger, as they stand there.</returns>
    public static Task<IReadOnlyList<LedgerBody>> Posted(this Tx tx, Guid[] ids) => tx.Query<LedgerBody>(
        """
        select transfer_id, debit_account, debit_shard, credit_account, credit_shard, currency, amount_minor, code, reference, contest_id, revision
        from payout.ledger_transfer
        where transfer_id = any(@ids)
        order by transfer_id
        """,
        new { ids });

    /// <param name="heads">As they are after the posting, in sorted order.</param>
    /// <returns>False when somebody else has made one of them; known once their transaction has ended.</returns>
    public static async Task<bool> InsertAccounts(this Tx tx, AccountHead[] heads)
    {
        if (heads.Length == 0) return true;
        var written = await tx.Execute(
            """
            insert into payout.ledger_account (account, currency, shard, balance_minor, last_no, chain)
            select k.account, k.currency, k.shard, k.balance_minor, k.last_no, k.chain
            from unnest(@accounts::text[], @currencies::text[], @shards::smallint[], @balances::bigint[], @nos::bigint[], @chains::bytea[])
                with ordinality k(account, currency, shard, balance_minor, last_no, chain, ord)
            order by k.ord
            on conflict do nothing
            """,
            Columns(heads));
        return written == heads.Length;
    }

    /// <returns>False when a line with one of the ids is there already.</returns>
    public static async Task<bool> CopyTransfers(this Tx tx, LedgerRow[] rows, DateTimeOffset postedAt)
    {
        if (rows.Length == 0) return true;
        try
        {
            var written = await Copy(tx, rows, postedAt.UtcDateTime);
            Invariant.Holds(written == (ulong)rows.Length, $"ledger: wrote {written} of {rows.Length} lines");
            return true;
        }
        catch (PostgresException taken) when (taken.ConstraintName == "ledger_transfer_pkey")
        {
            return false;
        }
    }

    private static async Task<ulong> Copy(Tx tx, LedgerRow[] rows, DateTime postedAt)
    {
        await using var copy = await tx.Connection.BeginBinaryImportAsync(
            """
            copy payout.ledger_transfer (
                transfer_id, debit_account, debit_shard, debit_no, debit_chain, credit_account, credit_shard, credit_no, credit_chain,
                currency, amount_minor, code, reference, contest_id, revision, posted_at)
            from stdin (format binary)
            """,
            tx.Ct);
        foreach (var row in rows)
        {
            var body = row.Body;
            await copy.StartRowAsync(tx.Ct);
            await copy.WriteAsync(body.TransferId, NpgsqlDbType.Uuid, tx.Ct);
            await copy.WriteAsync(body.DebitAccount, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.DebitShard, NpgsqlDbType.Smallint, tx.Ct);
            await copy.WriteAsync(row.DebitNo, NpgsqlDbType.Bigint, tx.Ct);
            await copy.WriteAsync(row.DebitChain, NpgsqlDbType.Bytea, tx.Ct);
            await copy.WriteAsync(body.CreditAccount, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.CreditShard, NpgsqlDbType.Smallint, tx.Ct);
            await copy.WriteAsync(row.CreditNo, NpgsqlDbType.Bigint, tx.Ct);
            await copy.WriteAsync(row.CreditChain, NpgsqlDbType.Bytea, tx.Ct);
            await copy.WriteAsync(body.Currency, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.AmountMinor, NpgsqlDbType.Bigint, tx.Ct);
            await copy.WriteAsync(body.Code, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.Reference, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.ContestId, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(body.Revision, NpgsqlDbType.Integer, tx.Ct);
            await copy.WriteAsync(postedAt, NpgsqlDbType.TimestampTz, tx.Ct);
        }

        return await copy.CompleteAsync(tx.Ct);
    }

    /// <summary>Only from the number they were read at: a posting that did not hold an account cannot move it.</summary>
    public static async Task<bool> UpdateHeads(this Tx tx, AccountHead[] heads)
    {
        var written = await tx.Execute(
            """
            update payout.ledger_account a
            set balance_minor = k.balance_minor, last_no = k.last_no, chain = k.chain
            from unnest(@accounts::text[], @currencies::text[], @shards::smallint[], @balances::bigint[], @nos::bigint[], @chains::bytea[], @read::bigint[])
                k(account, currency, shard, balance_minor, last_no, chain, read)
            where a.account = k.account and a.currency = k.currency and a.shard = k.shard and a.last_no = k.read;
            release savepoint ledger_posting
            """,
            Columns(heads));
        Invariant.Holds(written == heads.Length, $"ledger: updated {written} of {heads.Length} accounts");
        return true;
    }

    private static object Columns(AccountHead[] heads) => new
    {
        accounts = heads.Select(h => h.Account).ToArray(),
        currencies = heads.Select(h => h.Currency).ToArray(),
        shards = heads.Select(h => h.Shard).ToArray(),
        balances = heads.Select(h => h.BalanceMinor).ToArray(),
        nos = heads.Select(h => h.LastNo).ToArray(),
        chains = heads.Select(h => h.Chain).ToArray(),
        read = heads.Select(h => h.LastNoRead).ToArray(),
    };
}
