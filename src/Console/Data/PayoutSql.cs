using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A payout as it stands.</summary>
public sealed record PayoutRow(
    string PayoutId, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency, string State,
    string? Reason,
    string? TransferId, DateTimeOffset? DueAt, DateTimeOffset CreatedAt);

/// <summary>One thing that happened to a payout.</summary>
/// <param name="Kind">award, change, hold, release, review, attempt, answer, retry, ledger, notice, audit, reversal.</param>
public sealed record PayoutMoment(DateTimeOffset At, string Kind, string What, string? By, string? Detail);

/// <summary>An account of a player at Stripe, as it was last read.</summary>
public sealed record PlayerAccount(
    string AccountId, string Transfers, bool ChargesEnabled, string PastDue, DateTimeOffset? DueBy, DateTimeOffset? ReadAt,
    DateTimeOffset FirstSeenAt);

/// <summary>All SQL of one payout's page and of a player's.</summary>
public static class PayoutSql
{
    private const int MomentsMax = 500;
    public const int ListMax = 50;
    private const string Columns =
        "payout_id, contest_id, revision, player_id, amount_minor, currency, state, reason, transfer_id, due_at, created_at";

    /// <returns>Null when there is none.</returns>
    public static Task<PayoutRow?> PayoutOf(this Tx tx, string payoutId) =>
        tx.QueryOne<PayoutRow>($"select {Columns} from payout.payout where payout_id = @payoutId", new { payoutId });

    /// <param name="after">The last payout of the page before; null: the first page.</param>
    public static Task<IReadOnlyList<PayoutRow>> PayoutsOfPlayer(this Tx tx, string playerId, string? after) =>
        tx.Query<PayoutRow>(
        $"select {Columns} from payout.payout where player_id = @playerId and payout_id > @after order by payout_id limit @ListMax",
        new { playerId, after = after ?? "", ListMax });

    /// <inheritdoc cref="PayoutsOfPlayer"/>
    public static Task<IReadOnlyList<PayoutRow>> PayoutsOfContest(this Tx tx, string contestId, string? after) =>
        tx.Query<PayoutRow>(
        $"""
        select {Columns}
        from payout.payout
        where contest_id = @contestId and payout_id > @after
        order by payout_id
        limit @ListMax
        """,
        new { contestId, after = after ?? "", ListMax });

    /// <summary>Everything that is known of it, in the order in which it happened.</summary>
    public static Task<IReadOnlyList<PayoutMoment>> MomentsOf(this Tx tx, PayoutRow payout) => tx.Query<PayoutMoment>(
        """
        select c.at, 'change' as kind, 'becomes ' || c.state as what, null as by, coalesce(c.reason, c.transfer_id) as detail
        from payout.payout_change c where c.payout_id = @PayoutId
        union all
        select h.since, 'hold', 'held for ' || h.cause, null, h.reason from payout.payout_hold h where h.payout_id = @PayoutId
        union all
        select h.released_at, 'release', 'hold for ' || h.cause || ' ends', h.released_by, null
        from payout.payout_hold h where h.payout_id = @PayoutId and h.released_at is not null
        union all
        select r.at, 'review', r.decision, r.reviewer, nullif(r.note, '') from payout.payout_review r where r.payout_id = @PayoutId
        union all
        select a.at, 'limits', a.decision, null, nullif(a.findings::text, '[]') from payout.risk_assessment a where a.payout_id = @PayoutId
        union all
        select a.first_used_at, 'attempt', 'attempt ' || a.attempt_no || ' sent to ' || a.destination, null, 'key ' || a.idempotency_key
        from payout.attempt a where a.payout_id = @PayoutId
        union all
        select a.closed_at, 'answer', 'attempt ' || a.attempt_no || ': ' || a.outcome
                || case when a.unknown_answers > 0 then ', after ' || a.unknown_answers || ' unknown answers' else '' end,
            null, coalesce(a.transfer_id, a.last_answer)
        from payout.attempt a where a.payout_id = @PayoutId and a.closed_at is not null
        union all
        select r.at, 'retry', 'sent again after attempt ' || r.after_attempt_no, r.actor, r.reason from payout.payout_retry r where r.payout_id = @PayoutId
        union all
        select r.made_at, 'reversal', 'taken back at Stripe', null, r.reversal_id from payout.transfer_reversal r where r.payout_id = @PayoutId
        union all
        select t.posted_at, 'ledger', t.code || ' ' || t.amount_minor || ' ' || t.currency || ' minor units', null,
            t.debit_account || ' → ' || t.credit_account
        from payout.ledger_transfer t
        where t.contest_id = @ContestId and t.revision = @Revision and @account in (t.debit_account, t.credit_account)
        union all
        select n.at, 'notice', n.title, null, n.kind from payout.notice n
        where n.player_id = @PlayerId and n.contest_id = @ContestId and n.audience = 'player'
        union all
        select l.at, 'audit', l.action, l.actor, l.result || coalesce(' - ' || nullif(l.reason, ''), '') from payout.audit_log l where l.payout_id = @PayoutId
        order by at, kind, what
        limit @MomentsMax
        """,
        new
        {
            payout.PayoutId, payout.ContestId, payout.Revision, payout.PlayerId,
            account = $"player_payable:{payout.PlayerId}", MomentsMax,
        });

    public static Task<IReadOnlyList<PlayerAccount>> AccountsOf(this Tx tx, string playerId) => tx.Query<PlayerAccount>(
        """
        select account_id, transfers, charges_enabled, past_due, due_by, read_at, first_seen_at
        from payout.stripe_account
        where player_id = @playerId
        order by first_seen_at desc, account_id
        limit @ListMax
        """,
        new { playerId, ListMax });
}
