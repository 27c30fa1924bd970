using System.Globalization;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Audit;

/// <summary>All SQL of the audit log.</summary>
public static class AuditSql
{
    private const string Columns =
        "shard, no, actor, action, subject, contest_id, player_id, payout_id, reason, result, at, chain";

    /// <returns>The role that signed in at the database, whatever role it has taken on since.</returns>
    public static async Task<string> SignedInAs(this Tx tx) => (await tx.QueryOne<string>("select session_user::text"))!;

    /// <summary>In sorted order: two transactions can wait for each other, never in a circle.</summary>
    public static async Task<IReadOnlyList<AuditHead>> LockAuditHeads(this Tx tx, short[] shards)
    {
        var heads = await tx.Query<AuditHead>(
            "select shard, last_no, chain from payout.audit_head where shard = any(@shards) order by shard for update",
            new { shards });
        Invariant.Holds(
            heads.Count == shards.Length, $"{shards.Length - heads.Count} of {shards.Length} audit shards have no head");
        return heads;
    }

    public static async Task InsertAudit(this Tx tx, IReadOnlyList<AuditRow> rows)
    {
        var written = await tx.Execute(
            """
            insert into payout.audit_log (shard, no, actor, action, subject, contest_id, player_id, payout_id, reason, result, at,
                chain)
            select n.shard, n.no, n.actor, n.action, n.subject, n.contest_id, n.player_id, n.payout_id, n.reason, n.result, @at,
                n.chain
            from unnest(
                @shards::smallint[], @nos::bigint[], @actors::text[], @actions::text[], @subjects::text[], @contests::text[],
                    @players::text[], @payouts::text[],
                @reasons::text[], @results::text[], @chains::bytea[])
                n(shard, no, actor, action, subject, contest_id, player_id, payout_id, reason, result, chain)
            """,
            new
            {
                shards = rows.Select(r => r.Shard).ToArray(), nos = rows.Select(r => r.No).ToArray(),
                actors = rows.Select(r => r.Actor).ToArray(),
                actions = rows.Select(r => r.Action).ToArray(), subjects = rows.Select(r => r.Subject).ToArray(),
                contests = rows.Select(r => r.ContestId).ToArray(),
                players = rows.Select(r => r.PlayerId).ToArray(), payouts = rows.Select(r => r.PayoutId).ToArray(),
                reasons = rows.Select(r => r.Reason).ToArray(),
                results = rows.Select(r => r.Result).ToArray(), chains = rows.Select(r => r.Chain).ToArray(), at = rows[0].At,
            });
        Invariant.Holds(written == rows.Count, $"audit: wrote {written} of {rows.Count} rows");
    }

    /// <returns>Contests of which such an action is logged.</returns>
    public static async Task<IReadOnlySet<(string ContestId, string Action)>> LoggedOf(
        this Tx tx, IReadOnlyCollection<string> contests, IReadOnlyCollection<string> actions) =>
        (await tx.Query<(string, string)>(
            """
            select distinct contest_id, action from payout.audit_log
            where contest_id = any(@contests) and action = any(@actions)
            order by contest_id, action
            """,
            new { contests = contests.ToArray(), actions = actions.ToArray() })).ToHashSet();

    public static async Task UpdateAuditHeads(this Tx tx, IReadOnlyList<AuditHead> heads)
    {
        var written = await tx.Execute(
            """
            update payout.audit_head h
            set last_no = n.last_no, chain = n.chain
            from unnest(@shards::smallint[], @nos::bigint[], @chains::bytea[]) n(shard, last_no, chain)
            where h.shard = n.shard
            """,
            new { shards = heads.Select(h => h.Shard).ToArray(), nos = heads.Select(h => h.LastNo).ToArray(),
                chains = heads.Select(h => h.Chain).ToArray() });
        Invariant.Holds(written == heads.Count, $"audit: updated {written} of {heads.Count} heads");
    }

    public static Task<IReadOnlyList<AuditRow>> AuditRows(this Tx tx, AuditQuery query) => tx.Query<AuditRow>(
        $"""
        select {Columns}
        from payout.audit_log
        where true{Asked(query)}
        order by at desc, shard desc, no desc
        limit @Limit
        """,
        new
        {
            query.Contest, query.Player, query.Payout, query.Actor, query.Before, query.Limit, afterAt = query.After?.At,
            afterShard = query.After?.Number,
            afterNo = query.After is { } after ? long.Parse(after.Id, CultureInfo.InvariantCulture) : 0,
        });

    /// <summary>
    /// Only what is asked for: of conditions that may be off, a plan for all values makes none that an index could serve.
    /// </summary>
    private static string Asked(AuditQuery query) => string.Concat(
        query.Contest is null ? "" : " and contest_id = @Contest",
        query.Player is null ? "" : " and player_id = @Player",
        query.Payout is null ? "" : " and payout_id = @Payout",
        query.Actor is null ? "" : " and actor = @Actor",
        query.Before is null ? "" : " and at < @Before",
        query.After is null ? "" : " and (at, shard, no) < (@afterAt, @afterShard, @afterNo)");

    public static Task<IReadOnlyList<AuditHead>> AuditHeads(this Tx tx) =>
        tx.Query<AuditHead>("select shard, last_no, chain from payout.audit_head order by shard");

    /// <summary>The next rows of a shard in their order.</summary>
    /// <param name="after">The number of the last row that was read; 0 at first.</param>
    public static Task<IReadOnlyList<AuditRow>> AuditShard(this Tx tx, short shard, long after, int limit) => tx.Query<AuditRow>(
        $"select {Columns} from payout.audit_log where shard = @shard and no > @after order by no limit @limit",
        new { shard, after, limit });
}

/// <summary>Which rows of the audit log are asked for; null asks for any.</summary>
/// <param name="Before">Only rows before this time, UTC.</param>
/// <param name="After">The last row of the page before: its time, shard and number. A time alone would cut through the rows of
/// one transaction.</param>
public sealed record AuditQuery(
    string? Contest, string? Player, string? Payout, string? Actor, DateTimeOffset? Before, PageEnd? After, int Limit);
