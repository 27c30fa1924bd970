using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>SQL over commands that wait for their contest. Each statement runs inside the caller's transaction.</summary>
internal static class EarlySql
{
    /// <summary>
    /// Locked, so that two workers do not answer the same; the contests, where there are such, are locked before.
    /// </summary>
    /// <returns>By contest, in the order in which they came.</returns>
    public static Task<IReadOnlyList<EarlyCommand>> EarlyCommands(
        this Tx tx, IReadOnlyCollection<string> contestIds) => tx.Query<EarlyCommand>(
        """
        select contest_id, arrival_no, wire_name, body, trace_parent, came_at, due_at
        from scoring.early_command
        where contest_id = any(@contestIds)
        order by contest_id, arrival_no
        for update
        """,
        new { contestIds = contestIds.ToArray() });

    public static async Task<EarlyCount> CountEarly(this Tx tx) =>
        await tx.QueryOne<EarlyCount>("select count(*) as commands, min(came_at) as since from scoring.early_command")
            ?? throw new InvariantException("a count without a row");

    /// <param name="passedOver">Contests that are left alone for now.</param>
    /// <returns>A contest of which commands waited that can be answered now; null when there is none.</returns>
    public static Task<string?> NextEarly(this Tx tx, DateTimeOffset now, string[] passedOver) => tx.QueryOne<string>(
        """
        select e.contest_id
        from scoring.early_command e
        where e.contest_id <> all(@passedOver)
            and (e.due_at <= @now or exists (select from scoring.contest c where c.contest_id = e.contest_id)
                or exists (select from scoring.rule_set r where r.name = e.rules_name and r.version = e.rules_version))
        order by e.arrival_no
        limit 1
        """,
        new { now, passedOver });

    public static Task<int> InsertEarly(this Tx tx, IReadOnlyList<EarlyCommand> commands) => tx.Execute(
        """
        insert into scoring.early_command
            (contest_id, wire_name, body, trace_parent, came_at, due_at, rules_name, rules_version)
        select contest_id, wire_name, body, trace_parent, came_at, due_at, rules_name, rules_version
        from unnest(@contests, @types, @bodies, @traces, @came, @due, @names, @versions) with ordinality
            as n (contest_id, wire_name, body, trace_parent, came_at, due_at, rules_name, rules_version, no)
        order by n.no
        """,
        new
        {
            contests = commands.Select(c => c.ContestId).ToArray(),
            types = commands.Select(c => c.WireName).ToArray(),
            bodies = commands.Select(c => c.Body).ToArray(),
            traces = commands.Select(c => c.TraceParent).ToArray(),
            came = commands.Select(c => c.CameAt.UtcDateTime).ToArray(),
            due = commands.Select(c => c.DueAt.UtcDateTime).ToArray(),
            names = commands.Select(c => c.Rules?.Name).ToArray(),
            versions = commands.Select(c => c.Rules?.Version).ToArray(),
        });

    public static async Task DeleteEarly(this Tx tx, IReadOnlyList<EarlyCommand> commands)
    {
        var written = await tx.Execute(
            """
            delete from scoring.early_command e
            using unnest(@contests, @numbers) as n (contest_id, arrival_no)
            where e.contest_id = n.contest_id and e.arrival_no = n.arrival_no
            """,
            new { contests = commands.Select(c => c.ContestId).ToArray(),
                numbers = commands.Select(c => c.ArrivalNo).ToArray() });
        Invariant.Holds(written == commands.Count, $"{commands.Count} commands that waited were answered, {written} were there");
    }
}

/// <summary>How many commands wait for their contest, and since when the oldest does.</summary>
internal sealed record EarlyCount(long Commands, DateTimeOffset? Since);
