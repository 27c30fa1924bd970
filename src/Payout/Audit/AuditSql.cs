using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL of the audit log.</summary>
public static class AuditSql
{
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
}
