using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Notifications;

/// <summary>Notifications in; what is to be delivered to each sink out.</summary>
public sealed class NotificationHandler(NoticeOptions options) : IHandler<NotificationV1>
{
    public async Task Handle(Received<NotificationV1> received, Tx tx)
    {
        var notice = NoticeText.Of(received.Message);
        if (await tx.InsertNotice(notice))
            await tx.InsertDeliveries(notice.NoticeId, options.SinksFor(notice.Audience), level: 0);
    }
}

/// <summary>
/// Alerts of all workers in; kept, and told to the operators once an episode, and again when nobody takes a critical one up. An
/// alert that comes again after it was over is open again; one that is open shows the newest words.
/// </summary>
public sealed class AlertHandler(NoticeOptions options) : IHandler<AlertRaisedV1>
{
    public async Task Handle(Received<AlertRaisedV1> received, Tx tx)
    {
        var alert = received.Message;
        var known = await tx.LockAlert(alert.DedupKey);
        if (known is not null && known.Episode >= (alert.Episode ?? 1)) return;
        var escalateAt = AlertSeverities.IsCritical(alert.Severity) && known is not { AcknowledgedAt: not null, ResolvedAt: null }
            ? tx.Now + options.EscalateAfter : (DateTimeOffset?)null;
        if (known is null) await tx.InsertAlert(alert, escalateAt);
        else await tx.RaiseAgain(alert, isOver: known.ResolvedAt is not null, escalateAt);
        var notice = NoticeText.Of(alert);
        if (await tx.InsertNotice(notice))
            await tx.InsertDeliveries(notice.NoticeId, options.SinksFor(notice.Audience), level: 0);
    }
}

/// <summary>An alert that is over in: it escalates no more, and of a critical one the operators are told.</summary>
public sealed class AlertResolvedHandler(NoticeOptions options) : IHandler<AlertResolvedV1>
{
    public async Task Handle(Received<AlertResolvedV1> received, Tx tx)
    {
        var over = received.Message;
        if (await tx.LockAlert(over.DedupKey) is not { ResolvedAt: null } alert || alert.Episode > over.Episode) return;
        await tx.Resolve(over.DedupKey, over.ResolvedBy, over.Because);
        if (!AlertSeverities.IsCritical(alert.Severity)) return;
        var notice = NoticeText.Of(over, alert);
        if (await tx.InsertNotice(notice))
            await tx.InsertDeliveries(notice.NoticeId, options.SinksFor(notice.Audience), level: 0);
    }
}

/// <summary>Tells critical alerts again that nobody has taken up, a few times, each time after twice as long.</summary>
public sealed class EscalateAlertsJob(NoticeOptions options) : IJob
{
    public const int LevelMax = 3;
    private const int AlertsPerRun = 100;

    public async Task<bool> Run(Tx tx)
    {
        var due = await tx.LockEscalating(AlertsPerRun);
        foreach (var alert in due)
        {
            var level = alert.Level + 1;
            await tx.InsertDeliveries(
                NoticeText.AlertNoticeId(alert.DedupKey, alert.Episode), options.SinksFor(NoticeText.Operator), level);
            await tx.SetEscalation(alert.DedupKey, level, NextAt(level, tx.Now, options.EscalateAfter));
        }

        return due.Count == AlertsPerRun;
    }

    /// <returns>Null after the last time.</returns>
    public static DateTimeOffset? NextAt(int level, DateTimeOffset now, TimeSpan after) =>
        level >= LevelMax ? null : now + after * (1 << level);
}
