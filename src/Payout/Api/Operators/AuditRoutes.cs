using System.Globalization;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>The audit log as staff reads it, newest first, and whether it is still what was written.</summary>
public static class AuditRoutes
{
    private const int LimitMax = 1000;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/audit",
            (string? contest, string? player, string? payout, string? actor, DateTimeOffset? before, string? after, int? limit,
                CancellationToken ct) =>
            List(database, new AuditQuery(contest, player, payout, actor, before?.ToUniversalTime(), After: null, limit ?? 200),
                after, ct)).ForStaff()
            .WithSummary("Who did what, the newest first.").ProducesAnswer<AuditPage>("A page of the log.")
            .ProducesRefusal(400, "A filter that is not understood.");
        v1.MapGet("/audit/verification", async (CancellationToken ct) =>
        {
            var faults = await database.Run(AuditVerify.Faults, ct);
            return ApiAnswer.Of(new AuditVerification(faults.Count == 0, faults));
        }).ForStaff().WithSummary("Whether the log is as it was written.").ProducesAnswer<AuditVerification>("What was found.");
    }

    private static async Task<IResult> List(WorkerDatabase database, AuditQuery query, string? after, CancellationToken ct)
    {
        if (query.Limit is < 1 or > LimitMax)
            return ApiProblem.Invalid($"limit must be from 1 to {LimitMax}, not {query.Limit}.");
        if (!PageEnd.Read(after, out var end)
            || end is not null && !long.TryParse(end.Id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return ApiProblem.NoPage(after);
        var (rows, life) = await database.Run(
            async tx => (await tx.AuditRows(query with { After = end }),
                query.Payout is { } payout && end is null ? await tx.HistoryOf(payout) : null), ct);
        return ApiAnswer.Of(new AuditPage(
            [.. rows.Select(r =>
                new AuditRowView(
                    r.At, r.Actor, r.Action, r.Subject, r.ContestId, r.PlayerId, r.PayoutId, r.Reason, r.Result, r.Shard, r.No))],
            rows.Count == query.Limit ? EndedAt(rows[^1]).ToString() : null, life));
    }

    private static PageEnd EndedAt(AuditRow row) => new(row.At, row.Shard, row.No.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Recomputes the chains of the audit log, a page of rows in memory at a time, however long the log is.</summary>
public static class AuditVerify
{
    /// <summary>How many rows are in memory at once.</summary>
    public const int PageRows = 1_000;

    /// <param name="tx">New: nothing was asked of it before, so that all is read as one moment left it.</param>
    /// <returns>The first broken row of every shard, and heads that name another row than the last; empty when all is as it was
    /// written.</returns>
    public static async Task<IReadOnlyList<string>> Faults(Tx tx)
    {
        await tx.ReadAsOfOneMoment();
        var faults = new List<string>();
        foreach (var head in await tx.AuditHeads())
        {
            var chain = new byte[32];
            var no = 0L;
            string? fault = null;
            for (var page = await tx.AuditShard(head.Shard, no, PageRows); page.Count > 0
                && fault is null; page = await tx.AuditShard(head.Shard, no, PageRows))
            {
                foreach (var row in page)
                {
                    no++;
                    chain = AuditLog.Next(chain, row);
                    if (row.No == no && chain.AsSpan().SequenceEqual(row.Chain)) continue;
                    fault =
                        $"audit row {head.Shard}/{no}: "
                            + $"{(row.No == no ? "its fields or its chain were changed" : $"it is missing, {row.No} follows")}";
                    break;
                }
            }

            fault ??= head.LastNo > no
                ? $"audit shard {head.Shard}: row {head.Shard}/{no + 1} is missing, the head names row {head.LastNo}"
                : head.LastNo < no
                    ? $"audit shard {head.Shard}: the head names row {head.LastNo}, the last row is {head.Shard}/{no}"
                : head.Chain.AsSpan().SequenceEqual(chain)
                    ? null : $"audit shard {head.Shard}: the head's chain is not that of row {head.Shard}/{no}";
            if (fault is not null) faults.Add(fault);
        }

        return faults;
    }
}
