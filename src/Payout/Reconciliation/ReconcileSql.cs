using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>A ledger line of Stripe's balance.</summary>
/// <param name="Reference">Stripe's id, as whoever posted it had it.</param>
/// <param name="IsFee">What Stripe charged, not what was moved.</param>
/// <param name="AmountMinor">Positive what came in.</param>
/// <param name="WaitsForFunds">Of a refund that is booked, and that Stripe sends when the balance reaches: it may not have moved
/// anything yet.</param>
/// <param name="IsOutside">Booked by a comparison, of a movement that nothing here brought about.</param>
public sealed record BalanceLine(
    string LineId, string Reference, bool IsFee, long AmountMinor, string Currency, DateTimeOffset PostedAt, bool WaitsForFunds,
    bool IsOutside);

/// <summary>From where on movements from outside are booked one by one.</summary>
/// <param name="FromTime">What was before is in the opening amount.</param>
public sealed record StripeOpening(string Currency, long AmountMinor, DateTimeOffset FromTime);

/// <summary>An event of the platform as it was recorded.</summary>
public sealed record RecordedEvent(
    string EventId, string Type, string ObjectId, long? AmountMinor, string? Currency, DateTimeOffset CreatedAt,
    DateTimeOffset ReceivedAt);

/// <summary>What a run found, as it is kept.</summary>
/// <param name="Differences">JSON.</param>
public sealed record ReconciliationRow(
    long RunNo, DateTimeOffset At, DateTimeOffset WindowFrom, DateTimeOffset WindowTo, int Matched, int Pending, int Outside,
    long OutsideMinor, decimal Clearing, decimal Completeness, decimal Timeliness, int DifferenceCount, string Differences);

/// <summary>
/// All SQL of reconciliation: this side's facts of a span of time, read however long it takes, and what the runs found.
/// </summary>
public static class ReconcileSql
{
    /// <remarks>The account stands in the text, not in a parameter: only so is the index of its lines taken.</remarks>
    public static Task<IReadOnlyList<BalanceLine>> BalanceLines(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<BalanceLine>(
        $"""
        select transfer_id::text as line_id, reference, (debit_account = @fees or credit_account = @fees) as is_fee,
            case when debit_account = '{LedgerAccounts.StripeBalance}' then amount_minor else -amount_minor end as amount_minor, currency, posted_at,
            exists (select from payout.entry_refund r where r.refund_id = reference and r.pending_reason = '{RefundCalls.WaitsForFunds}')
                or exists (select from payout.deposit_refund r where r.refund_id = reference and r.pending_reason = '{RefundCalls.WaitsForFunds}') as waits_for_funds,
            code in ('{OutsideBooking.MovementCode}', '{OutsideBooking.OpeningCode}') as is_outside
        from payout.ledger_transfer
        where (debit_account = '{LedgerAccounts.StripeBalance}' or credit_account = '{LedgerAccounts.StripeBalance}') and posted_at >= @from and posted_at < @to
        order by transfer_id
        """,
        new { fees = LedgerAccounts.StripeFees, from, to }, patiently: true);

    /// <summary>First in a transaction: all that it reads is of one moment.</summary>
    public static Task ReadAsOfOneMoment(this Tx tx) => tx.Execute("set transaction isolation level repeatable read");

    /// <returns>What the ledger says Stripe holds, by currency.</returns>
    public static Task<IReadOnlyList<StripeHolds>> LedgerTotals(this Tx tx) => tx.Query<StripeHolds>(
        "select currency, -sum(balance_minor)::bigint as amount_minor from payout.ledger_account where account = @account "
            + "group by currency order by currency",
        new { account = LedgerAccounts.StripeBalance });

    /// <returns>Lines of refunds that wait at Stripe for the balance, however old.</returns>
    public static Task<IReadOnlyList<MoneyFact>> WaitingRefunds(this Tx tx) => tx.Query<MoneyFact>(
        $"""
        select t.transfer_id::text as id, t.reference as subject, '{MoneyParts.Gross}' as part, -t.amount_minor as amount_minor, t.currency, t.posted_at as at
        from payout.entry_refund r
        join payout.ledger_transfer t on t.contest_id = r.contest_id and t.revision = 0 and t.reference = r.refund_id and t.credit_account = '{LedgerAccounts.StripeBalance}'
        where r.pending_reason = '{RefundCalls.WaitsForFunds}'
        union all
        select t.transfer_id::text, t.reference, '{MoneyParts.Gross}', -t.amount_minor, t.currency, t.posted_at
        from payout.deposit_refund r
        join payout.ledger_transfer t on t.contest_id = '' and t.revision = 0 and t.reference = r.refund_id and t.credit_account = '{LedgerAccounts.StripeBalance}'
        where r.pending_reason = '{RefundCalls.WaitsForFunds}'
        order by id
        """);

    public static Task<IReadOnlyList<StripeOpening>> Openings(this Tx tx) =>
        tx.Query<StripeOpening>("select currency, amount_minor, from_time from payout.stripe_opening order by currency");

    public static async Task Open(this Tx tx, StripeOpening opening)
    {
        var written = await tx.Execute(
            "insert into payout.stripe_opening (currency, amount_minor, from_time, opened_at) values (@Currency, @AmountMinor, "
                + "@FromTime, @now)",
            new { opening.Currency, opening.AmountMinor, opening.FromTime, now = tx.Now });
        Invariant.Holds(written == 1, $"opening of {opening.Currency}: wrote {written} rows");
    }

    /// <summary>
    /// One row a payout that was ever attempted; without Stripe's id while none of its attempts is known to have paid.
    /// </summary>
    public static Task<IReadOnlyList<ObjectFact>> TransfersHere(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<ObjectFact>(
        """
        select distinct on (p.payout_id) 'transfer' as kind, case when a.outcome = 'paid' then coalesce(a.transfer_id, '') else ''
            end as stripe_id,
            p.payout_id as subject, p.amount_minor, p.currency, a.destination, coalesce(a.closed_at, a.first_used_at) as at
        from payout.attempt a join payout.payout p on p.payout_id = a.payout_id
        where a.first_used_at >= @from and a.first_used_at < @to
        order by p.payout_id, (a.outcome = 'paid') desc, a.attempt_no desc
        """,
        new { from, to }, patiently: true);

    /// <summary>Paid or not; the time is that of its first payment, not of what came after.</summary>
    public static Task<IReadOnlyList<ObjectFact>> PaymentsHere(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<ObjectFact>(
        """
        select 'payment' as kind, coalesce(p.charge_id, '') as stripe_id, p.contest_id || '/' || p.entry_id as subject,
            p.amount_minor, p.currency,
            null::text as destination, coalesce(f.paid_at, f.first_at) as at
        from payout.entry_payment p
            cross join lateral (
                select min(c.at) filter (where c.state = 'paid') as paid_at, min(c.at) as first_at
                from payout.entry_payment_change c
                where c.contest_id = p.contest_id and c.entry_id = p.entry_id) f
        where coalesce(f.paid_at, f.first_at) >= @from and coalesce(f.paid_at, f.first_at) < @to
        union all
        select 'payment', coalesce(d.charge_id, ''), d.deposit_id, d.amount_minor, d.currency, null,
            coalesce(d.charged_at, d.created_at)
        from payout.wallet_deposit d
        where coalesce(d.charged_at, d.created_at) >= @from and coalesce(d.charged_at, d.created_at) < @to
        order by subject
        """,
        new { from, to }, patiently: true);

    /// <summary>
    /// Also those that were asked for before, and were made within the time or are still to be: Stripe's day is that on which it
    /// made them.
    /// </summary>
    public static Task<IReadOnlyList<ObjectFact>> RefundsHere(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<ObjectFact>(
        """
        select 'refund' as kind, case when r.state = 'done' then coalesce(r.refund_id, '') else '' end as stripe_id,
            'refund/' || r.contest_id || '/' || r.entry_id || '/' || r.refund_no as subject, r.amount_minor, p.currency,
                null::text as destination,
            r.asked_at as at
        from payout.entry_refund r join payout.entry_payment p on p.contest_id = r.contest_id and p.entry_id = r.entry_id
        where r.asked_at < @to and (r.asked_at >= @from or r.done_at >= @from or r.state = 'open')
        union all
        select 'refund', case when r.state = 'done' then coalesce(r.refund_id, '') else '' end,
            'deposit-refund/' || r.deposit_id || '/' || r.refund_no, r.amount_minor, d.currency, null, r.asked_at
        from payout.deposit_refund r join payout.wallet_deposit d on d.deposit_id = r.deposit_id
        where r.asked_at < @to and (r.asked_at >= @from or r.done_at >= @from or r.state = 'open')
        order by subject
        """,
        new { from, to }, patiently: true);

    public static Task<IReadOnlyList<ObjectFact>> ReversalsHere(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<ObjectFact>(
        """
        select 'reversal' as kind, reversal_id as stripe_id, payout_id as subject, amount_minor, currency, null::text as
            destination, booked_at as at
        from payout.transfer_reversal
        where booked_at >= @from and booked_at < @to
        order by reversal_id
        """,
        new { from, to }, patiently: true);

    /// <summary>Those that were read from Stripe; the time is that of the first reading.</summary>
    public static Task<IReadOnlyList<ObjectFact>> DisputesHere(
        this Tx tx, DateTimeOffset from, DateTimeOffset to) => tx.Query<ObjectFact>(
        """
        select 'dispute' as kind, dispute_id as stripe_id, coalesce(contest_id || '/' || entry_id, dispute_id) as subject,
            amount_minor, currency,
            null::text as destination, opened_at as at
        from payout.dispute
        where phase <> 'unread' and opened_at >= @from and opened_at < @to
        order by dispute_id
        """,
        new { from, to }, patiently: true);

    public static Task<IReadOnlyList<RecordedEvent>> EventsHere(
        this Tx tx, IReadOnlyCollection<string> types, DateTimeOffset from, DateTimeOffset to) =>
        tx.Query<RecordedEvent>(
            """
            select event_id, type, object_id, amount_minor, currency, coalesce(created, received_at) as created_at, received_at
            from payout.stripe_event
            where account is null and object_id is not null and type = any(@types) and coalesce(created, received_at) >= @from
                and coalesce(created, received_at) < @to
            order by event_id
            """,
            new { types = types.ToArray(), from, to }, patiently: true);

    public static async Task SaveReconciliation(this Tx tx, ReconcileReport report, string differences)
    {
        var written = await tx.Execute(
            """
            insert into payout.reconciliation
                (at, window_from, window_to, matched, pending, outside, outside_minor, clearing, completeness, timeliness,
                    difference_count, differences)
            values
                (@now, @From, @To, @Matched, @Pending, @Outside, @OutsideMinor, @Clearing, @Completeness, @Timeliness, @count,
                    @differences::jsonb)
            """,
            new
            {
                now = tx.Now, report.From, report.To, report.Matched, report.Pending, report.Outside, report.OutsideMinor,
                report.Clearing, report.Completeness,
                report.Timeliness, count = report.Differences.Count, differences,
            });
        Invariant.Holds(written == 1, $"reconciliation: wrote {written} rows");
    }

    public static Task<IReadOnlyList<ReconciliationRow>> Reconciliations(this Tx tx, int countMax) => tx.Query<ReconciliationRow>(
        """
        select run_no, at, window_from, window_to, matched, pending, outside, outside_minor, clearing, completeness, timeliness,
            difference_count,
            differences::text as differences
        from payout.reconciliation
        order by run_no desc
        limit @countMax
        """,
        new { countMax });

    /// <returns>The end of what the runs have compared, UTC; null when there was none yet.</returns>
    public static Task<DateTimeOffset?> ComparedUntil(this Tx tx) =>
        tx.QueryOne<DateTimeOffset?>("select max(window_to) from payout.reconciliation");

    /// <returns>Those of the keys of which an alert is open.</returns>
    public static Task<IReadOnlyList<string>> AlertsRaised(this Tx tx, IReadOnlyCollection<string> keys) => tx.Query<string>(
        "select dedup_key from payout.alert_raised where dedup_key = any(@keys) and resolved_at is null order by dedup_key",
        new { keys = keys.ToArray() });

    /// <summary>What is booked late is no difference here: a recovery books what was paid before.</summary>
    /// <returns>Null when none was made since.</returns>
    public static Task<ComparedSince?> ComparedSince(this Tx tx, DateTimeOffset since) => tx.QueryOne<ComparedSince>(
        """
        select at, window_from as "from", (select count(*)::integer from jsonb_array_elements(differences) d where d ->> 'kind' <>
            @late) as differences
        from payout.reconciliation
        where at > @since
        order by run_no desc
        limit 1
        """,
        new { since, late = DifferenceKinds.Late });
}
