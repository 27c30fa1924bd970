using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>An entry that takes part, for the final ranking.</summary>
public sealed record FinalEntryRow(string EntryId, string PlayerId, long AcceptanceNo, string AthleteIds);

/// <summary>A contest as the standings in memory follow it.</summary>
public sealed record RunningContestRow(
    string ContestId, string DefinitionHash, string State, long LastAcceptanceNo, long LastChangeNo);

/// <summary>SQL of the standings: what memory is rebuilt from, and who publishes.</summary>
public static class StandingsSql
{
    public static Task<IReadOnlyList<FinalEntryRow>> FinalEntries(this Tx tx, string contestId) => tx.Query<FinalEntryRow>(
        """
        select entry_id, player_id, acceptance_no, athlete_ids from scoring.entry
        where contest_id = @contestId and not withdrawn order by entry_id
        """,
        new { contestId });

    /// <summary>
    /// Puts the entries accepted since the last look into the board, as they stand now. Streams: there may be a million.
    /// </summary>
    public static async Task PutNewEntries(this Tx tx, ContestBoard board, long lastAcceptanceNo)
    {
        await using var command = tx.Connection.CreateCommand();
        command.CommandText =
            """
            select acceptance_no, athlete_ids from scoring.entry
            where contest_id = $1 and acceptance_no > $2 and acceptance_no <= $3 and not withdrawn
            order by acceptance_no
            """;
        command.Parameters.Add(new() { Value = board.Rules.Definition.ContestId });
        command.Parameters.Add(new() { Value = board.LastAcceptanceNo });
        command.Parameters.Add(new() { Value = lastAcceptanceNo });
        await using var reader = await command.ExecuteReaderAsync(tx.Ct);
        while (await reader.ReadAsync(tx.Ct)) board.Put(reader.GetInt64(0), reader.GetString(1));
    }

    /// <summary>Entries that were swapped or withdrawn since, as they stand now.</summary>
    public static Task<IReadOnlyList<(long AcceptanceNo, string AthleteIds, bool Withdrawn)>> ChangedEntries(
        this Tx tx, string contestId, long afterChangeNo) => tx.Query<(long AcceptanceNo, string AthleteIds, bool Withdrawn)>(
        """
        select distinct e.acceptance_no, e.athlete_ids, e.withdrawn
        from scoring.entry_change c join scoring.entry e on e.contest_id = c.contest_id and e.acceptance_no = c.acceptance_no
        where c.contest_id = @contestId and c.change_no > @afterChangeNo
        order by e.acceptance_no
        """,
        new { contestId, afterChangeNo });

    /// <summary>
    /// Renews this process's leases and takes those that ran out. The rows stay locked until the commit: nobody else publishes
    /// meanwhile.
    /// </summary>
    public static Task<IReadOnlyList<short>> LeaseSlices(
        this Tx tx, string owner, DateTimeOffset now, DateTimeOffset until) => tx.Query<short>(
        """
        with leased as (
            update scoring.standings_slice as s set owner = @owner, leased_until = @until
            where s.slice in (
                select f.slice from scoring.standings_slice f where f.owner = @owner or f.leased_until < @now order by f.slice for
                    update skip locked)
            returning s.slice)
        select slice from leased order by slice
        """,
        new { owner, now, until });

    public static Task<IReadOnlyList<RunningContestRow>> RunningContests(
        this Tx tx, IReadOnlyList<short> slices) => tx.Query<RunningContestRow>(
        """
        select contest_id, definition_hash, state, last_acceptance_no, last_change_no
        from scoring.contest
        where slice = any(@slices) and state in ('LOCKED', 'LIVE', 'COMPLETE')
        order by contest_id
        """,
        new { slices = slices.ToArray() });

    public static Task<RunningContestRow?> FindContest(this Tx tx, string contestId) => tx.QueryOne<RunningContestRow>(
        "select contest_id, definition_hash, state, last_acceptance_no, last_change_no from scoring.contest where contest_id = "
            + "@contestId",
        new { contestId });

    public static Task<long?> AcceptanceNo(this Tx tx, string contestId, string entryId) => tx.QueryOne<long?>(
        "select acceptance_no from scoring.entry where contest_id = @contestId and entry_id = @entryId",
        new { contestId, entryId });

    public static Task<IReadOnlyList<(string ContestId, long Version)>> NextStandingsVersions(
        this Tx tx, IReadOnlyList<string> contestIds) =>
        tx.Query<(string ContestId, long Version)>(
            """
            with counted as (
                insert into scoring.standings as s (contest_id, version)
                select n.contest_id, 1 from unnest(@contestIds) as n (contest_id) order by n.contest_id
                on conflict (contest_id) do update set version = s.version + 1
                returning contest_id, version)
            select contest_id, version from counted order by contest_id
            """,
            new { contestIds = contestIds.ToArray() });

    public static Task<IReadOnlyList<(long AcceptanceNo, string EntryId, string PlayerId)>> EntriesByAcceptance(
        this Tx tx, string contestId,
        IReadOnlyList<long> acceptanceNos) => tx.Query<(long AcceptanceNo, string EntryId, string PlayerId)>(
        """
        select acceptance_no, entry_id, player_id from scoring.entry
        where contest_id = @contestId and acceptance_no = any(@acceptanceNos) order by acceptance_no
        """,
        new { contestId, acceptanceNos = acceptanceNos.ToArray() });
}
