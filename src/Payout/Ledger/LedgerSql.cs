using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Payout.Ledger;

/// <summary>A line with its numbers and chains in both accounts, ready to be written.</summary>
internal readonly record struct LedgerRow(LedgerBody Body, long DebitNo, byte[] DebitChain, long CreditNo, byte[] CreditChain);

/// <summary>All SQL that writes the ledger.</summary>
internal static class LedgerSql
{
    /// <summary>What the table's triggers look at of a posting stays in memory.</summary>
    private const string WorkMem = "64MB";

    /// <summary>
    /// Locks the accounts that are there, in sorted order: two postings can wait for each other, never in a circle. What is done
    /// from here on can be undone without the rest of the transaction, locks included.
    /// </summary>
    public static Task<IReadOnlyList<AccountHead>> LockAccounts(this Tx tx, AccountKey[] sorted) => tx.Query<AccountHead>(
        $"""
        savepoint ledger_posting;
        set local work_mem = '{WorkMem}';
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

    public static Task UndoPosting(this Tx tx) =>
        tx.Execute("rollback to savepoint ledger_posting; release savepoint ledger_posting");

    /// <returns>Those of the lines that are in the ledger, as they stand there.</returns>
    public static Task<IReadOnlyList<LedgerBody>> Posted(this Tx tx, Guid[] ids) => tx.Query<LedgerBody>(
        """
        select transfer_id, debit_account, debit_shard, credit_account, credit_shard, currency, amount_minor, code, reference,
            contest_id, revision
        from payout.ledger_transfer
        where transfer_id = any(@ids)
        order by transfer_id
        """,
        new { ids });

    /// <param name="heads">As they are after the posting, in sorted order.</param>
    /// <returns>False when somebody else has made one of them; known once their transaction has ended.</returns>
    public static async Task<bool> CopyAccounts(this Tx tx, AccountHead[] heads)
    {
        if (heads.Length == 0) return true;
        await using var copy = await CopyRows.Begin(
            tx, "copy payout.ledger_account (account, currency, shard, balance_minor, last_no, chain) from stdin (format binary)",
            6);
        foreach (var head in heads)
        {
            await copy.Row();
            copy.Add(head.Account);
            copy.Add(head.Currency);
            copy.Add(head.Shard);
            copy.Add(head.BalanceMinor);
            copy.Add(head.LastNo);
            copy.Add(head.Chain);
        }

        return await CompletedWithout(copy, "ledger_account_pkey");
    }

    /// <returns>False when a line with one of the ids is there already.</returns>
    public static async Task<bool> CopyTransfers(this Tx tx, IEnumerable<LedgerRow> rows, DateTimeOffset postedAt)
    {
        await using var copy = await CopyRows.Begin(
            tx,
            """
            copy payout.ledger_transfer (
                transfer_id, debit_account, debit_shard, debit_no, debit_chain, credit_account, credit_shard, credit_no, credit_chain,
                currency, amount_minor, code, reference, contest_id, revision, posted_at)
            from stdin (format binary)
            """,
            16);
        foreach (var row in rows)
        {
            var body = row.Body;
            await copy.Row();
            copy.Add(body.TransferId);
            copy.Add(body.DebitAccount);
            copy.Add(body.DebitShard);
            copy.Add(row.DebitNo);
            copy.Add(row.DebitChain);
            copy.Add(body.CreditAccount);
            copy.Add(body.CreditShard);
            copy.Add(row.CreditNo);
            copy.Add(row.CreditChain);
            copy.Add(body.Currency);
            copy.Add(body.AmountMinor);
            copy.Add(body.Code);
            copy.Add(body.Reference);
            copy.Add(body.ContestId);
            copy.Add(body.Revision);
            copy.Add(postedAt);
        }

        return await CompletedWithout(copy, "ledger_transfer_pkey");
    }

    private static async Task<bool> CompletedWithout(CopyRows copy, string keyConstraint)
    {
        try
        {
            await copy.Complete();
            return true;
        }
        catch (PostgresException taken) when (taken.ConstraintName == keyConstraint)
        {
            return false;
        }
    }

    /// <summary>Only from the number they were read at: a posting that did not hold an account cannot move it.</summary>
    public static async Task<bool> UpdateHeads(this Tx tx, AccountHead[] heads)
    {
        var written = await tx.Execute(
            """
            update payout.ledger_account a
            set balance_minor = k.balance_minor, last_no = k.last_no, chain = k.chain
            from unnest(@accounts::text[], @currencies::text[], @shards::smallint[], @balances::bigint[], @nos::bigint[],
                @chains::bytea[], @read::bigint[])
                k(account, currency, shard, balance_minor, last_no, chain, read)
            where a.account = k.account and a.currency = k.currency and a.shard = k.shard and a.last_no = k.read;
            release savepoint ledger_posting
            """,
            new
            {
                accounts = heads.Select(h => h.Account).ToArray(),
                currencies = heads.Select(h => h.Currency).ToArray(),
                shards = heads.Select(h => h.Shard).ToArray(),
                balances = heads.Select(h => h.BalanceMinor).ToArray(),
                nos = heads.Select(h => h.LastNo).ToArray(),
                chains = heads.Select(h => h.Chain).ToArray(),
                read = heads.Select(h => h.LastNoRead).ToArray(),
            });
        Invariant.Holds(written == heads.Length, $"ledger: updated {written} of {heads.Length} accounts");
        return true;
    }
}
