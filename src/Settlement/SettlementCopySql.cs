using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>SQL that keeps Settlement's own copy of definitions, entries, lines and rankings. Set-based: one statement per batch and kind.</summary>
internal static class SettlementCopySql
{
    public static Task<int> AddContest(this Tx tx, ContestPublishedV1 published) => tx.Execute(
        """
        insert into settlement.contest (contest_id, definition, definition_hash)
        values (@ContestId, @definition, @DefinitionHash)
        """,
        new { published.ContestId, definition = Text(published.Definition), published.DefinitionHash });

    public static async Task AddEntries(this Tx tx, IReadOnlyCollection<EntryRow> rows)
    {
        if (rows.Count == 0) return;
        var written = await tx.Execute(
            """
            insert into settlement.entry (contest_id, entry_id, player_id, acceptance_no, version, lineup, withdrawn)
            select contest_id, entry_id, player_id, acceptance_no, version, lineup, withdrawn
            from unnest(@contests::text[], @entries::text[], @players::text[], @numbers::bigint[], @versions::int[], @lineups::text[], @withdrawn::boolean[])
                as row (contest_id, entry_id, player_id, acceptance_no, version, lineup, withdrawn)
            on conflict (contest_id, entry_id) do update
            set player_id = excluded.player_id, acceptance_no = excluded.acceptance_no, version = excluded.version,
                lineup = excluded.lineup, withdrawn = excluded.withdrawn
            where entry.withdrawn and entry.acceptance_no < excluded.acceptance_no
            """,
            new
            {
                contests = rows.Select(r => r.ContestId).ToArray(),
                entries = rows.Select(r => r.EntryId).ToArray(),
                players = rows.Select(r => r.PlayerId).ToArray(),
                numbers = rows.Select(r => r.AcceptanceNo).ToArray(),
                versions = rows.Select(r => r.Version).ToArray(),
                lineups = rows.Select(r => r.Lineup).ToArray(),
                withdrawn = rows.Select(r => r.Withdrawn).ToArray(),
            });
        Invariant.Holds(written == rows.Count, $"{rows.Count} entries accepted, {written} new");
    }

    public static async Task ChangeLineups(this Tx tx, IReadOnlyCollection<LineupChange> rows)
    {
        if (rows.Count == 0) return;
        var written = await tx.Execute(
            """
            update settlement.entry
            set version = row.version, lineup = row.lineup
            from unnest(@contests::text[], @entries::text[], @versions::int[], @lineups::text[]) as row (contest_id, entry_id, version, lineup)
            where entry.contest_id = row.contest_id and entry.entry_id = row.entry_id and entry.version < row.version and not entry.withdrawn
            """,
            new
            {
                contests = rows.Select(r => r.ContestId).ToArray(),
                entries = rows.Select(r => r.EntryId).ToArray(),
                versions = rows.Select(r => r.Version).ToArray(),
                lineups = rows.Select(r => r.Lineup).ToArray(),
            });
        Invariant.Holds(written == rows.Count, $"{rows.Count} entries changed, {written} found");
    }

    public static async Task WithdrawEntries(this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId)> rows)
    {
        if (rows.Count == 0) return;
        var written = await tx.Execute(
            """
            update settlement.entry
            set withdrawn = true
            from unnest(@contests::text[], @entries::text[]) as row (contest_id, entry_id)
            where entry.contest_id = row.contest_id and entry.entry_id = row.entry_id and not entry.withdrawn
            """,
            new { contests = rows.Select(r => r.ContestId).ToArray(), entries = rows.Select(r => r.EntryId).ToArray() });
        Invariant.Holds(written == rows.Count, $"{rows.Count} entries withdrawn, {written} found");
    }

    /// <summary>A version that came before is left as it is; it can only be the same.</summary>
    public static Task AddLines(this Tx tx, IReadOnlyCollection<StatLineV1> lines) => tx.Execute(
        """
        insert into settlement.line (game_id, athlete_id, version, stats)
        select game_id, athlete_id, version, stats
        from unnest(@games::text[], @athletes::text[], @versions::bigint[], @stats::text[]) as row (game_id, athlete_id, version, stats)
        on conflict do nothing
        """,
        new
        {
            games = lines.Select(l => l.GameId).ToArray(),
            athletes = lines.Select(l => l.AthleteId).ToArray(),
            versions = lines.Select(l => l.Version).ToArray(),
            stats = lines.Select(l => Text(l.Stats)).ToArray(),
        });

    public static Task<int> AddRankingChunk(this Tx tx, RankingChunkV1 chunk) => tx.Execute(
        """
        insert into settlement.ranking_chunk (contest_id, revision, chunk, body)
        values (@ContestId, @Revision, @Chunk, @body)
        """,
        new { chunk.ContestId, chunk.Revision, chunk.Chunk, body = Text(chunk) });

    /// <summary>A completion waits for the job, unless the contest is cancelled already.</summary>
    public static Task<int> AddCompletion(this Tx tx, ContestFinalizedV1 finalized) => tx.Execute(
        """
        insert into settlement.completion (contest_id, revision, body, state, received_at, next_check_at)
        select @ContestId, @Revision, @body,
            case when exists (select from settlement.contest where contest_id = @ContestId and cancelled_at is not null) then 'cancelled' else 'waiting' end,
            @now, @now
        """,
        new { finalized.ContestId, finalized.Revision, body = Text(finalized), now = tx.Now });

    /// <summary>Takes the contest's lock, so that a cancellation and a settlement take turns.</summary>
    public static async Task CancelContest(this Tx tx, ContestCancelledV1 cancelled)
    {
        var written = await tx.Execute(
            """
            update settlement.contest
            set cancelled_at = @At, cancel_reason = @Reason
            where contest_id = @ContestId
            """,
            new { cancelled.ContestId, cancelled.At, cancelled.Reason });
        Invariant.Holds(written == 1, $"contest {cancelled.ContestId} is cancelled but was never published");
        await tx.Execute(
            """
            update settlement.completion
            set state = 'cancelled'
            where contest_id = @ContestId and state in ('waiting', 'held')
            """,
            new { cancelled.ContestId });
    }

    public static async Task<bool> IsSettled(this Tx tx, string contestId) => await tx.QueryOne<long>(
        """
        select count(*)
        from settlement.result
        where contest_id = @contestId
        """,
        new { contestId }) > 0;

    internal static string Text(object value) => System.Text.Encoding.UTF8.GetString(WireJson.Bytes(value));
}
