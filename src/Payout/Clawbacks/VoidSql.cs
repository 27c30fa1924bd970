using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>All SQL of prizes that are taken back. Each statement runs inside the caller's transaction.</summary>
public static class VoidSql
{
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(30);

    private const string Prizes =
        $"""
        select a.contest_id, a.revision, a.entry_id, a.player_id, p.currency, (a.net_minor - r.reduced_minor) as net_minor,
            p.amount_minor as fee_minor,
            p.refunded_by_house_minor as refunded_minor, coalesce(v.voided_or_told_minor, 0)::bigint as voided_minor, coalesce(v.void_no,
                0) as void_no
        from payout.entry_payment p
            join payout.award a on a.contest_id = p.contest_id and a.entry_id = p.entry_id and a.player_id = p.player_id
            join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision and c.completed_at is not null
            {ClawbackSql.VoidsOfAward}
            {ClawbackSql.ReductionsOfAward}
        where p.refunded_by_house_minor > 0 and (a.net_minor - r.reduced_minor) * p.refunded_by_house_minor / p.amount_minor >
            coalesce(v.voided_or_told_minor, 0)
        """;

    public static Task<IReadOnlyList<RefundedPrize>> PrizesToVoid(
        this Tx tx, string contestId, int revision) => tx.Query<RefundedPrize>(
        $"{Prizes} and p.contest_id = @contestId and a.revision = @revision order by a.player_id, a.entry_id",
        new { contestId, revision });

    public static Task<IReadOnlyList<RefundedPrize>> PrizesToVoid(this Tx tx, RefundedEntry entry) => tx.Query<RefundedPrize>(
        $"{Prizes} and p.contest_id = @ContestId and p.entry_id = @EntryId order by a.revision", entry);

    /// <summary>Refunds that the house bore: the entries' prizes, if they won any, have to be looked at.</summary>
    public static async Task LookAtPrizes(this Tx tx, IReadOnlyList<(string ContestId, string EntryId)> entries)
    {
        if (entries.Count == 0) return;
        await tx.Execute(
            """
            update payout.entry_payment
            set void_due_at = @now
            where (contest_id, entry_id) in (select * from unnest(@contests::text[], @entries::text[]))
            """,
            new { now = tx.Now, contests = entries.Select(e => e.ContestId).ToArray(),
                entries = entries.Select(e => e.EntryId).ToArray() });
    }

    /// <returns>Refunded entries whose prizes have to be looked at; nobody else is at them.</returns>
    public static Task<IReadOnlyList<RefundedEntry>> EntriesToLookAt(
        this Tx tx, int countMax, string[] passedOver) => tx.Query<RefundedEntry>(
        """
        select p.contest_id, p.entry_id,
            exists (select from payout.contest c where c.contest_id = p.contest_id and c.completed_at is null) as is_being_posted
        from payout.entry_payment p
        where p.void_due_at <= @now and p.contest_id || '/' || p.entry_id <> all(@passedOver)
        order by p.void_due_at, p.contest_id, p.entry_id
        limit @countMax
        for update skip locked
        """,
        new { now = tx.Now, countMax, passedOver });

    /// <param name="later">False: it is settled what becomes of the prize, or the contest will look at it when it is
    /// settled.</param>
    public static Task LookedAt(this Tx tx, RefundedEntry entry, bool later) => tx.Execute(
        "update payout.entry_payment set void_due_at = @at where contest_id = @ContestId and entry_id = @EntryId",
        new { at = later ? tx.Now + s_later : (DateTimeOffset?)null, entry.ContestId, entry.EntryId });

    /// <summary>Locks the payout that stands for what a player won, and with it the contest and the player.</summary>
    /// <returns>Null: another took its place while it was waited for, and all that was read before is no longer so. Look again
    /// later.</returns>
    /// <exception cref="InvariantException">There is none.</exception>
    public static async Task<LockedPayout?> LockLatestPayout(this Tx tx, string contestId, int revision, string playerId)
    {
        var payoutId = await tx.LatestPayout(contestId, revision, playerId)
            ?? throw new InvariantException($"player {playerId} won in contest {contestId} and has no payout");
        var locked = await tx.LockPayout(payoutId) ?? throw new InvariantException($"payout {payoutId} is gone");
        return await tx.LatestPayout(contestId, revision, playerId) == payoutId ? locked : null;
    }

    /// <returns>The payout that now stands for what the player won.</returns>
    public static Task<string?> LatestPayout(this Tx tx, string contestId, int revision, string playerId) => tx.QueryOne<string>(
        """
        select payout_id from payout.payout
        where contest_id = @contestId and revision = @revision and player_id = @playerId
        order by reduction_no desc
        limit 1
        """,
        new { contestId, revision, playerId });

    public static async Task InsertVoid(
        this Tx tx, PrizePlace prize, int voidNo, string payoutId, long amountMinor, string outcome)
    {
        var written = await tx.Execute(
            """
            insert into payout.prize_void (contest_id, revision, entry_id, void_no, payout_id, amount_minor, outcome, at)
            values (@ContestId, @Revision, @EntryId, @voidNo, @payoutId, @amountMinor, @outcome, @now)
            """,
            new { prize.ContestId, prize.Revision, prize.EntryId, voidNo, payoutId, amountMinor, outcome, now = tx.Now });
        Invariant.Holds(written == 1, $"prize of entry {prize.EntryId}: wrote {written} rows");
    }

    /// <summary>
    /// The database refuses one that is not smaller than what it stands for, and a second one for the same payout.
    /// </summary>
    public static async Task InsertDerived(this Tx tx, PayoutRecord derived, string from)
    {
        var written = await tx.Execute(
            """
            insert into payout.payout
                (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at,
                    derived_from, reduction_no)
            select @PayoutId, @ContestId, @Revision, @PlayerId, @AmountMinor, @Currency, 'pending', @ChangeNo, @now, @now, p.payout_id,
                p.reduction_no + 1
            from payout.payout p
            where p.payout_id = @from
            """,
            new
            {
                derived.PayoutId, derived.ContestId, derived.Revision, derived.PlayerId, derived.AmountMinor, derived.Currency,
                derived.ChangeNo, now = tx.Now, from,
            });
        Invariant.Holds(written == 1, $"payout in place of {from}: wrote {written} rows");
    }
}
