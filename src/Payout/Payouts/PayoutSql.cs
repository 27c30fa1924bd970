using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>How far paying a contest has come, as locked for a change.</summary>
/// <param name="OwedSince">When it was settled, as Settlement said: a database that was restored says the same.</param>
public sealed record PayingContest(
    string ContestId, int Revision, PayingState State, int PayoutsOpen, int PaidCount, long PaidMinor, int OtherCount,
    long OtherMinor, DateTimeOffset? OwedSince);

/// <summary>
/// A claimed payout: nobody else may write it until the lease is over or somebody claims it with a higher fence.
/// </summary>
public sealed record PayoutLease(string PayoutId, string ContestId, int Revision, string PlayerId, long Fence);

/// <summary>All SQL of payouts, their attempts and their history. Each statement runs inside the caller's transaction.</summary>
public static class PayoutSql
{
    /// <summary>Of a <see cref="PayoutRecord"/>: an enum is read by its name, and names have no underscores.</summary>
    internal const string PayoutColumns =
        "payout_id, contest_id, revision, player_id, amount_minor, currency, replace(state, '_', '') as state, reason, "
            + $"{ToldChangeSql.NumberOfPayout} as change_no, fence, lease_until";

    public static Task<bool> IsStandby(this Tx tx) => tx.QueryOne<bool>("select pg_is_in_recovery()");

    /// <summary>
    /// Takes due payouts that nobody holds, oldest first, of contests that are complete: what is posted of the others waits. Rows
    /// that another worker is claiming are passed over. None while money is stopped.
    /// </summary>
    public static Task<IReadOnlyList<PayoutLease>> ClaimDue(
        this Tx tx, int countMax, DateTimeOffset leaseUntil) => tx.Query<PayoutLease>(
        $"""
        with due as materialized (
            select q.payout_id
            from payout.payout q
            join payout.contest c on c.contest_id = q.contest_id and c.revision = q.revision
            where q.due_at <= @now and (q.lease_until is null or q.lease_until <= @now) and c.completed_at is not null
                and {RecoverySql.MoneyMayMove}
            order by q.due_at, q.payout_id
            limit @countMax
            for update of q skip locked),
        claimed as (
            update payout.payout p
            set fence = p.fence + 1, lease_until = @leaseUntil
            from due
            where p.payout_id = due.payout_id
            returning p.payout_id, p.contest_id, p.revision, p.player_id, p.fence, p.due_at)
        select payout_id, contest_id, revision, player_id, fence from claimed order by due_at, payout_id
        """,
        new { now = tx.Now, leaseUntil, countMax });

    /// <summary>
    /// While books are being recovered, payouts that are held are due as well until Stripe was asked about them: what is lost may
    /// have paid them. Of a player without an account none was.
    /// </summary>
    /// <returns>How many are due now.</returns>
    public static Task<int> WakeHeld(this Tx tx, int countMax) => tx.Execute(
        """
        with held as materialized (
            select q.payout_id
            from payout.recovery r join payout.payout q on q.state = 'held' and q.due_at is null
            where r.state = 'recovering'
                and not exists (select from payout.attempt a where a.payout_id = q.payout_id
                    and (a.closed_at >= r.started_at or a.outcome in ('paid', 'mismatch')))
                and exists (select from payout.stripe_account s where s.player_id = q.player_id)
            order by q.created_at, q.payout_id
            limit @countMax
            for update of q skip locked)
        update payout.payout p
        set due_at = @now
        from held
        where p.payout_id = held.payout_id
        """,
        new { now = tx.Now, countMax });

    /// <summary>Before anything that sends: order per contest is the order of commits.</summary>
    public static async Task<PayingContest> LockContest(this Tx tx, string contestId, int revision) =>
        await tx.QueryOne<PayingContest>(
            """
            select c.contest_id, c.revision, c.state, c.payouts_open, c.paid_count, c.paid_minor, c.other_count, c.other_minor,
                coalesce(s.settled_at, c.completed_at) as owed_since
            from payout.contest c left join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
            where c.contest_id = @contestId and c.revision = @revision
            for update of c
            """,
            new { contestId, revision })
            ?? throw new InvariantException($"contest {contestId} revision {revision} has payouts but no row");

    /// <returns>Null when the lease went to somebody else: what was found out is theirs to find out again.</returns>
    public static Task<PayoutRecord?> LockClaimed(this Tx tx, PayoutLease claim) => tx.QueryOne<PayoutRecord>(
        $"""
        select {PayoutColumns}
        from payout.payout
        where payout_id = @PayoutId and fence = @Fence
        for update
        """,
        claim);

    /// <summary>All of them, in order. A mismatch that two persons have established to have paid nothing is absent.</summary>
    public static Task<IReadOnlyList<PayoutAttempt>> Attempts(this Tx tx, string payoutId) => tx.Query<PayoutAttempt>(
        """
        select a.payout_id, a.attempt_no, a.idempotency_key, a.parameter_hash, a.destination, a.first_used_at,
            case when a.outcome = 'mismatch' and a.attempt_no <= p.none_up_to_attempt then 'absent' else a.outcome end as outcome,
                a.unknown_answers, a.last_answer, a.closed_at,
            a.look_up_since
        from payout.attempt a join payout.payout p on p.payout_id = a.payout_id
        where a.payout_id = @payoutId
        order by attempt_no
        """,
        new { payoutId });

    public static async Task InsertAttempt(this Tx tx, PayoutAttempt attempt)
    {
        var written = await tx.Execute(
            """
            insert into payout.attempt
                (payout_id, attempt_no, idempotency_key, parameter_hash, destination, first_used_at, outcome, unknown_answers)
            values
                (@PayoutId, @AttemptNo, @IdempotencyKey, @ParameterHash, @Destination, @FirstUsedAt, @outcome, @UnknownAnswers)
            """,
            new
            {
                attempt.PayoutId, attempt.AttemptNo, attempt.IdempotencyKey, attempt.ParameterHash, attempt.Destination,
                attempt.FirstUsedAt, outcome = attempt.Outcome.Word(), attempt.UnknownAnswers,
            });
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: wrote {written} rows");
    }

    /// <summary>The call ended without an answer that says where the money is.</summary>
    /// <param name="lookUpSince">When it was first looked up without an answer; null: it was not, or the look-up was
    /// answered.</param>
    public static async Task NoteAnswer(
        this Tx tx, PayoutAttempt attempt, string what, bool counts, DateTimeOffset? lookUpSince = null)
    {
        var written = await tx.Execute(
            """
            update payout.attempt
            set last_answer = @what, unknown_answers = unknown_answers + @counted, look_up_since = @lookUpSince
            where payout_id = @PayoutId and attempt_no = @AttemptNo and outcome = 'open'
            """,
            new { what, counted = counts ? 1 : 0, lookUpSince, attempt.PayoutId, attempt.AttemptNo });
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: noted {written} rows");
    }

    /// <summary>
    /// What is recorded here of transfers that Stripe lists: which payout each has paid, and which of the payouts that their
    /// groups name are undecided.
    /// </summary>
    public static async Task<TransfersKnown> KnownOf(this Tx tx, IReadOnlyList<TransferFacts> transfers)
    {
        // What is undecided is read first: a payout that is paid between the two reads is then found as one or the other, and not
        // as neither.
        var undecided = await tx.Query<string>(
            """
            select p.payout_id
            from payout.payout p
            where p.payout_id = any(@groups) and (
                p.transfer_id is null and p.due_at is not null
                or exists (select from payout.attempt a where a.payout_id = p.payout_id and a.outcome = 'open')
                or exists (select from payout.payout_hold h where h.payout_id = p.payout_id and h.cause = 'mismatch' and
                    h.released_at is null))
            order by p.payout_id
            """,
            new { groups = transfers.Select(t => t.TransferGroup).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() });
        var paidBy = await tx.Query<(string TransferId, string PayoutId)>(
            "select transfer_id, payout_id from payout.attempt where transfer_id = any(@ids) order by transfer_id",
            new { ids = transfers.Select(t => t.TransferId).ToArray() });
        return new TransfersKnown(paidBy.ToDictionary(t => t.TransferId, t => t.PayoutId, StringComparer.Ordinal),
            undecided.ToHashSet(StringComparer.Ordinal));
    }

    /// <param name="transfer">What Stripe made; null: nothing.</param>
    public static async Task CloseAttempt(
        this Tx tx, PayoutAttempt attempt, AttemptOutcome outcome, string? what, TransferFacts? transfer)
    {
        var written = await tx.Execute(
            """
            update payout.attempt
            set outcome = @outcome, last_answer = @what, transfer_id = @transferId, made_at = @madeAt, closed_at = @now
            where payout_id = @PayoutId and attempt_no = @AttemptNo and outcome = 'open'
            """,
            new
            {
                outcome = outcome.Word(), what, transferId = transfer?.TransferId, madeAt = transfer?.MadeAt, now = tx.Now,
                attempt.PayoutId, attempt.AttemptNo,
            });
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: closed {written} rows");
        if (attempt.LookUpSince is not null)
            tx.ResolveAlert(UnansweredLookUp.AlertKey(attempt.IdempotencyKey), "It is known what became of the request.");
    }

    /// <param name="changeNo">Null: it has not changed.</param>
    /// <returns>When the payout was made, UTC.</returns>
    public static async Task<DateTimeOffset> UpdatePayout(
        this Tx tx, PayoutRecord payout, PayoutState state, string? reason, int? changeNo, string? transferId,
        DateTimeOffset? dueAt, DateTimeOffset? leaseUntil)
    {
        var createdAt = await tx.QueryOne<DateTimeOffset?>(
            """
            update payout.payout
            set state = @state, reason = @reason, change_no = coalesce(@changeNo, change_no),
                transfer_id = coalesce(@transferId, transfer_id), due_at = @dueAt, lease_until = @leaseUntil
            where payout_id = @PayoutId and fence = @Fence
            returning created_at
            """,
            new { state = state.Word(), reason, changeNo, transferId, dueAt, leaseUntil, payout.PayoutId, payout.Fence });
        return createdAt ?? throw new InvariantException($"payout {payout.PayoutId}: updated no row");
    }

    public static async Task InsertChange(
        this Tx tx, string payoutId, int changeNo, PayoutState state, string? reason, string? transferId)
    {
        var written = await tx.Execute(
            """
            insert into payout.payout_change (payout_id, change_no, state, reason, transfer_id, at)
            values (@payoutId, @changeNo, @state, @reason, @transferId, @now)
            """,
            new { payoutId, changeNo, state = state.Word(), reason, transferId, now = tx.Now });
        Invariant.Holds(written == 1, $"payout {payoutId}: wrote {written} history rows");
    }

    public static async Task UpdateContest(this Tx tx, PayingContest contest)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set state = @state, payouts_open = @PayoutsOpen, paid_count = @PaidCount, paid_minor = @PaidMinor, other_count =
                @OtherCount,
                other_minor = @OtherMinor
            where contest_id = @ContestId and revision = @Revision
            """,
            new
            {
                state = contest.State.Word(), contest.PayoutsOpen, contest.PaidCount, contest.PaidMinor, contest.OtherCount,
                contest.OtherMinor, contest.ContestId, contest.Revision,
            });
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: updated {written} rows");
    }
}
