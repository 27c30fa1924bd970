using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>That a contest was published or called off stands in the audit log beside what became of its money.</summary>
public static class ContestAudit
{
    private const string Published = "contest-published";
    private const string Cancelled = "contest-cancelled";

    /// <returns>Null: nothing is logged of it here.</returns>
    public static AuditEntry? Of(IMessage message) => message switch
    {
        ContestPublishedV1 published => new AuditEntry(
            "scoring", Published, published.ContestId, published.ContestId, null, null, $"command {published.CommandId}",
            $"definition {published.DefinitionHash}"),
        ContestCancelledV1 cancelled => new AuditEntry(
            cancelled.By.Length > 0 ? cancelled.By : "scoring", Cancelled, cancelled.ContestId, cancelled.ContestId, null, null,
            cancelled.Reason, cancelled.CommandId is { } id ? $"by command {id}" : "by a rule"),
        _ => null,
    };

    /// <summary>Each once, however often the topic is played again.</summary>
    internal static async Task AuditContests(this Tx tx, IReadOnlyList<IMessage> messages)
    {
        var entries = messages.Select(Of).OfType<AuditEntry>().DistinctBy(e => (e.ContestId, e.Action)).ToArray();
        if (entries.Length == 0) return;
        var logged = await tx.LoggedOf([.. entries.Select(e => e.ContestId!)], [Published, Cancelled]);
        await tx.Audit([.. entries.Where(e => !logged.Contains((e.ContestId!, e.Action)))]);
    }
}
