using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Wallet;

/// <summary>A new lot.</summary>
/// <param name="Reference">What it came from: a charge at Stripe, or the contest and revision that was won.</param>
public sealed record NewLot(string LotId, WalletKey Wallet, string Source, string Reference, long AmountMinor);

/// <summary>What was taken of a lot for one purpose and has not come back.</summary>
/// <param name="UseId">The purpose: the words of the ledger line that took it.</param>
public sealed record LotUse(string UseId, string LotId, string PlayerId, string Currency, long AmountMinor);

/// <summary>All SQL of wallets and their lots. Each statement runs inside the caller's transaction.</summary>
public static class WalletSql
{
    /// <summary>
    /// Part of a condition: the dispute <c>d</c> is of a deposit, and keeps what is in its player's wallets from leaving them.
    /// </summary>
    public const string FreezesWallets =
        "d.contest_id is null and (d.phase = 'open' or d.phase = 'lost' and d.applied <> 'lost')";

    /// <summary>
    /// A condition: the wallet of what the books have lost, <c>lost</c>, holds enough for it.
    /// </summary>
    public const string HoldsLost =
        """
        lost.amount_minor <= (
            select coalesce(sum(l.left_minor), 0)
            from payout.wallet_lot l
            where l.player_id = lost.player_id and l.currency = lost.currency and l.left_minor > 0)
        """;

    /// <summary>
    /// Everybody who changes a wallet waits here, in one order: what is read of its lots afterwards stands until the commit.
    /// </summary>
    public static async Task LockWallets(this Tx tx, IReadOnlyCollection<WalletKey> wallets)
    {
        WalletKey[] sorted = [.. wallets.Distinct().Order()];
        var keys = new
        {
            players = sorted.Select(w => w.PlayerId).ToArray(), currencies = sorted.Select(w => w.Currency).ToArray(),
        };
        await tx.Execute(
            """
            insert into payout.wallet (player_id, currency)
            select player_id, currency
            from unnest(@players::text[], @currencies::text[]) with ordinality n(player_id, currency, no)
            order by no
            on conflict do nothing
            """,
            keys);
        var locked = await tx.Query<string>(
            """
            select w.player_id
            from payout.wallet w
            join unnest(@players::text[], @currencies::text[]) n(player_id, currency)
                on n.player_id = w.player_id and n.currency = w.currency
            order by w.player_id collate "C", w.currency collate "C"
            for update of w
            """,
            keys);
        Invariant.Holds(locked.Count == sorted.Length, $"locked {locked.Count} of {sorted.Length} wallets");
    }

    /// <summary>
    /// All wallets that the player has, in the same order: what is about to leave one of them is seen, or sees what is written
    /// now.
    /// </summary>
    public static Task<IReadOnlyList<string>> LockWalletsOf(this Tx tx, string playerId) => tx.Query<string>(
        """
        select currency from payout.wallet where player_id = @playerId order by currency collate "C" for update
        """,
        new { playerId });

    /// <summary>
    /// While a deposit of a player is disputed, and until what is lost of it is taken, nothing leaves the player's wallets.
    /// </summary>
    /// <returns>Those of the players whose wallets are frozen.</returns>
    public static Task<IReadOnlyList<string>> FrozenWallets(this Tx tx, IReadOnlyCollection<string> players) => tx.Query<string>(
        $"""
        select distinct d.player_id
        from payout.dispute d
        where d.player_id = any(@players) and {FreezesWallets}
        order by d.player_id
        """,
        new { players = players.ToArray() });

    /// <summary>
    /// What a player asks to go out of the wallet waits for both: the dispute, and for books that may lack what has gone out
    /// already. A stake waits for the dispute alone: those that are read again were decided before.
    /// </summary>
    public static async Task<bool> MayNotLeave(this Tx tx, string playerId) => (await tx.WalletFrozenBy(playerId)).Count > 0;

    /// <returns>Of <see cref="WalletFrozen"/>, what keeps the player from taking something out; empty: nothing does.</returns>
    public static async Task<IReadOnlyList<string>> WalletFrozenBy(this Tx tx, string playerId) =>
    [
        .. (await tx.FrozenWallets([playerId])).Count > 0 ? [WalletFrozen.ByDispute] : Array.Empty<string>(),
        .. await tx.OpenRecovery() is not null ? [WalletFrozen.ByRecovery] : Array.Empty<string>(),
    ];

    /// <returns>What is left in these wallets, the oldest lot of each first.</returns>
    public static Task<IReadOnlyList<WalletLot>> Lots(this Tx tx, IReadOnlyCollection<WalletKey> wallets) => tx.Query<WalletLot>(
        """
        select l.lot_id, l.player_id, l.currency, l.source, l.credited_at, l.left_minor
        from payout.wallet_lot l
        join unnest(@players::text[], @currencies::text[]) n(player_id, currency)
            on n.player_id = l.player_id and n.currency = l.currency
        where l.left_minor > 0
        order by l.player_id, l.currency, l.credited_at, l.lot_id
        """,
        new
        {
            players = wallets.Select(w => w.PlayerId).ToArray(), currencies = wallets.Select(w => w.Currency).ToArray(),
        });

    public static async Task InsertLots(this Tx tx, IReadOnlyList<NewLot> lots)
    {
        if (lots.Count == 0) return;
        var written = await tx.Execute(
            """
            insert into payout.wallet_lot
                (lot_id, player_id, currency, source, reference, credited_at, amount_minor, left_minor)
            select n.lot_id, n.player_id, n.currency, n.source, n.reference, @now, n.amount_minor, n.amount_minor
            from unnest(@ids::text[], @players::text[], @currencies::text[], @sources::text[], @references::text[],
                @amounts::bigint[]) n(lot_id, player_id, currency, source, reference, amount_minor)
            """,
            new
            {
                ids = lots.Select(l => l.LotId).ToArray(), players = lots.Select(l => l.Wallet.PlayerId).ToArray(),
                currencies = lots.Select(l => l.Wallet.Currency).ToArray(), sources = lots.Select(l => l.Source).ToArray(),
                references = lots.Select(l => l.Reference).ToArray(), amounts = lots.Select(l => l.AmountMinor).ToArray(),
                now = tx.NowStored(),
            });
        Invariant.Holds(written == lots.Count, $"lots {lots[0].LotId} …: wrote {written} of {lots.Count} rows");
    }

    /// <summary>Writes down what is taken, and from which lots. The wallets are locked by the caller.</summary>
    public static async Task UseLots(this Tx tx, IReadOnlyList<LotUse> uses)
    {
        if (uses.Count == 0) return;
        await tx.ChangeLots(uses.GroupBy(u => u.LotId, u => -u.AmountMinor, StringComparer.Ordinal));
        var written = await tx.Execute(
            """
            insert into payout.wallet_use (use_id, lot_id, taken_minor, taken_at)
            select n.use_id, n.lot_id, n.taken_minor, @now
            from unnest(@ids::text[], @lots::text[], @amounts::bigint[]) n(use_id, lot_id, taken_minor)
            """,
            new
            {
                ids = uses.Select(u => u.UseId).ToArray(), lots = uses.Select(u => u.LotId).ToArray(),
                amounts = uses.Select(u => u.AmountMinor).ToArray(), now = tx.Now,
            });
        Invariant.Holds(written == uses.Count, $"use {uses[0].UseId} …: wrote {written} of {uses.Count} rows");
    }

    /// <returns>What was taken for these purposes and has not come back.</returns>
    public static Task<IReadOnlyList<LotUse>> Uses(this Tx tx, IReadOnlyCollection<string> useIds) => tx.Query<LotUse>(
        """
        select u.use_id, u.lot_id, l.player_id, l.currency, u.taken_minor as amount_minor
        from payout.wallet_use u join payout.wallet_lot l using (lot_id)
        where u.use_id = any(@useIds) and u.returned_at is null
        order by u.use_id, u.lot_id
        """,
        new { useIds = useIds.ToArray() });

    /// <summary>Puts back what was taken, into the lots it was taken from; once. The wallets are locked by the caller.</summary>
    public static async Task ReturnUses(this Tx tx, IReadOnlyList<LotUse> uses)
    {
        if (uses.Count == 0) return;
        var written = await tx.Execute(
            """
            update payout.wallet_use u
            set returned_at = @now
            from unnest(@ids::text[], @lots::text[]) n(use_id, lot_id)
            where u.use_id = n.use_id and u.lot_id = n.lot_id and u.returned_at is null
            """,
            new { ids = uses.Select(u => u.UseId).ToArray(), lots = uses.Select(u => u.LotId).ToArray(), now = tx.Now });
        Invariant.Holds(written == uses.Count, $"use {uses[0].UseId} …: returned {written} of {uses.Count} parts");
        await tx.ChangeLots(uses.GroupBy(u => u.LotId, u => u.AmountMinor, StringComparer.Ordinal));
    }

    private static async Task ChangeLots(this Tx tx, IEnumerable<IGrouping<string, long>> changes)
    {
        var lots = changes.Select(c => new LotPart(c.Key, c.Sum())).ToArray();
        var written = await tx.Execute(
            """
            update payout.wallet_lot l
            set left_minor = l.left_minor + n.change_minor
            from unnest(@lots::text[], @changes::bigint[]) n(lot_id, change_minor)
            where l.lot_id = n.lot_id
            """,
            new { lots = lots.Select(l => l.LotId).ToArray(), changes = lots.Select(l => l.AmountMinor).ToArray() });
        Invariant.Holds(written == lots.Length, $"lots {lots[0].LotId} …: updated {written} of {lots.Length} rows");
    }
}
