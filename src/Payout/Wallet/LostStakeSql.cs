using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Wallet;

/// <summary>All SQL of stakes that wait for their lots. Each statement runs inside the caller's transaction.</summary>
public static class LostStakeSql
{
    public static Task KeepLostStakes(this Tx tx, IReadOnlyList<WalletStake> stakes) => tx.Execute(
        """
        insert into payout.lost_stake (contest_id, entry_id, player_id, amount_minor, currency, kept_at)
        select n.contest_id, n.entry_id, n.player_id, n.amount_minor, n.currency, @now
        from unnest(@contests::text[], @entries::text[], @players::text[], @amounts::bigint[], @currencies::text[])
            n(contest_id, entry_id, player_id, amount_minor, currency)
        on conflict do nothing
        """,
        new
        {
            contests = stakes.Select(s => s.ContestId).ToArray(), entries = stakes.Select(s => s.EntryId).ToArray(),
            players = stakes.Select(s => s.PlayerId).ToArray(), amounts = stakes.Select(s => s.AmountMinor).ToArray(),
            currencies = stakes.Select(s => s.Currency).ToArray(), now = tx.Now,
        });

    /// <returns>The contest of the oldest of those that can be decided now; null: none can.</returns>
    public static Task<string?> NextLostStakes(this Tx tx, IReadOnlyCollection<string> passedOver) => tx.QueryOne<string>(
        $"""
        select lost.contest_id from payout.lost_stake lost
        where lost.closed_at is null and lost.contest_id <> all(@passedOver) and {CanBeDecided}
        order by lost.kept_at, lost.contest_id, lost.entry_id
        limit 1
        """,
        new { passedOver = passedOver.ToArray() });

    /// <returns>Those of the contest that can be decided now, locked, the oldest first. The contest is locked by the
    /// caller.</returns>
    public static Task<IReadOnlyList<LostStake>> LockLostStakes(
        this Tx tx, string contestId, int countMax) => tx.Query<LostStake>(
        $"""
        select lost.contest_id, lost.entry_id, lost.player_id, lost.amount_minor, lost.currency,
            lost.accepted_at is not null as is_accepted, {HasLeft} as has_left
        from payout.lost_stake lost
        where lost.closed_at is null and lost.contest_id = @contestId and {CanBeDecided}
        order by lost.kept_at, lost.entry_id
        limit @countMax
        for no key update
        """,
        new { contestId, countMax });

    public static Task CloseLostStake(this Tx tx, LostStake stake) => tx.Execute(
        "update payout.lost_stake set closed_at = @now where contest_id = @ContestId and entry_id = @EntryId",
        new { now = tx.Now, stake.ContestId, stake.EntryId });

    /// <summary>Entries that took part when what is read again was written.</summary>
    public static Task AcceptLostStakes(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId)> accepted) => tx.Execute(
        """
        update payout.lost_stake s
        set accepted_at = @now
        from unnest(@contests::text[], @entries::text[]) n(contest_id, entry_id)
        where s.contest_id = n.contest_id and s.entry_id = n.entry_id and s.accepted_at is null and s.closed_at is null
        """,
        new
        {
            contests = accepted.Select(a => a.ContestId).ToArray(), entries = accepted.Select(a => a.EntryId).ToArray(),
            now = tx.Now,
        });

    private const string HasLeft =
        """
        (exists (select from payout.entry_left l where l.contest_id = lost.contest_id and l.entry_id = lost.entry_id)
            or exists (select from payout.collection c where c.contest_id = lost.contest_id and c.cancel_reason is not null))
        """;

    /// <summary>
    /// It is not needed any more; the wallet holds it and, where nothing shows that it was taken, is not frozen; or no recovery
    /// is open and nothing shows that it was taken, so that it is decided as any other.
    /// </summary>
    private const string CanBeDecided =
        $"""
        ({HasLeft}
            or lost.accepted_at is null and not {RecoverySql.IsOpen}
            or {WalletSql.HoldsLost} and (lost.accepted_at is not null or not exists (
                select from payout.dispute d where d.player_id = lost.player_id and {WalletSql.FreezesWallets})))
        """;
}
