using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// SQL that keeps Settlement's own copy of definitions, entries, lines and rankings. Set-based: one statement per batch and kind.
/// </summary>
internal static class SettlementCopySql
{
    /// <summary>The same contest again changes nothing.</summary>
    public static async Task AddContest(this Tx tx, ContestPublishedV1 published)
    {
        var written = await tx.Execute(
            """
            insert into settlement.contest (contest_id, definition, definition_hash)
            values (@ContestId, @definition, @DefinitionHash)
            on conflict (contest_id) do update set definition_hash = contest.definition_hash where contest.definition_hash =
                excluded.definition_hash
            """,
            new { published.ContestId, definition = Text(published.Definition), published.DefinitionHash });
        Invariant.Holds(written == 1, $"contest {published.ContestId} was published before with another definition");
    }

    /// <summary>An acceptance that is known changes nothing: the inbox does not remember for ever.</summary>
    public static Task AddEntries(
        this Tx tx, IReadOnlyCollection<EntryRow> rows) => rows.Count == 0 ? Task.CompletedTask : tx.Execute(
        """
        insert into settlement.entry (contest_id, entry_id, player_id, acceptance_no, version, lineup, withdrawn)
        select contest_id, entry_id, player_id, acceptance_no, 1, lineup, false
        from unnest(@contests::text[], @entries::text[], @players::text[], @numbers::bigint[], @lineups::text[])
            as row (contest_id, entry_id, player_id, acceptance_no, lineup)
        on conflict do nothing
        """,
        new
        {
            contests = rows.Select(r => r.ContestId).ToArray(),
            entries = rows.Select(r => r.EntryId).ToArray(),
            players = rows.Select(r => r.PlayerId).ToArray(),
            numbers = rows.Select(r => r.AcceptanceNo).ToArray(),
            lineups = rows.Select(r => r.Lineup).ToArray(),
        });

    /// <summary>
    /// A line-up that a later one replaced changes nothing. Versions tell which is later: those who accept and those who change
    /// have clocks of their own.
    /// </summary>
    public static async Task ChangeLineups(this Tx tx, IReadOnlyCollection<LineupChange> rows)
    {
        if (rows.Count == 0) return;
        var found = await tx.QueryOne<long>(
            """
            with change as (
                select * from unnest(@contests::text[], @entries::text[], @versions::int[], @lineups::text[])
                    as row (contest_id, entry_id, version, lineup)
            ), changed as (
                update settlement.entry
                set version = change.version, lineup = change.lineup
                from change
                where entry.contest_id = change.contest_id and entry.entry_id = change.entry_id and entry.version < change.version
            )
            select count(*) from change join settlement.entry on entry.contest_id = change.contest_id and entry.entry_id =
                change.entry_id
            """,
            new
            {
                contests = rows.Select(r => r.ContestId).ToArray(),
                entries = rows.Select(r => r.EntryId).ToArray(),
                versions = rows.Select(r => r.Version).ToArray(),
                lineups = rows.Select(r => r.Lineup).ToArray(),
            });
        Invariant.Holds(found == rows.Count, $"{rows.Count} entries changed, {found} found");
    }

    /// <summary>
    /// One that was taken back already stays as it is. No entry is accepted a second time, so whatever the clocks said a
    /// withdrawal comes after the acceptance.
    /// </summary>
    public static async Task WithdrawEntries(this Tx tx, IReadOnlyCollection<Withdrawal> rows)
    {
        if (rows.Count == 0) return;
        var found = await tx.QueryOne<long>(
            """
            with withdrawal as (
                select * from unnest(@contests::text[], @entries::text[]) as row (contest_id, entry_id)
            ), withdrawn as (
                update settlement.entry
                set withdrawn = true
                from withdrawal
                where entry.contest_id = withdrawal.contest_id and entry.entry_id = withdrawal.entry_id and not entry.withdrawn
            )
            select count(*) from withdrawal join settlement.entry on entry.contest_id = withdrawal.contest_id and entry.entry_id =
                withdrawal.entry_id
            """,
            new
            {
                contests = rows.Select(r => r.ContestId).ToArray(),
                entries = rows.Select(r => r.EntryId).ToArray(),
            });
        Invariant.Holds(found == rows.Count, $"{rows.Count} entries withdrawn, {found} found");
    }

    /// <summary>A version that came before is left as it is; it can only be the same.</summary>
    public static Task AddLines(this Tx tx, IReadOnlyCollection<StatLineV1> lines) => tx.Execute(
        """
        insert into settlement.line (game_id, athlete_id, version, stats)
        select game_id, athlete_id, version, stats
        from unnest(@games::text[], @athletes::text[], @versions::bigint[], @stats::text[]) as row (game_id, athlete_id, version,
            stats)
        on conflict do nothing
        """,
        new
        {
            games = lines.Select(l => l.GameId).ToArray(),
            athletes = lines.Select(l => l.AthleteId).ToArray(),
            versions = lines.Select(l => l.Version).ToArray(),
            stats = lines.Select(l => Text(l.Stats)).ToArray(),
        });

    /// <returns>Those of which the same version is stored with another text.</returns>
    public static Task<IReadOnlyList<LineRow>> OtherLinesOfVersion(
        this Tx tx, IReadOnlyCollection<StatLineV1> lines) => tx.Query<LineRow>(
        """
        select distinct l.game_id, l.athlete_id, l.version, l.stats
        from unnest(@games::text[], @athletes::text[], @versions::bigint[], @stats::text[]) as n (game_id, athlete_id, version,
            stats)
            join settlement.line l on l.game_id = n.game_id and l.athlete_id = n.athlete_id and l.version = n.version
        where l.stats <> n.stats
        order by l.game_id, l.athlete_id, l.version
        """,
        new
        {
            games = lines.Select(l => l.GameId).ToArray(),
            athletes = lines.Select(l => l.AthleteId).ToArray(),
            versions = lines.Select(l => l.Version).ToArray(),
            stats = lines.Select(l => Text(l.Stats)).ToArray(),
        });

    /// <summary>A chunk that came before is left as it is; it can only be the same.</summary>
    public static async Task AddRankingChunk(this Tx tx, RankingChunkV1 chunk)
    {
        var row = new { chunk.ContestId, chunk.Revision, attempt = chunk.Attempt ?? 1, chunk.Chunk, body = Text(chunk) };
        var written = await tx.Execute(
            """
            insert into settlement.ranking_chunk (contest_id, revision, attempt, chunk, body) values (@ContestId, @Revision,
                @attempt, @Chunk, @body)
            on conflict do nothing
            """, row);
        if (written == 1) return;
        var isSame = await tx.QueryOne<bool>(
            "select body = @body from settlement.ranking_chunk where contest_id = @ContestId and revision = @Revision and "
                + "attempt = @attempt and chunk = @Chunk", row);
        Invariant.Holds(isSame, $"chunk {chunk.Chunk} of the ranking of contest {chunk.ContestId} came before with another body");
    }

    /// <summary>
    /// A completion waits for the job, unless the contest is cancelled or it was recalled already. A further attempt takes the
    /// place of the one before, which is never settled; one that came before is left as it is and can only be the same.
    /// </summary>
    public static async Task AddCompletion(this Tx tx, ContestFinalizedV1 finalized)
    {
        var row = new { finalized.ContestId, finalized.Revision, attempt = finalized.Attempt ?? 1, body = Text(finalized),
            now = tx.Now };
        var written = await tx.Execute(
            """
            insert into settlement.completion (contest_id, revision, attempt, body, state, received_at, next_check_at)
            select @ContestId, @Revision, @attempt, @body,
                case when exists (select from settlement.contest where contest_id = @ContestId and cancelled_at is not null) then
                    'cancelled'
                    when settlement.is_recalled(@ContestId, @Revision, @attempt) then 'recalled'
                    else 'waiting' end,
                @now, @now
            on conflict (contest_id, revision) do update
            set attempt = excluded.attempt, body = excluded.body, state = excluded.state, received_at = excluded.received_at,
                next_check_at = excluded.next_check_at,
                missing = '', alerted = false
            where completion.attempt < excluded.attempt and completion.state <> 'settled'
            """, row);
        if (written == 1) return;
        var earlier = await tx.QueryOne<string>(
            "select body from settlement.completion where contest_id = @ContestId and revision = @Revision and attempt = "
                + "@attempt", row);

        // A Scoring whose database went back says at another time what it said before.
        Invariant.Holds(
            earlier is null || earlier == row.body
                || row.body
                    == Text(WireJson.Read<ContestFinalizedV1>(Encoding.UTF8.GetBytes(earlier)) with { At = finalized.At }),
            $"contest {finalized.ContestId} was completed before as revision {finalized.Revision} with another body");
    }

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
        // A contest whose publication was lost can be recalled all the same: nothing of it is ever settled.
        Invariant.Holds(
            written == 1
                || await tx.QueryOne<bool>("select settlement.is_recalled(@ContestId, 1, 1)", new { cancelled.ContestId }),
            $"contest {cancelled.ContestId} is cancelled but was never published");
        await tx.Execute(
            """
            update settlement.completion
            set state = 'cancelled'
            where contest_id = @ContestId and state in ('waiting', 'held', 'recalled')
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
