using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>Notifications in; what is to be delivered to each sink out.</summary>
public sealed class NotificationHandler(NoticeOptions options) : IHandler<NotificationV1>
{
    public async Task Handle(Received<NotificationV1> received, Tx tx)
    {
        var notice = NoticeText.Of(received.Message);
        if (await tx.InsertNotice(notice)) await tx.InsertDeliveries(notice.NoticeId, options.SinksFor(notice.Audience), level: 0);
    }
}

/// <summary>Alerts of all workers in; kept until somebody resolves them, and told to the operators once, and again when nobody takes a critical one up.</summary>
public sealed class AlertHandler(NoticeOptions options) : IHandler<AlertRaisedV1>
{
    public const string Critical = "critical";

    public async Task Handle(Received<AlertRaisedV1> received, Tx tx)
    {
        var alert = received.Message;
        var escalateAt = alert.Severity == Critical ? tx.Now + options.EscalateAfter : (DateTimeOffset?)null;
        if (!await tx.InsertAlert(alert, escalateAt)) return;
        var notice = NoticeText.Of(alert);
        if (await tx.InsertNotice(notice)) await tx.InsertDeliveries(notice.NoticeId, options.SinksFor(notice.Audience), level: 0);
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
            await tx.InsertDeliveries($"alert/{alert.DedupKey}", options.SinksFor(NoticeText.Operator), level);
            await tx.SetEscalation(alert.DedupKey, level, NextAt(level, tx.Now, options.EscalateAfter));
        }

        return due.Count == AlertsPerRun;
    }

    /// <returns>Null after the last time.</returns>
    public static DateTimeOffset? NextAt(int level, DateTimeOffset now, TimeSpan after) => level >= LevelMax ? null : now + after * (1 << level);
}
