using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Audit;

/// <summary>Who did what to which money, when, why, and what came of it.</summary>
/// <param name="Actor">A person's identity as the token gives it, or <c>system</c>.</param>
/// <param name="Action">One stable word with dashes (<c>payout-approved</c>).</param>
/// <param name="Subject">Id of what was acted on.</param>
/// <param name="Reason">Why; for people.</param>
/// <param name="Result">What came of it: <c>done</c> or why not.</param>
public sealed record AuditEntry(
    string Actor, string Action, string Subject, string? ContestId, string? PlayerId, string? PayoutId, string Reason,
    string Result);

/// <summary>One row of the audit log, chained to the one before it in its shard.</summary>
public sealed record AuditRow(
    short Shard, long No, string Actor, string Action, string Subject, string? ContestId, string? PlayerId, string? PayoutId,
    string Reason, string Result, DateTimeOffset At, byte[] Chain);

/// <summary>Last row of a shard of the audit log.</summary>
public sealed record AuditHead(short Shard, long LastNo, byte[] Chain);

/// <summary>
/// Appends to the audit log. A shard's rows hash the one before, so a row that is changed, removed or inserted is found.
/// </summary>
public static class AuditLog
{
    public const int Shards = 8;

    /// <summary>
    /// As <see cref="Audit"/>, of what was done past Payout's API: the database proves no name but that of the role that signed
    /// in, so that stands beside it.
    /// </summary>
    public static async Task AuditAsRole(this Tx tx, params IReadOnlyList<AuditEntry> entries)
    {
        var role = await tx.SignedInAs();
        await tx.Audit([.. entries.Select(e => e with { Result = $"{e.Result}; as database role {role}" })]);
    }

    /// <summary>Call it late in a transaction, and once with all its entries: the shards stay locked until the commit.</summary>
    public static async Task Audit(this Tx tx, params IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0) return;
        var at = tx.NowStored();
        var heads = (await tx.LockAuditHeads([.. entries.Select(e => Shard(e.Subject)).Distinct()])).ToDictionary(h => h.Shard);
        var rows = new List<AuditRow>(entries.Count);
        foreach (var entry in entries)
        {
            var head = heads[Shard(entry.Subject)];
            var row = new AuditRow(
                head.Shard, head.LastNo + 1, entry.Actor, entry.Action, entry.Subject, entry.ContestId, entry.PlayerId,
                entry.PayoutId, entry.Reason, entry.Result, at, []);
            row = row with { Chain = Next(head.Chain, row) };
            rows.Add(row);
            heads[head.Shard] = head with { LastNo = row.No, Chain = row.Chain };
        }

        await tx.InsertAudit(rows);
        await tx.UpdateAuditHeads([.. heads.Values]);
    }

    /// <summary>SHA-256 over the chain so far and every field, each after its length.</summary>
    public static byte[] Next(ReadOnlySpan<byte> previous, AuditRow row)
    {
        string?[] fields =
        [
            row.Shard.ToString(CultureInfo.InvariantCulture), row.No.ToString(CultureInfo.InvariantCulture), row.Actor,
            row.Action, row.Subject, row.ContestId, row.PlayerId, row.PayoutId, row.Reason, row.Result,
            row.At.UtcTicks.ToString(CultureInfo.InvariantCulture),
        ];
        var words = string.Concat(fields.Select(f => f is null ? "-:" : $"{f.Length}:{f}"));
        return SHA256.HashData([.. previous, .. Encoding.UTF8.GetBytes(words)]);
    }

    private static short Shard(string subject) =>
        (short)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(subject))) % Shards);
}
