using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>Every worker hears that a person ended an alert: should its trouble come again, it is told again.</summary>
internal sealed class AlertEndings : IHandler<AlertResolvedV1>
{
    public Task Handle(Received<AlertResolvedV1> received, Tx tx) => received.Message.ByPerson
        ? tx.Execute(
            $"""
            update {tx.Schema}.alert_raised set resolved_at = @now
            where dedup_key = @DedupKey and episode <= @Episode and resolved_at is null
            """,
            new { received.Message.DedupKey, received.Message.Episode, now = tx.Now })
        : Task.CompletedTask;
}
