using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// SQL over where operators' commands may still lie on the topic of players. Each statement runs inside the caller's transaction.
/// </summary>
internal static class FormerCommandSql
{
    public static Task<bool> HasFormerEnds(this Tx tx) => tx.QueryOne<bool>("select exists (select from scoring.former_command)");

    public static Task<int> InsertFormerEnds(this Tx tx, IReadOnlyList<PartitionRange> ends) => tx.Execute(
        """
        insert into scoring.former_command (partition, end_offset)
        select partition, end_offset from unnest(@partitions, @ends) as n (partition, end_offset) order by partition
        on conflict do nothing
        """,
        new { partitions = ends.Select(e => e.Partition).ToArray(), ends = ends.Select(e => e.To).ToArray() });

    public static Task<bool> IsFormer(this Tx tx, int partition, long offset) => tx.QueryOne<bool>(
        "select exists (select from scoring.former_command where partition = @partition and @offset < end_offset)",
        new { partition, offset });
}
