using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Wallet;

/// <summary>All SQL of stakes from wallets. Each statement runs inside the caller's transaction.</summary>
public static class StakeSql
{
    private const string Columns = "contest_id, entry_id, player_id, amount_minor, currency, state, reason";

    /// <returns>Those of the entries of which no stake is known, also none that waits for its lots, to be written with
    /// <see cref="InsertStakes"/>. The contests are locked by the caller.</returns>
    public static async Task<IReadOnlyList<EntryPaymentRequiredV1>> WithoutStake(
        this Tx tx, IReadOnlyList<EntryPaymentRequiredV1> required)
    {
        var known = await tx.Query<(string, string)>(
            """
            with asked as (select * from unnest(@contests::text[], @entries::text[]) n(contest_id, entry_id))
            select s.contest_id, s.entry_id from payout.wallet_stake s join asked using (contest_id, entry_id)
            union
            select s.contest_id, s.entry_id
            from payout.lost_stake s join asked using (contest_id, entry_id)
            where s.closed_at is null
            order by contest_id, entry_id
            """,
            new { contests = required.Select(r => r.ContestId).ToArray(), entries = required.Select(r => r.EntryId).ToArray() });
        var taken = known.ToHashSet();
        return [.. required.Where(r => taken.Add((r.ContestId, r.EntryId)))];
    }

    public static async Task InsertStakes(this Tx tx, IReadOnlyList<WalletStake> stakes)
    {
        var written = await tx.Execute(
            $"""
            insert into payout.wallet_stake ({Columns}, entry_state, created_at)
            select n.contest_id, n.entry_id, n.player_id, n.amount_minor, n.currency, n.state, n.reason, 'awaiting', @now
            from unnest(@contests::text[], @entries::text[], @players::text[], @amounts::bigint[], @currencies::text[],
                @states::text[], @reasons::text[]) n({Columns})
            """,
            new
            {
                contests = stakes.Select(s => s.ContestId).ToArray(), entries = stakes.Select(s => s.EntryId).ToArray(),
                players = stakes.Select(s => s.PlayerId).ToArray(), amounts = stakes.Select(s => s.AmountMinor).ToArray(),
                currencies = stakes.Select(s => s.Currency).ToArray(), states = stakes.Select(s => s.State).ToArray(),
                reasons = stakes.Select(s => s.Reason).ToArray(), now = tx.Now,
            });
        Invariant.Holds(written == stakes.Count, $"stakes: wrote {written} of {stakes.Count} rows");
    }

    /// <summary>Entries that take part now; those that have gone further are left alone.</summary>
    public static Task AcceptStakes(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId)> accepted) => tx.Execute(
        """
        update payout.wallet_stake s
        set entry_state = 'accepted'
        from unnest(@contests::text[], @entries::text[]) n(contest_id, entry_id)
        where s.contest_id = n.contest_id and s.entry_id = n.entry_id and s.entry_state = 'awaiting'
        """,
        new { contests = accepted.Select(a => a.ContestId).ToArray(), entries = accepted.Select(a => a.EntryId).ToArray() });

    /// <returns>The stake of an entry that has not left its contest, locked; null when there is none.</returns>
    public static Task<WalletStake?> LockStake(this Tx tx, string contestId, string entryId) => tx.QueryOne<WalletStake>(
        $"""
        select {Columns} from payout.wallet_stake
        where contest_id = @contestId and entry_id = @entryId and entry_state in ('awaiting', 'accepted')
        for update
        """,
        new { contestId, entryId });

    /// <returns>True when the entry's stake comes, or would have come, from a wallet.</returns>
    public static Task<bool> HasStake(this Tx tx, string contestId, string entryId) => tx.QueryOne<bool>(
        "select exists (select from payout.wallet_stake where contest_id = @contestId and entry_id = @entryId)",
        new { contestId, entryId });

    /// <returns>Stakes of a cancelled contest that nobody has returned yet, locked.</returns>
    public static Task<IReadOnlyList<WalletStake>> LockStakesOf(
        this Tx tx, string contestId, int countMax) => tx.Query<WalletStake>(
        $"""
        select {Columns} from payout.wallet_stake
        where contest_id = @contestId and entry_state in ('awaiting', 'accepted')
        order by entry_id
        limit @countMax
        for update
        """,
        new { contestId, countMax });

    /// <summary>The rows are locked by the caller.</summary>
    public static async Task LeaveStakes(this Tx tx, IReadOnlyList<WalletStake> stakes, string standing)
    {
        var written = await tx.Execute(
            """
            update payout.wallet_stake s
            set entry_state = @standing, state = n.state
            from unnest(@contests::text[], @entries::text[], @states::text[]) n(contest_id, entry_id, state)
            where s.contest_id = n.contest_id and s.entry_id = n.entry_id and s.entry_state in ('awaiting', 'accepted')
            """,
            new
            {
                standing, contests = stakes.Select(s => s.ContestId).ToArray(),
                entries = stakes.Select(s => s.EntryId).ToArray(), states = stakes.Select(s => s.State).ToArray(),
            });
        Invariant.Holds(written == stakes.Count, $"stakes: updated {written} of {stakes.Count} rows");
    }
}
