using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>Whose entry a payment paid, or whose deposit it is.</summary>
/// <param name="ContestId">Null, as the entry: it is a deposit into the player's wallet.</param>
public sealed record PaidEntry(string? ContestId, string? EntryId, string PlayerId);

/// <summary>All SQL of disputes.</summary>
public static class DisputeSql
{
    /// <summary>An event said that something about it may have changed.</summary>
    public static async Task HintDispute(this Tx tx, string disputeId)
    {
        var written = await tx.Execute(
            """
            insert into payout.dispute (dispute_id, stale, hinted_at, hints)
            values (@disputeId, true, @now, 1)
            on conflict (dispute_id) do update set stale = true, hinted_at = @now, hints = dispute.hints + 1, read_after = null
            """,
            new { disputeId, now = tx.Now });
        Invariant.Holds(written == 1, $"dispute {disputeId}: wrote {written} rows");
    }

    /// <summary>
    /// What an event hinted at; and what was about a payment that no entry was known to be paid by, once one is: Stripe's answer
    /// to who asked for it may come after the dispute.
    /// </summary>
    public static Task<IReadOnlyList<StaleDispute>> StaleDisputes(this Tx tx, int countMax) => tx.Query<StaleDispute>(
        """
        select d.dispute_id, d.hints, d.readings
        from payout.dispute d
        where (d.stale or d.player_id is null and (
            exists (select from payout.entry_payment e where e.intent_id = d.payment_intent_id)
            or exists (select from payout.wallet_deposit w where w.intent_id = d.payment_intent_id)))
            and (d.read_after is null or d.read_after <= @now)
        order by d.hinted_at, d.dispute_id
        limit @countMax
        """,
        new { countMax, now = tx.Now });

    /// <summary>Unless an event has hinted at it since.</summary>
    public static Task ReadDisputeAt(this Tx tx, StaleDispute stale, DateTimeOffset at) => tx.Execute(
        "update payout.dispute set read_after = @at where dispute_id = @DisputeId and hints = @Hints",
        new { at, stale.DisputeId, stale.Hints });

    public static Task<IReadOnlyList<DisputeFacts>> UnappliedDisputes(this Tx tx, int countMax) => tx.Query<DisputeFacts>(
        $"select {ClawbackSql.DisputeColumns} from payout.dispute where phase <> applied and (apply_after is null or "
            + $"apply_after <= @now) order by hinted_at, dispute_id limit @countMax",
        new { countMax, now = tx.Now });

    /// <summary>What follows from it is tried again then.</summary>
    public static Task ApplyDisputeAt(this Tx tx, string disputeId, DateTimeOffset at) => tx.Execute(
        "update payout.dispute set apply_after = @at where dispute_id = @disputeId", new { disputeId, at });

    /// <returns>The entry for whose fee the payment was asked, or the deposit; null when none is recorded as asked for by
    /// it.</returns>
    public static Task<PaidEntry?> EntryPaidBy(this Tx tx, string? intentId, string? chargeId) => tx.QueryOne<PaidEntry>(
        """
        select contest_id, entry_id, player_id
        from payout.entry_payment
        where intent_id = @intentId or @intentId is null and charge_id = @chargeId
        union all
        select null, null, player_id
        from payout.wallet_deposit
        where intent_id = @intentId or @intentId is null and charge_id = @chargeId
        order by contest_id, entry_id
        limit 1
        """,
        new { intentId, chargeId });

    /// <returns>The player as first known; null before.</returns>
    public static Task<string?> PlayerOfDispute(this Tx tx, string disputeId) =>
        tx.QueryOne<string>("select player_id from payout.dispute where dispute_id = @disputeId", new { disputeId });

    /// <summary>
    /// Hints that came after it was read stay. So does what it is about, once known, and the contest that its lines are booked
    /// under. What follows from it for a player follows when the player is known.
    /// </summary>
    /// <returns>Null: another reading of it was stored since this one was asked for.</returns>
    /// <param name="paid">The entry that the disputed payment paid, by our own record; null: no entry is recorded as paid by
    /// it.</param>
    public static Task<SavedDispute?> SaveDispute(this Tx tx, DisputeReading read, PaidEntry? paid) => tx.QueryOne<SavedDispute>(
        $"""
        update payout.dispute
        set charge_id = @ChargeId, payment_intent_id = @PaymentIntentId, contest_id = coalesce(contest_id, @ContestId),
            entry_id = coalesce(entry_id, @EntryId), player_id = coalesce(player_id, @PlayerId),
            applied = case when player_id is null and @PlayerId is not null then 'unread' else applied end,
            booked_under = coalesce(booked_under, contest_id, @ContestId, '{DisputeLines.NoContest}'), amount_minor = @AmountMinor, currency = @Currency,
            reason = @Reason, status = @Status, phase = @Phase, stale = hints > @Hints, read_at = @ReadAt, readings = readings + 1, read_after = null,
            lost_minor = @lostMinor, was_lost = was_lost or @Phase = 'lost', opened_at = coalesce(opened_at, @ReadAt),
            closed_at = case when @Phase in ('won', 'lost') then coalesce(closed_at, @ReadAt) end
        where dispute_id = @DisputeId and readings = @Readings
        returning contest_id, entry_id, player_id, booked_under, recovered_minor
        """,
        new
        {
            read.ChargeId, read.PaymentIntentId, paid?.ContestId, paid?.EntryId, paid?.PlayerId, read.AmountMinor, read.Currency,
            read.Reason, read.Status,
            read.Phase, read.ReadAt, read.Asked.Hints, read.Asked.Readings, read.DisputeId,
            lostMinor = read.LostMinor(read.Currency),
        });

    /// <summary>The dispute is locked. Lines of before refer to its movements, later ones to the dispute.</summary>
    /// <returns>What the ledger has as lost of it, by currency, in minor units.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> LossBooked(this Tx tx, DisputeReading read, string bookedUnder) =>
        (await tx.Query<(string Currency, long LostMinor)>(
            $"""
            select currency, sum(case when code = '{DisputeLines.Lost}' then amount_minor else -amount_minor end)::bigint as lost_minor
            from payout.ledger_transfer
            where contest_id = @bookedUnder and revision = 0 and code in ('{DisputeLines.Lost}', '{DisputeLines.Regained}') and reference = any(@references)
            group by currency
            order by currency
            """,
            new { bookedUnder, references = read.Movements.Select(m => m.TransactionId).Append(read.DisputeId).ToArray() }))
        .ToDictionary(l => l.Currency, l => l.LostMinor, StringComparer.Ordinal);

    /// <returns>The deposit that a dispute is about, which is its lot's id; null: it is about none.</returns>
    public static Task<string?> DisputedDeposit(this Tx tx, string disputeId) => tx.QueryOne<string>(
        """
        select w.deposit_id
        from payout.dispute d
        join payout.wallet_deposit w on w.intent_id = d.payment_intent_id or d.payment_intent_id is null and w.charge_id = d.charge_id
        where d.dispute_id = @disputeId
        """,
        new { disputeId });

    /// <returns>Payouts of a player's withdrawals that are not over, the newest first.</returns>
    public static Task<IReadOnlyList<string>> UnpaidWithdrawals(this Tx tx, string playerId, string currency) => tx.Query<string>(
        """
        select p.payout_id
        from payout.wallet_withdrawal w join payout.payout p on p.payout_id = w.payout_id
        where w.player_id = @playerId and w.currency = @currency and p.state not in ('paid', 'failed', 'rejected', 'reversed')
        order by w.created_at desc, p.payout_id
        """,
        new { playerId, currency });

    public static async Task<bool> IsOpen(this Tx tx, string disputeId) =>
        await tx.QueryOne<string>("select phase from payout.dispute where dispute_id = @disputeId", new { disputeId })
            == DisputePhase.Open;

    /// <returns>False when the dispute has moved on meanwhile: its new phase is applied next.</returns>
    public static async Task<bool> MarkApplied(this Tx tx, DisputeFacts dispute) => await tx.Execute(
        "update payout.dispute set applied = @Phase, applied_no = applied_no + 1 where dispute_id = @DisputeId and phase = "
            + "@Phase and applied = @Applied and applied_no = @AppliedNo", dispute) == 1;

    /// <summary>
    /// What follows from a lost dispute is done once more, and told once more: there is a prize that has to wait.
    /// </summary>
    public static Task LookAtDispute(this Tx tx, string disputeId) => tx.Execute(
        "update payout.dispute set applied = 'unread', apply_after = null where dispute_id = @disputeId and phase = 'lost'",
        new { disputeId });

    /// <summary>Holds a payout for every open dispute of its player. The player is locked, so none can open unseen.</summary>
    /// <returns>True when there was a new hold.</returns>
    public static async Task<bool> HoldForDisputes(this Tx tx, PayoutRecord payout) => await tx.Execute(
        """
        insert into payout.payout_hold (payout_id, cause, reference, reason, since)
        select @PayoutId, 'dispute', d.dispute_id, 'dispute ' || d.dispute_id || ' is open', @now
        from payout.dispute d
        where d.player_id = @PlayerId and d.phase = 'open'
        on conflict do nothing
        """,
        new { payout.PayoutId, payout.PlayerId, now = tx.Now }) > 0;

    /// <summary>
    /// A contest whose awards are still being posted does not know yet how many payouts it has; each of them is looked at when it
    /// begins.
    /// </summary>
    /// <returns>Unpaid payouts of a player that do not bear the hold.</returns>
    public static Task<IReadOnlyList<string>> PayoutsToFreeze(this Tx tx, string playerId, string disputeId) => tx.Query<string>(
        """
        select p.payout_id
        from payout.payout p
            join payout.contest c on c.contest_id = p.contest_id and c.revision = p.revision and c.completed_at is not null
        where p.player_id = @playerId and p.state in ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting')
            and not exists (
                select 1 from payout.payout_hold h where h.payout_id = p.payout_id and h.cause = 'dispute' and h.reference =
                    @disputeId)
        order by p.contest_id, p.revision, p.payout_id
        """,
        new { playerId, disputeId });

    public static Task<IReadOnlyList<string>> PayoutsFrozenBy(this Tx tx, string disputeId) => tx.Query<string>(
        """
        select payout_id from payout.payout_hold
        where cause = 'dispute' and reference = @disputeId and released_at is null
        order by payout_id
        """,
        new { disputeId });

    /// <returns>False when it was asked before.</returns>
    public static async Task<bool> AskReversal(this Tx tx, ReversalToMake wanted, string state) => await tx.Execute(
        """
        insert into payout.payout_reversal (payout_id, dispute_id, transfer_id, asked_minor, reversed_minor, state, at)
        values (@PayoutId, @DisputeId, @TransferId, @AmountMinor, 0, @state, @now)
        on conflict do nothing
        """,
        new { wanted.PayoutId, wanted.DisputeId, wanted.TransferId, wanted.AmountMinor, state, now = tx.Now }) == 1;
}
