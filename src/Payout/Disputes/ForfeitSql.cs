using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>All SQL of forfeited prizes.</summary>
public static class ForfeitSql
{
    private const string Prizes =
        $"""
        select d.dispute_id, a.contest_id, a.revision, a.entry_id, a.player_id, c.currency,
            (a.net_minor - coalesce(v.voided_minor, 0) - r.reduced_minor)::bigint as left_minor, coalesce(v.void_no, 0) as void_no
        from payout.dispute d
            join payout.award a on a.contest_id = d.contest_id and a.entry_id = d.entry_id and a.player_id = d.player_id
            join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision and c.completed_at is not null
            {ClawbackSql.VoidsOfAward}
            {ClawbackSql.ReductionsOfAward}
        """;

    /// <summary>
    /// Contests that are just being completed are waited for: they look at lost disputes themselves, or are seen here.
    /// </summary>
    public static async Task<IReadOnlyList<DisputedPrize>> DisputedPrizes(
        this Tx tx, string disputeId, string contestId, string entryId, string playerId)
    {
        await tx.Query<int>(
            "select revision from payout.contest where contest_id = @contestId order by revision for update", new { contestId });
        return await tx.Query<DisputedPrize>(
            $"{Prizes} where d.dispute_id = @disputeId and a.contest_id = @contestId and a.entry_id = @entryId and a.player_id "
                + $"= @playerId order by a.revision",
            new { disputeId, contestId, entryId, playerId });
    }

    public static Task<IReadOnlyList<DisputedPrize>> PrizesLost(
        this Tx tx, string contestId, int revision) => tx.Query<DisputedPrize>(
        $"{Prizes} where d.phase = 'lost' and d.contest_id = @contestId and a.revision = @revision order by a.player_id, "
            + $"a.entry_id", new { contestId, revision });

    /// <summary>With the contest locked: what a refund has voided meanwhile is seen.</summary>
    public static async Task<DisputedPrize> ReadAgain(this Tx tx, DisputedPrize prize) => await tx.QueryOne<DisputedPrize>(
        $"{Prizes} where d.dispute_id = @DisputeId and a.contest_id = @ContestId and a.revision = @Revision and a.entry_id = "
            + $"@EntryId and a.player_id = @PlayerId",
        prize) ?? throw new InvariantException($"the prize of entry {prize.EntryId} is gone");
}
