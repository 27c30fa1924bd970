using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A swap as it was accepted.</summary>
/// <param name="Version">Of the entry, that the swap made.</param>
/// <param name="Slot">0-based.</param>
/// <param name="At">When it was accepted, UTC, by the clock of the process that judged it.</param>
public sealed record SwapRow(
    string ContestId, string EntryId, int Version, int Slot, string AthleteOut, string AthleteIn, string GameOut, string GameIn,
    DateTimeOffset At);

/// <summary>SQL over accepted swaps. The contest's row is locked by the caller.</summary>
public static class SwapSql
{
    public static async Task InsertSwaps(this Tx tx, IReadOnlyCollection<SwapRow> swaps)
    {
        var written = await tx.Execute(
            """
            insert into scoring.swap (contest_id, entry_id, version, slot, athlete_out, athlete_in, game_out, game_in, at)
            select * from unnest(@contests, @entries, @versions, @slots, @outs, @ins, @gamesOut, @gamesIn, @times)
            """,
            new
            {
                contests = swaps.Select(s => s.ContestId).ToArray(),
                entries = swaps.Select(s => s.EntryId).ToArray(),
                versions = swaps.Select(s => s.Version).ToArray(),
                slots = swaps.Select(s => s.Slot).ToArray(),
                outs = swaps.Select(s => s.AthleteOut).ToArray(),
                ins = swaps.Select(s => s.AthleteIn).ToArray(),
                gamesOut = swaps.Select(s => s.GameOut).ToArray(),
                gamesIn = swaps.Select(s => s.GameIn).ToArray(),
                times = swaps.Select(s => s.At.UtcDateTime).ToArray(),
            });
        Invariant.Holds(written == swaps.Count, $"wrote {written} of {swaps.Count} swaps");
    }

    /// <summary>All swaps that count, in order, of the entries of which one came after the start of one of its games.</summary>
    /// <param name="apart">How much later by another clock is not later.</param>
    public static Task<IReadOnlyList<SwapRow>> SwapsOfLateEntries(
        this Tx tx, string contestId, TimeSpan apart) => tx.Query<SwapRow>(
        """
        select s.contest_id, s.entry_id, s.version, s.slot, s.athlete_out, s.athlete_in, s.game_out, s.game_in, s.at
        from scoring.swap s
        where s.contest_id = @contestId and s.taken_back_at is null and s.entry_id in (
            select l.entry_id
            from scoring.swap l join scoring.game g on g.game_id in (l.game_out, l.game_in)
            where l.contest_id = @contestId and l.taken_back_at is null and g.started_at + @apart < l.at)
        order by s.entry_id, s.version
        """,
        new { contestId, apart });

    public static async Task TakeBackSwaps(this Tx tx, IReadOnlyCollection<SwapRow> swaps, DateTimeOffset now)
    {
        var written = await tx.Execute(
            """
            update scoring.swap s set taken_back_at = @now
            from unnest(@contests, @entries, @versions) as n (contest_id, entry_id, version)
            where s.contest_id = n.contest_id and s.entry_id = n.entry_id and s.version = n.version and s.taken_back_at is null
            """,
            new
            {
                contests = swaps.Select(s => s.ContestId).ToArray(),
                entries = swaps.Select(s => s.EntryId).ToArray(),
                versions = swaps.Select(s => s.Version).ToArray(),
                now,
            });
        Invariant.Holds(written == swaps.Count, $"took back {written} of {swaps.Count} swaps");
    }
}
