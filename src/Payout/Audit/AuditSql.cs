using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL of the audit log.</summary>
public static class AuditSql
{
    private const string Columns = "shard, no, actor, action, subject, contest_id, player_id, payout_id, reason, result, at, chain";

    public static async Task<AuditHead> LockAuditHead(this Tx tx, short shard) =>
        await tx.QueryOne<AuditHead>("select shard, last_no, chain from payout.audit_head where shard = @shard for update", new { shard })
            ?? throw new InvariantException($"audit shard {shard} has no head");

    public static async Task InsertAudit(this Tx tx, AuditRow row)
    {
        var written = await tx.Execute(
            """
            insert into payout.audit_log (shard, no, actor, action, subject, contest_id, player_id, payout_id, reason, result, at, chain)
            values (@Shard, @No, @Actor, @Action, @Subject, @ContestId, @PlayerId, @PayoutId, @Reason, @Result, @At, @Chain)
            """,
            row);
        Invariant.Holds(written == 1, $"audit row {row.Shard}/{row.No}: wrote {written} rows");
    }

    public static async Task UpdateAuditHead(this Tx tx, AuditHead head)
    {
        var written = await tx.Execute("update payout.audit_head set last_no = @LastNo, chain = @Chain where shard = @Shard", head);
        Invariant.Holds(written == 1, $"audit shard {head.Shard}: updated {written} heads");
    }

    public static Task<IReadOnlyList<AuditRow>> AuditRows(this Tx tx, AuditQuery query) => tx.Query<AuditRow>(
        $"""
        select {Columns}
        from payout.audit_log
        where (@Contest::text is null or contest_id = @Contest)
            and (@Player::text is null or player_id = @Player)
            and (@Payout::text is null or payout_id = @Payout)
            and (@Actor::text is null or actor = @Actor)
            and (@Before::timestamptz is null or at < @Before)
        order by at desc, shard, no desc
        limit @Limit
        """,
        query);

    public static Task<IReadOnlyList<AuditHead>> AuditHeads(this Tx tx) =>
        tx.Query<AuditHead>("select shard, last_no, chain from payout.audit_head order by shard");

    public static Task<IReadOnlyList<AuditRow>> AuditShard(this Tx tx, short shard) =>
        tx.Query<AuditRow>($"select {Columns} from payout.audit_log where shard = @shard order by no", new { shard });
}
