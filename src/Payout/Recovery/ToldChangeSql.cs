using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>All SQL of what was told before the books went back. Each statement runs inside the caller's transaction.</summary>
public static class ToldChangeSql
{
    /// <summary>An expression over a row of payouts: how many of its changes were told, here or by books that are lost.</summary>
    public const string NumberOfPayout =
        $"greatest(change_no, (select told_no from payout.told_change where kind = '{ToldChange.Payout}' "
            + "and of_contest = contest_id and of_subject = payout_id))";

    /// <summary>As <see cref="NumberOfPayout"/>, over a row of entries' payments.</summary>
    public const string NumberOfPayment =
        $"greatest(change_no, (select told_no from payout.told_change where kind = '{ToldChange.Payment}' "
            + "and of_contest = contest_id and of_subject = entry_id))";

    public static Task KeepTold(this Tx tx, IReadOnlyList<ToldChange> told) => tx.Execute(
        """
        insert into payout.told_change as c (kind, of_contest, of_subject, told_no)
        select n.kind, n.of_contest, n.of_subject, n.told_no
        from unnest(@kinds::text[], @contests::text[], @subjects::text[], @numbers::integer[])
            n(kind, of_contest, of_subject, told_no)
        on conflict (kind, of_contest, of_subject) do update set told_no = greatest(c.told_no, excluded.told_no)
        """,
        new
        {
            kinds = told.Select(t => t.Kind).ToArray(), contests = told.Select(t => t.ContestId).ToArray(),
            subjects = told.Select(t => t.SubjectId).ToArray(), numbers = told.Select(t => t.ChangeNo).ToArray(),
        });

    /// <param name="payoutIds">That are about to be made, again as it may be.</param>
    /// <returns>The number of the first change to be told of each.</returns>
    public static async Task<Func<string, int>> FirstChangeNos(
        this Tx tx, string contestId, IReadOnlyCollection<string> payoutIds)
    {
        var told = await tx.ToldNos(ToldChange.Payout, [.. payoutIds.Select(id => (contestId, id))]);
        return payoutId => told(contestId, payoutId) + 1;
    }

    /// <param name="about">Contest, and payout or entry.</param>
    /// <returns>How many changes of each were told by books that are lost, by contest and subject; mostly 0.</returns>
    public static async Task<Func<string, string, int>> ToldNos(
        this Tx tx, string kind, IReadOnlyCollection<(string ContestId, string SubjectId)> about)
    {
        var told = (await tx.Query<(string ContestId, string SubjectId, int ToldNo)>(
            """
            select of_contest, of_subject, told_no from payout.told_change
            where kind = @kind
                and (of_contest, of_subject) in (select * from unnest(@contests::text[], @subjects::text[]))
            order by of_contest, of_subject
            """,
            new
            {
                kind, contests = about.Select(a => a.ContestId).ToArray(), subjects = about.Select(a => a.SubjectId).ToArray(),
            }))
            .ToDictionary(t => (t.ContestId, t.SubjectId), t => t.ToldNo);
        return (contestId, subjectId) => told.GetValueOrDefault((contestId, subjectId));
    }
}
