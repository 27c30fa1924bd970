using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>How far paying a contest has come, as locked for a change.</summary>
public sealed record PayingContest(
    string ContestId, int Revision, string State, int PayoutsOpen, int PaidCount, long PaidMinor, int OtherCount, long OtherMinor);

/// <summary>A claimed payout: nobody else may write it until the lease is over or somebody claims it with a higher fence.</summary>
public sealed record Claim(string PayoutId, string ContestId, int Revision, string PlayerId, long Fence);

/// <summary>All SQL of payouts, their attempts and their history. Each statement runs inside the caller's transaction.</summary>
public static class PayoutSql
{
    private const string PayoutColumns =
        "payout_id, contest_id, revision, player_id, amount_minor, currency, state, reason, change_no, fence, lease_until";

    public static Task<bool> IsStandby(this Tx tx) => tx.QueryOne<bool>("select pg_is_in_recovery()");

    /// <summary>
    /// Takes due payouts that nobody holds, oldest first, of contests that are complete: what is posted of the others waits. Rows that another worker is
    /// claiming are passed over.
    /// </summary>
    public static Task<IReadOnlyList<Claim>> ClaimDue(this Tx tx, int countMax, DateTimeOffset leaseUntil) => tx.Query<Claim>(
        """
        with due as materialized (
            select q.payout_id
            from payout.payout q
            join payout.contest c on c.contest_id = q.contest_id and c.revision = q.revision
            where q.due_at <= @now and (q.lease_until is null or q.lease_until <= @now) and c.completed_at is not null
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

    /// <summary>Before anything that sends: order per contest is the order of commits.</summary>
    public static async Task<PayingContest> LockContest(this Tx tx, string contestId, int revision) =>
        await tx.QueryOne<PayingContest>(
            """
            select contest_id, revision, state, payouts_open, paid_count, paid_minor, other_count, other_minor
            from payout.contest
            where contest_id = @contestId and revision = @revision
            for update
            """,
            new { contestId, revision }) ?? throw new InvariantException($"contest {contestId} revision {revision} has payouts but no row");

    /// <returns>Null when the lease went to somebody else: what was found out is theirs to find out again.</returns>
    public static Task<PayoutFacts?> LockClaimed(this Tx tx, Claim claim) => tx.QueryOne<PayoutFacts>(
        $"""
        select {PayoutColumns}
        from payout.payout
        where payout_id = @PayoutId and fence = @Fence
        for update
        """,
        claim);

    public static Task<IReadOnlyList<PayoutAttempt>> Attempts(this Tx tx, string payoutId) => tx.Query<PayoutAttempt>(
        """
        select payout_id, attempt_no, idempotency_key, parameter_hash, destination, first_used_at, outcome, unknown_answers, last_answer, closed_at
        from payout.attempt
        where payout_id = @payoutId
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
                (@PayoutId, @AttemptNo, @IdempotencyKey, @ParameterHash, @Destination, @FirstUsedAt, @Outcome, @UnknownAnswers)
            """,
            attempt);
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: wrote {written} rows");
    }

    /// <summary>The call ended without an answer that says where the money is.</summary>
    public static async Task NoteAnswer(this Tx tx, PayoutAttempt attempt, string what, bool counts)
    {
        var written = await tx.Execute(
            """
            update payout.attempt
            set last_answer = @what, unknown_answers = unknown_answers + @counted
            where payout_id = @PayoutId and attempt_no = @AttemptNo and outcome = 'open'
            """,
            new { what, counted = counts ? 1 : 0, attempt.PayoutId, attempt.AttemptNo });
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: noted {written} rows");
    }

    public static async Task CloseAttempt(this Tx tx, PayoutAttempt attempt, string outcome, string? what, string? transferId)
    {
        var written = await tx.Execute(
            """
            update payout.attempt
            set outcome = @outcome, last_answer = @what, transfer_id = @transferId, closed_at = @now
            where payout_id = @PayoutId and attempt_no = @AttemptNo and outcome = 'open'
            """,
            new { outcome, what, transferId, now = tx.Now, attempt.PayoutId, attempt.AttemptNo });
        Invariant.Holds(written == 1, $"attempt {attempt.IdempotencyKey}: closed {written} rows");
    }

    public static async Task UpdatePayout(
        this Tx tx, PayoutFacts payout, string state, string? reason, int changeNo, string? transferId, DateTimeOffset? dueAt, DateTimeOffset? leaseUntil)
    {
        var written = await tx.Execute(
            """
            update payout.payout
            set state = @state, reason = @reason, change_no = @changeNo, transfer_id = coalesce(@transferId, transfer_id), due_at = @dueAt,
                lease_until = @leaseUntil
            where payout_id = @PayoutId and fence = @Fence
            """,
            new { state, reason, changeNo, transferId, dueAt, leaseUntil, payout.PayoutId, payout.Fence });
        Invariant.Holds(written == 1, $"payout {payout.PayoutId}: updated {written} rows");
    }

    public static async Task InsertChange(this Tx tx, string payoutId, int changeNo, string state, string? reason, string? transferId)
    {
        var written = await tx.Execute(
            """
            insert into payout.payout_change (payout_id, change_no, state, reason, transfer_id, at)
            values (@payoutId, @changeNo, @state, @reason, @transferId, @now)
            """,
            new { payoutId, changeNo, state, reason, transferId, now = tx.Now });
        Invariant.Holds(written == 1, $"payout {payoutId}: wrote {written} history rows");
    }

    public static async Task UpdateContest(this Tx tx, PayingContest contest)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set state = @State, payouts_open = @PayoutsOpen, paid_count = @PaidCount, paid_minor = @PaidMinor, other_count = @OtherCount,
                other_minor = @OtherMinor
            where contest_id = @ContestId and revision = @Revision
            """,
            contest);
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: updated {written} rows");
    }
}
