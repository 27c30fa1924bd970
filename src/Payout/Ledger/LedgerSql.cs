using ContestPipeline.Plumbing;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Payout;

/// <summary>A line with its numbers and hashes in both accounts, ready to be written.</summary>
internal sealed record LedgerRow(LedgerBody Body, byte[] BodyHash, long DebitNo, byte[] DebitChain, long CreditNo, byte[] CreditChain);

/// <summary>The body hash of a line that is in the ledger already.</summary>
internal sealed record PostedHash(Guid TransferId, byte[] BodyHash);

/// <summary>All SQL that writes the ledger.</summary>
internal static class LedgerSql
{
    /// <summary>
    /// Makes the missing accounts, then locks the others, both in sorted order: two postings can wait for each other, never in a circle. An account made
    /// here is nobody else's to see before the commit: it needs no lock, and no line of it can have been posted before.
    /// </summary>
    public static async Task<(IReadOnlyList<AccountHead> Made, IReadOnlyList<AccountHead> Locked)> LockAccounts(this Tx tx, (string Account, string Currency, short Shard)[] sorted)
    {
        var all = Keys(sorted);
        var made = await tx.Query<AccountHead>(
            """
            insert into payout.ledger_account (account, currency, shard, balance_minor, last_no, chain)
            select k.account, k.currency, k.shard, 0, 0, @start
            from unnest(@accounts::text[], @currencies::text[], @shards::smallint[]) with ordinality k(account, currency, shard, ord)
            where not exists (
                select 1 from payout.ledger_account a where a.account = k.account and a.currency = k.currency and a.shard = k.shard)
            order by k.ord
            on conflict do nothing
            returning account, currency, shard, balance_minor, last_no, chain
            """,
            all);
        if (made.Count == sorted.Length) return (made, []);
        var known = made.Select(h => (h.Account, h.Currency, h.Shard)).ToHashSet();
        var locked = await tx.Query<AccountHead>(
            """
            select a.account, a.currency, a.shard, a.balance_minor, a.last_no, a.chain
            from payout.ledger_account a
            join unnest(@accounts::text[], @currencies::text[], @shards::smallint[]) k(account, currency, shard)
                on a.account = k.account and a.currency = k.currency and a.shard = k.shard
            order by a.account, a.currency, a.shard
            for update of a
            """,
            known.Count == 0 ? all : Keys(Array.FindAll(sorted, k => !known.Contains(k))));
        return (made, locked);

        static object Keys((string Account, string Currency, short Shard)[] sorted) => new
        {
            accounts = sorted.Select(k => k.Account).ToArray(),
            currencies = sorted.Select(k => k.Currency).ToArray(),
            shards = sorted.Select(k => k.Shard).ToArray(),
            start = LedgerChain.Start,
        };
    }

    public static Task<IReadOnlyList<PostedHash>> PostedHashes(this Tx tx, Guid[] ids) => tx.Query<PostedHash>(
        """
        select transfer_id, body_hash
        from payout.ledger_transfer
        where transfer_id = any(@ids)
        order by transfer_id
        """,
        new { ids });

    /// <param name="rows">Hashed one by one while the server takes in those before.</param>
    public static async Task<int> CopyTransfers(this Tx tx, IEnumerable<LedgerRow> rows, DateTimeOffset postedAt)
    {
        await using var copy = await tx.Connection.BeginBinaryImportAsync(
            """
            copy payout.ledger_transfer (
                transfer_id, debit_account, debit_shard, debit_no, debit_chain, credit_account, credit_shard, credit_no, credit_chain,
                currency, amount_minor, code, reference, contest_id, revision, body_hash, posted_at)
            from stdin (format binary)
            """,
            tx.Ct);
        var count = 0;
        foreach (var row in rows)
        {
            count++;
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
            await copy.WriteAsync(row.BodyHash, NpgsqlDbType.Bytea, tx.Ct);
            await copy.WriteAsync(postedAt.UtcDateTime, NpgsqlDbType.TimestampTz, tx.Ct);
        }

        var written = await Complete(copy, tx.Ct);
        Invariant.Holds(written == (ulong)count, $"ledger: wrote {written} of {count} lines");
        return count;
    }

    /// <summary>An id that is taken by a line between other accounts is found by the table itself.</summary>
    private static async Task<ulong> Complete(NpgsqlBinaryImporter copy, CancellationToken ct)
    {
        try
        {
            return await copy.CompleteAsync(ct);
        }
        catch (PostgresException taken) when (taken.ConstraintName == "ledger_transfer_pkey")
        {
            throw new InvariantException($"a ledger line was posted before with another body: {taken.Detail}");
        }
    }

    public static async Task UpdateHeads(this Tx tx, ICollection<AccountHead> heads)
    {
        var written = await tx.Execute(
            """
            update payout.ledger_account a
            set balance_minor = k.balance_minor, last_no = k.last_no, chain = k.chain
            from unnest(@accounts::text[], @currencies::text[], @shards::smallint[], @balances::bigint[], @nos::bigint[], @chains::bytea[])
                k(account, currency, shard, balance_minor, last_no, chain)
            where a.account = k.account and a.currency = k.currency and a.shard = k.shard
            """,
            new
            {
                accounts = heads.Select(h => h.Account).ToArray(),
                currencies = heads.Select(h => h.Currency).ToArray(),
                shards = heads.Select(h => h.Shard).ToArray(),
                balances = heads.Select(h => h.BalanceMinor).ToArray(),
                nos = heads.Select(h => h.LastNo).ToArray(),
                chains = heads.Select(h => h.Chain).ToArray(),
            });
        Invariant.Holds(written == heads.Count, $"ledger: updated {written} of {heads.Count} accounts");
    }
}
