using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>SQL over reserved entries. The contest's row is locked by the caller.</summary>
public static class ReservedSql
{
    private const string Columns =
        "r.contest_id, r.entry_id, r.acceptance_no, r.player_id, r.player_entry_no, r.command_id, r.athlete_ids, "
            + "r.reserved_at, r.state, r.ended_at";

    public static Task<IReadOnlyList<ReservedEntry>> ReservedNamed(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId)> named) => tx.Query<ReservedEntry>(
        $"""
        select {Columns}
        from unnest(@contests, @entries) as n (contest_id, entry_id)
            join scoring.reserved_entry r on r.contest_id = n.contest_id and r.entry_id = n.entry_id
        order by r.contest_id, r.entry_id
        """,
        new { contests = named.Select(n => n.ContestId).ToArray(), entries = named.Select(n => n.EntryId).ToArray() });

    public static Task<IReadOnlyList<(string ContestId, string PlayerId, int Open, int Ever)>> ReservationsOfPlayers(
        this Tx tx, IReadOnlyCollection<(string ContestId, string PlayerId)> players) =>
        tx.Query<(string ContestId, string PlayerId, int Open, int Ever)>(
            """
            select n.contest_id, n.player_id, (count(*) filter (where r.state = 'reserved'))::integer, max(r.player_entry_no)
            from unnest(@contests, @players) as n (contest_id, player_id)
                join scoring.reserved_entry r on r.contest_id = n.contest_id and r.player_id = n.player_id
            group by n.contest_id, n.player_id
            order by n.contest_id, n.player_id
            """,
            new { contests = players.Select(n => n.ContestId).ToArray(), players = players.Select(n => n.PlayerId).ToArray() });

    public static async Task InsertReserved(this Tx tx, IReadOnlyCollection<ReservedEntry> entries)
    {
        var written = await tx.Execute(
            """
            insert into scoring.reserved_entry
                (contest_id, entry_id, acceptance_no, player_id, player_entry_no, command_id, athlete_ids, reserved_at, state,
                    ended_at)
            select n.contest_id, n.entry_id, n.acceptance_no, n.player_id, n.player_entry_no, n.command_id, n.athlete_ids,
                n.reserved_at, n.state,
                case when n.state = 'reserved' then null else n.reserved_at end
            from unnest(@contests, @entries, @acceptances, @players, @numbers, @commands, @lineups, @times, @states)
                as n (contest_id, entry_id, acceptance_no, player_id, player_entry_no, command_id, athlete_ids, reserved_at,
                    state)
            """,
            new
            {
                contests = entries.Select(e => e.ContestId).ToArray(),
                entries = entries.Select(e => e.EntryId).ToArray(),
                acceptances = entries.Select(e => e.AcceptanceNo).ToArray(),
                players = entries.Select(e => e.PlayerId).ToArray(),
                numbers = entries.Select(e => e.PlayerEntryNo).ToArray(),
                commands = entries.Select(e => e.CommandId).ToArray(),
                lineups = entries.Select(e => e.AthleteIds).ToArray(),
                times = entries.Select(e => e.ReservedAt.UtcDateTime).ToArray(),
                states = entries.Select(e => e.State).ToArray(),
            });
        Invariant.Holds(written == entries.Count, $"reserved {written} of {entries.Count} entries");
    }

    public static async Task EndReserved(this Tx tx, IReadOnlyCollection<ReservedEntry> entries)
    {
        var written = await tx.Execute(
            """
            update scoring.reserved_entry r
            set state = n.state, ended_at = n.ended_at
            from unnest(@contests, @entries, @states, @times) as n (contest_id, entry_id, state, ended_at)
            where r.contest_id = n.contest_id and r.entry_id = n.entry_id and r.state = 'reserved'
            """,
            new
            {
                contests = entries.Select(e => e.ContestId).ToArray(),
                entries = entries.Select(e => e.EntryId).ToArray(),
                states = entries.Select(e => e.State).ToArray(),
                times = entries.Select(e => e.EndedAt!.Value.UtcDateTime).ToArray(),
            });
        Invariant.Holds(written == entries.Count, $"ended {written} of {entries.Count} reservations");
    }

    public static Task<bool> HasReserved(this Tx tx, string contestId) => tx.QueryOne<bool>(
        "select exists (select from scoring.reserved_entry where contest_id = @contestId and state = 'reserved')",
        new { contestId });

    /// <returns>Those that were still unpaid.</returns>
    public static Task<IReadOnlyList<ReservedEntry>> RefuseReserved(
        this Tx tx, string contestId, DateTimeOffset at) => tx.Query<ReservedEntry>(
        $"""
        with refused as (
            update scoring.reserved_entry
            set state = 'refused', ended_at = @at
            where contest_id = @contestId and state = 'reserved'
            returning contest_id, entry_id, acceptance_no, player_id, player_entry_no, command_id, athlete_ids, reserved_at, state, ended_at)
        select {Columns} from refused r order by r.entry_id
        """,
        new { contestId, at });
}
