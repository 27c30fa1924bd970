using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>A payment that is to be read from Stripe.</summary>
/// <param name="Hints">As counted when it was claimed: one that comes while it is read brings it back at once.</param>
public sealed record PaymentToRead(string ContestId, string EntryId, string IntentId, int RefundNo, long Hints);

/// <summary>An entry that has left its contest, and why.</summary>
public sealed record LeftEntry(string ContestId, string EntryId, string EntryState, string Reason);

/// <summary>All SQL of entries' payments. Each statement runs inside the caller's transaction.</summary>
public static class PaymentSql
{
    public const string Columns =
        $"""
        contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before, state, entry_state, give_back_reason, intent_no, intent_id,
        stripe_status, charge_id, stripe_fee_minor, cancel_no, cancel_open, refund_no, refund_asked_minor, refunded_minor, refunded_by_house_minor,
        refund_stuck, decline_mark, {ToldChangeSql.NumberOfPayment} as change_no, hints
        """;

    /// <returns>False when the entry has a payment already.</returns>
    public static async Task<bool> InsertPayment(this Tx tx, Contracts.EntryPaymentRequiredV1 required) => await tx.Execute(
        """
        insert into payout.entry_payment
            (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before, state, entry_state, created_at)
        values (@ContestId, @EntryId, @PlayerId, @PlayerEntryNo, @AmountMinor, @Currency, @PayBefore, 'requested', 'awaiting',
            @now)
        on conflict (contest_id, entry_id) do nothing
        """,
        new
        {
            required.ContestId, required.EntryId, required.PlayerId, required.PlayerEntryNo, required.AmountMinor,
            required.Currency, required.PayBefore,
            now = tx.Now,
        }) == 1;

    /// <summary>
    /// It leaves its contest and has no payment here: because it is free, or because the message that it was to be paid has not
    /// come.
    /// </summary>
    public static Task RememberLeft(this Tx tx, LeftEntry left) => tx.Execute(
        "insert into payout.entry_left (contest_id, entry_id, entry_state, reason) values (@ContestId, @EntryId, @EntryState, "
            + "@Reason) on conflict do nothing", left);

    /// <returns>Those of the entries that left before their payment was asked for.</returns>
    public static Task<IReadOnlyList<LeftEntry>> LeftBefore(
        this Tx tx, IReadOnlyList<Contracts.EntryPaymentRequiredV1> required) => tx.Query<LeftEntry>(
        """
        select l.contest_id, l.entry_id, l.entry_state, l.reason
        from unnest(@contests::text[], @entries::text[]) n(contest_id, entry_id)
        join payout.entry_left l on l.contest_id = n.contest_id and l.entry_id = n.entry_id
        order by l.contest_id, l.entry_id
        """,
        new { contests = required.Select(r => r.ContestId).ToArray(), entries = required.Select(r => r.EntryId).ToArray() });

    public static Task<EntryPayment?> LockPayment(this Tx tx, string contestId, string entryId) => tx.QueryOne<EntryPayment>(
        $"select {Columns} from payout.entry_payment where contest_id = @contestId and entry_id = @entryId for update",
        new { contestId, entryId });

    public static Task<EntryPayment?> FindPayment(this Tx tx, string contestId, string entryId) => tx.QueryOne<EntryPayment>(
        $"select {Columns} from payout.entry_payment where contest_id = @contestId and entry_id = @entryId",
        new { contestId, entryId });

    /// <summary>What a player needs to pay with; never logged, never sent.</summary>
    public static Task<string?> ClientSecret(this Tx tx, string contestId, string entryId) => tx.QueryOne<string>(
        "select client_secret from payout.entry_payment where contest_id = @contestId and entry_id = @entryId",
        new { contestId, entryId });

    /// <summary>The row is locked by the caller.</summary>
    public static async Task UpdatePayment(this Tx tx, EntryPayment payment)
    {
        var written = await tx.Execute(
            """
            update payout.entry_payment
            set state = @State, entry_state = @EntryState, give_back_reason = @GiveBackReason, intent_no = @IntentNo, intent_id =
                @IntentId,
                stripe_status = @StripeStatus, charge_id = @ChargeId, stripe_fee_minor = @StripeFeeMinor, cancel_no = @CancelNo,
                    cancel_open = @CancelOpen,
                refund_no = @RefundNo, refund_asked_minor = @RefundAskedMinor, refunded_minor = @RefundedMinor,
                refunded_by_house_minor = @RefundedByHouseMinor, refund_stuck = @RefundStuck, decline_mark = @DeclineMark,
                    change_no = @ChangeNo
            where contest_id = @ContestId and entry_id = @EntryId
            """,
            payment);
        Invariant.Holds(written == 1, $"payment of entry {payment.EntryId}: updated {written} rows");
    }

    /// <param name="clientSecret">Kept apart from the record, so that nothing that prints a payment prints it.</param>
    public static Task SaveSecret(this Tx tx, EntryPayment payment, string? clientSecret) => tx.Execute(
        "update payout.entry_payment set client_secret = @clientSecret where contest_id = @ContestId and entry_id = @EntryId",
        new { clientSecret, payment.ContestId, payment.EntryId });

    /// <summary>Entries that take part now; those that have gone further are left alone.</summary>
    /// <returns>Those of them of whose fee something went back before.</returns>
    public static Task<IReadOnlyList<EntryPayment>> AcceptPaidEntries(
        this Tx tx, IReadOnlyList<Contracts.EntryAcceptedV1> accepted) => tx.Query<EntryPayment>(
        $"""
        with accepted as (
            update payout.entry_payment p
            set entry_state = 'accepted'
            from unnest(@contests::text[], @entries::text[]) n(contest_id, entry_id)
            where p.contest_id = n.contest_id and p.entry_id = n.entry_id and p.entry_state = 'awaiting'
            returning p.*)
        select {Columns} from accepted where refunded_minor > refunded_by_house_minor order by contest_id, entry_id
        """,
        new { contests = accepted.Select(a => a.ContestId).ToArray(), entries = accepted.Select(a => a.EntryId).ToArray() });

    /// <summary>An event said that something about the intent, its charge or a refund of it changed.</summary>
    public static Task<int> HintPayment(this Tx tx, string intentId) => tx.Execute(
        "update payout.entry_payment set read_due_at = @now, hints = hints + 1 where intent_id = @intentId",
        new { intentId, now = tx.Now });

    public static Task ReadPaymentAt(this Tx tx, EntryPayment payment, DateTimeOffset? at) => tx.Execute(
        "update payout.entry_payment set read_due_at = @at where contest_id = @ContestId and entry_id = @EntryId",
        new { at, payment.ContestId, payment.EntryId });

    /// <summary>After a reading: back at once when a hint came meanwhile.</summary>
    public static Task ReadPaymentAgain(this Tx tx, PaymentToRead read, DateTimeOffset? at) => tx.Execute(
        """
        update payout.entry_payment
        set read_due_at = case when hints > @Hints then @now else @at end
        where contest_id = @ContestId and entry_id = @EntryId
        """,
        new { at, now = tx.Now, read.ContestId, read.EntryId, read.Hints });

    /// <summary>
    /// Takes payments that are due to be read; should the reader die they are due again at <paramref name="again"/>.
    /// </summary>
    public static Task<IReadOnlyList<PaymentToRead>> ClaimReads(
        this Tx tx, int countMax, DateTimeOffset again) => tx.Query<PaymentToRead>(
        """
        with due as materialized (
            select contest_id, entry_id, read_due_at from payout.entry_payment
            where read_due_at <= @now and intent_id is not null
            order by read_due_at, contest_id, entry_id
            limit @countMax
            for update skip locked),
        claimed as (
            update payout.entry_payment p
            set read_due_at = @again
            from due
            where p.contest_id = due.contest_id and p.entry_id = due.entry_id
            returning p.contest_id, p.entry_id, p.intent_id, p.refund_no, p.hints, due.read_due_at as was_due_at)
        select contest_id, entry_id, intent_id, refund_no, hints from claimed order by was_due_at, contest_id, entry_id
        """,
        new { now = tx.Now, again, countMax });

    /// <returns>Payments of cancelled contests of which nobody has said yet that they go back, locked.</returns>
    public static Task<IReadOnlyList<EntryPayment>> LockPaymentsToRefund(
        this Tx tx, string contestId, int countMax) => tx.Query<EntryPayment>(
        $"""
        select {Columns} from payout.entry_payment
        where contest_id = @contestId and entry_state in ('awaiting', 'accepted')
        order by entry_id
        limit @countMax
        for update
        """,
        new { contestId, countMax });
}
