using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Notifications;

/// <summary>A notice that is to be delivered now, by whoever holds the fence.</summary>
/// <param name="Attempts">Earlier ones that ended.</param>
public sealed record ClaimedDelivery(
    string NoticeId, string Sink, int Level, int Attempts, long Fence, string Audience, string Kind, string? PlayerId,
    string? ContestId, string Title, string Body, DateTimeOffset At)
{
    public Notice Notice => new(NoticeId, Audience, Kind, PlayerId, ContestId, Title, Body, At);
}

/// <summary>An alert that nobody has taken up.</summary>
public sealed record EscalatingAlert(string DedupKey, int Level, int Episode);

/// <summary>An alert with what was done about it.</summary>
/// <param name="Level">How often it was told again because nobody took it up.</param>
/// <param name="Episode">How often it was raised; what is shown is the last time.</param>
public sealed record AlertView(
    string DedupKey, string Severity, string Kind, string Subject, string Cause, string RecommendedAction, string RaisedBy,
    DateTimeOffset RaisedAt, int Level, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, DateTimeOffset? ResolvedAt,
    string? ResolvedBy, string? Note, int Episode);

/// <summary>All SQL of notices and alerts.</summary>
public static class NoticeSql
{
    private const string AlertColumns =
        """
        dedup_key, severity, kind, subject, cause, recommended_action, raised_by, raised_at, level, acknowledged_at, acknowledged_by, resolved_at,
        resolved_by, note, episode
        """;

    /// <returns>False when it was there before.</returns>
    public static async Task<bool> InsertNotice(this Tx tx, Notice notice) => await tx.Execute(
        """
        insert into payout.notice (notice_id, audience, kind, player_id, contest_id, title, body, at)
        values (@NoticeId, @Audience, @Kind, @PlayerId, @ContestId, @Title, @Body, @At)
        on conflict do nothing
        """,
        notice) == 1;

    public static Task InsertDeliveries(this Tx tx, string noticeId, IReadOnlyList<string> sinks, int level) => tx.Execute(
        """
        insert into payout.notice_delivery (notice_id, sink, level, state, due_at, for_staff)
        select n.notice_id, sink, @level, 'due', @now, n.audience <> 'player'
        from payout.notice n, unnest(@sinks) sink
        where n.notice_id = @noticeId
        on conflict do nothing
        """,
        new { noticeId, sinks = sinks.ToArray(), level, now = tx.Now });

    /// <summary>
    /// The oldest due deliveries of a sink become the caller's until the lease ends. An attempt is counted when it ends, not
    /// here.
    /// </summary>
    /// <param name="forStaff">True: those to operators and reviewers; false: those to players.</param>
    public static Task<IReadOnlyList<ClaimedDelivery>> ClaimDeliveries(
        this Tx tx, string sink, bool forStaff, int countMax, DateTimeOffset leaseUntil) =>
        tx.Query<ClaimedDelivery>(
            """
            with due as materialized (
                select notice_id, sink, level from payout.notice_delivery
                where sink = @sink and for_staff = @forStaff and state = 'due' and due_at <= @now and (lease_until is null or
                    lease_until <= @now)
                order by due_at, notice_id, level
                limit @countMax
                for update skip locked),
            claimed as (
                update payout.notice_delivery d
                set fence = d.fence + 1, lease_until = @leaseUntil
                from due
                where d.notice_id = due.notice_id and d.sink = due.sink and d.level = due.level
                returning d.notice_id, d.sink, d.level, d.attempts, d.fence, d.due_at)
            select d.notice_id, d.sink, d.level, d.attempts, d.fence, n.audience, n.kind, n.player_id, n.contest_id, n.title,
                n.body, n.at
            from claimed d join payout.notice n on n.notice_id = d.notice_id
            order by d.due_at, d.notice_id, d.level
            """,
            new { sink, forStaff, countMax, leaseUntil, now = tx.Now });

    /// <summary>
    /// Counts the attempt and says what came of it; nothing when the lease has ended and somebody else has claimed it since.
    /// </summary>
    /// <param name="state"><c>sent</c>, <c>given_up</c>, or <c>due</c> again at <paramref name="dueAt"/>.</param>
    /// <param name="error">Why it was not taken; null: it was.</param>
    public static Task EndDelivery(
        this Tx tx, ClaimedDelivery delivery, string state, string? error, DateTimeOffset dueAt) => tx.Execute(
        """
        update payout.notice_delivery
        set state = @state, attempts = attempts + 1, last_error = @error, due_at = @dueAt, lease_until = null, sent_at = case when
            @state = 'sent' then @now end
        where notice_id = @NoticeId and sink = @Sink and level = @Level and fence = @Fence and state = 'due'
        """,
        new { state, error, dueAt, now = tx.Now, delivery.NoticeId, delivery.Sink, delivery.Level, delivery.Fence });

    public static async Task InsertAlert(this Tx tx, AlertRaisedV1 alert, DateTimeOffset? escalateAt)
    {
        var written = await tx.Execute(
            """
            insert into payout.alert (dedup_key, severity, kind, subject, cause, recommended_action, raised_by, raised_at,
                escalate_at, episode)
            values (@DedupKey, @Severity, @Kind, @Subject, @Cause, @RecommendedAction, @RaisedBy, @RaisedAt, @escalateAt,
                @episode)
            """,
            new
            {
                alert.DedupKey, alert.Severity, alert.Kind, alert.Subject, alert.Cause, alert.RecommendedAction, alert.RaisedBy,
                alert.RaisedAt, escalateAt,
                episode = alert.Episode ?? 1,
            });
        Invariant.Holds(written == 1, $"alert {alert.DedupKey}: wrote {written} rows");
    }

    /// <param name="isOver">It had been resolved: who took it up then is forgotten, since it is another time.</param>
    public static Task RaiseAgain(this Tx tx, AlertRaisedV1 alert, bool isOver, DateTimeOffset? escalateAt) => tx.Execute(
        """
        update payout.alert
        set severity = @Severity, cause = @Cause, recommended_action = @RecommendedAction, raised_at = @RaisedAt, episode =
            @episode, level = 0,
            escalate_at = @escalateAt,
            acknowledged_at = case when @isOver then null else acknowledged_at end, acknowledged_by = case when @isOver then null
                else acknowledged_by end,
            resolved_at = null, resolved_by = null, note = case when @isOver then null else note end
        where dedup_key = @DedupKey
        """,
        new { alert.Severity, alert.Cause, alert.RecommendedAction, alert.RaisedAt, episode = alert.Episode ?? 1, isOver,
            escalateAt, alert.DedupKey });

    public static Task<IReadOnlyList<EscalatingAlert>> LockEscalating(this Tx tx, int countMax) => tx.Query<EscalatingAlert>(
        """
        select dedup_key, level, episode
        from payout.alert
        where escalate_at <= @now
        order by escalate_at, dedup_key
        limit @countMax
        for update skip locked
        """,
        new { now = tx.Now, countMax });

    public static Task SetEscalation(this Tx tx, string dedupKey, int level, DateTimeOffset? escalateAt) => tx.Execute(
        "update payout.alert set level = @level, escalate_at = @escalateAt where dedup_key = @dedupKey",
        new { dedupKey, level, escalateAt });

    /// <param name="state"><c>open</c> (nobody has taken it up), <c>acknowledged</c>, <c>resolved</c>; null: those that are not
    /// resolved.</param>
    public static Task<IReadOnlyList<AlertView>> Alerts(this Tx tx, string? state, int limit) => tx.Query<AlertView>(
        $"""
        select {AlertColumns}
        from payout.alert
        where case coalesce(@state, 'unresolved')
            when 'open' then acknowledged_at is null and resolved_at is null
            when 'acknowledged' then acknowledged_at is not null and resolved_at is null
            when 'resolved' then resolved_at is not null
            else resolved_at is null end
        order by severity, raised_at desc, dedup_key
        limit @limit
        """,
        new { state, limit });

    public static Task<AlertView?> LockAlert(this Tx tx, string dedupKey) => tx.QueryOne<AlertView>(
        $"select {AlertColumns} from payout.alert where dedup_key = @dedupKey for update", new { dedupKey });

    public static Task Acknowledge(this Tx tx, string dedupKey, string by, string? note) => tx.Execute(
        """
        update payout.alert
        set acknowledged_at = @now, acknowledged_by = @by, note = coalesce(@note, note), escalate_at = null
        where dedup_key = @dedupKey
        """,
        new { dedupKey, by, note, now = tx.Now });

    public static Task Resolve(this Tx tx, string dedupKey, string by, string? note) => tx.Execute(
        """
        update payout.alert
        set resolved_at = @now, resolved_by = @by, note = coalesce(@note, note), escalate_at = null
        where dedup_key = @dedupKey
        """,
        new { dedupKey, by, note, now = tx.Now });
}
