namespace ContestPipeline.Simulation;

/// <summary>How PostgreSQL finds rows and where it left room for new ones. No seed's story may depend on either.</summary>
/// <param name="Options">Of every connection of a worker.</param>
/// <param name="SeedsPerSweep">What a seed wrote stays in the way of the next ones for so long, and their rows go where they find
/// room.</param>
internal sealed record SimPlan(string Name, string Options, int SeedsPerSweep)
{
    internal static readonly SimPlan Usual = new("as usual", "", SeedsPerSweep: 40);

    /// <summary>Rows come in the order of the heap, of an index, of a hash table or of a bitmap.</summary>
    internal static readonly IReadOnlyList<SimPlan> Others =
    [
        new("whole tables",
            "-c enable_indexscan=off -c enable_bitmapscan=off -c enable_indexonlyscan=off -c enable_nestloop=off -c "
                + "enable_mergejoin=off", SeedsPerSweep: 7),
        new("indexes",
            "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_hashagg=off -c enable_sort=off",
            SeedsPerSweep: 90),
        new("bitmaps and merges",
            "-c enable_seqscan=off -c enable_indexscan=off -c enable_indexonlyscan=off -c enable_hashjoin=off -c "
                + "enable_nestloop=off", SeedsPerSweep: 3),
    ];
}
