using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>SQL over what Scoring had published before its database went back.</summary>
internal static class PublishedSql
{
    internal const int RowsMax = 1_000;

    /// <summary>The first that was published counts.</summary>
    public static Task<int> KeepPublished(this Tx tx, IReadOnlyCollection<PublishedRow> rows) => tx.Execute(
        """
        insert into scoring.published_before (contest_id, wire_name, ref, body)
        select * from unnest(@contests, @names, @refs, @bodies) as n (contest_id, wire_name, ref, body)
        order by n.contest_id, n.wire_name, n.ref
        on conflict do nothing
        """,
        new
        {
            contests = rows.Select(r => r.ContestId).ToArray(),
            names = rows.Select(r => r.WireName).ToArray(),
            refs = rows.Select(r => r.Ref).ToArray(),
            bodies = rows.Select(r => r.Body).ToArray(),
        });

    /// <returns>
    /// Whether records come again because the database went back, and whether anything is kept: a command that was parked
    /// meanwhile is handled later.
    /// </returns>
    public static Task<(bool IsAgain, bool HasPublished)> LookBack(this Tx tx) => tx.QueryOne<(bool, bool)>(
        """
        select exists (select from scoring.handled_offset where again_until is not null),
            exists (select from scoring.published_before)
        """);

    /// <summary>
    /// What is said next of a contest's lifecycle is newer than all that was said before the database went back, however often it
    /// did: versions go on from the seconds since 1970.
    /// </summary>
    /// <param name="contestId">Null: of all.</param>
    public static Task<int> SkipLifecycleVersions(this Tx tx, string? contestId) => tx.Execute(
        """
        update scoring.contest set lifecycle_version = greatest(lifecycle_version, @first)
        where @contestId::text is null or contest_id = @contestId
        """,
        new { contestId, first = tx.Now.ToUnixTimeSeconds() });

    /// <returns>What is kept of these contests under any of these.</returns>
    public static Task<IReadOnlyList<PublishedRow>> Published(
        this Tx tx, IReadOnlyCollection<string> contestIds, IReadOnlyCollection<string> refs) => tx.Query<PublishedRow>(
        """
        select contest_id, wire_name, ref, body from scoring.published_before
        where contest_id = any(@contests) and ref = any(@refs)
        order by contest_id, wire_name, ref
        """,
        new { contests = contestIds.ToArray(), refs = refs.ToArray() });

    /// <returns>The newest attempt at a ranking of this revision that was published, no earlier one than asked for.</returns>
    public static Task<PublishedRow?> PublishedRanking(
        this Tx tx, string contestId, int revision, int attempt, string wireName) => tx.QueryOne<PublishedRow>(
        """
        select contest_id, wire_name, ref, body from scoring.published_before
        where contest_id = @contestId and wire_name = @wireName and split_part(ref, '/', 1) = @revision::text
            and split_part(ref, '/', 2)::int >= @attempt
        order by split_part(ref, '/', 2)::int desc
        limit 1
        """,
        new { contestId, revision, attempt, wireName });
}
