using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Settlement;

/// <summary>A completion that waits for its contest to be computed.</summary>
public sealed record WaitingCompletion(string ContestId, int Revision, string Body, DateTimeOffset ReceivedAt, bool Alerted);

/// <summary>A contest as it was published, and whether it was cancelled.</summary>
public sealed record ContestRow(string ContestId, string Definition, string DefinitionHash, DateTimeOffset? CancelledAt);

/// <summary>One stored version of a line; the stats are JSON.</summary>
public sealed record LineRow(string GameId, string AthleteId, long Version, string Stats);

/// <summary>All SQL of <see cref="SettleJob"/>: what waits, what it is computed from, what comes of it.</summary>
internal static class SettlementSql
{
    /// <summary>
    /// Takes the completion that has waited longest and puts it at the end of the queue, so that one that fails does not hold up
    /// the others.
    /// </summary>
    public static Task<WaitingCompletion?> NextWaiting(this Tx tx, DateTimeOffset nextCheckAt) => tx.QueryOne<WaitingCompletion>(
        """
        update settlement.completion
        set next_check_at = @nextCheckAt
        where (contest_id, revision) = (
            select contest_id, revision
            from settlement.completion
            where state in ('waiting', 'held') and next_check_at <= @now
            order by next_check_at, contest_id, revision
            limit 1
            for update skip locked)
        returning contest_id, revision, body, received_at, alerted
        """,
        new { nextCheckAt, now = tx.Now });

    /// <summary>The contest row is locked before anything is sent: order per contest is commit order.</summary>
    public static Task<ContestRow?> LockContest(this Tx tx, string contestId) => tx.QueryOne<ContestRow>(
        """
        select contest_id, definition, definition_hash, cancelled_at
        from settlement.contest
        where contest_id = @contestId
        for update
        """,
        new { contestId });

    /// <returns>Null when it is no longer waiting or another process is at it.</returns>
    public static Task<WaitingCompletion?> LockWaiting(
        this Tx tx, string contestId, int revision) => tx.QueryOne<WaitingCompletion>(
        """
        select contest_id, revision, body, received_at, alerted
        from settlement.completion
        where contest_id = @contestId and revision = @revision and state in ('waiting', 'held')
        for update skip locked
        """,
        new { contestId, revision });

    public static Task<int> CountEntries(this Tx tx, string contestId) => tx.QueryOne<int>(
        """
        select count(*)::int
        from settlement.entry
        where contest_id = @contestId and not withdrawn
        """,
        new { contestId });

    public static async Task<LineVersions> NamedLines(this Tx tx, ContestFinalizedV1 finalized)
    {
        var named = finalized.Games.Where(g => !g.RuledOut)
            .SelectMany(g => g.LineVersions, (g, line) => (g.GameId, AthleteId: line.Key, Version: line.Value)).ToArray();
        var rows = await tx.Query<LineRow>(
            """
            select line.game_id, line.athlete_id, line.version, line.stats
            from settlement.line
            join unnest(@games::text[], @athletes::text[], @versions::bigint[]) as named (game_id, athlete_id, version)
                using (game_id, athlete_id, version)
            order by game_id, athlete_id, version
            """,
            new
            {
                games = named.Select(n => n.GameId).ToArray(),
                athletes = named.Select(n => n.AthleteId).ToArray(),
                versions = named.Select(n => n.Version).ToArray(),
            });
        var lines = new LineVersions();
        foreach (var row in rows) lines.Add(row.GameId, row.AthleteId, row.Version, Read<Dictionary<string, long>>(row.Stats));
        return lines;
    }

    public static async Task<IReadOnlyList<RankingChunkV1>> RankingChunks(this Tx tx, string contestId, int revision, int attempt)
    {
        var bodies = await tx.Query<string>(
            """
            select body
            from settlement.ranking_chunk
            where contest_id = @contestId and revision = @revision and attempt = @attempt
            order by chunk
            """,
            new { contestId, revision, attempt });
        return [.. bodies.Select(Read<RankingChunkV1>)];
    }

    /// <summary>The accepted entries, read row by row into columns: no object per entry.</summary>
    public static async Task<EntryBook> LoadEntries(this Tx tx, string contestId, int expected)
    {
        var book = new EntryBookBuilder(expected);
        await using var command = new NpgsqlCommand(
            """
            select entry_id, player_id, acceptance_no, lineup
            from settlement.entry
            where contest_id = $1 and not withdrawn
            order by entry_id
            """,
            tx.Connection) { Parameters = { new() { Value = contestId } }, CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(tx.Ct);
        while (await reader.ReadAsync(tx.Ct))
            book.Add(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3));
        return book.Build();
    }

    public static Task StoreAwards(this Tx tx, SettlementResult result) => tx.StorePrizes("settlement.award", result);

    public static Task StoreReductions(this Tx tx, Correction correction) =>
        tx.StorePrizes("settlement.reduction", correction.Result with { Awards = correction.Reductions });

    private static async Task StorePrizes(this Tx tx, string table, SettlementResult result)
    {
        await using var copy = await CopyRows.Begin(
            tx,
            $"""
            copy {table} (contest_id, revision, entry_id, player_id, rank, points, gross_minor, fee_minor, net_minor)
            from stdin (format binary)
            """,
            9);
        var written = 0;
        for (var entry = 0; entry < result.Entries.Count; entry++)
        {
            if (result.Awards.GrossMinor[entry] == 0) continue;
            var prize = result.Prize(entry);
            await copy.Row();
            copy.Add(result.ContestId);
            copy.Add(result.Revision);
            copy.Add(prize.EntryId);
            copy.Add(result.Entries.Players[result.Entries.PlayerOf[entry]]);
            copy.Add(prize.Rank);
            copy.Add(prize.Points);
            copy.Add(prize.GrossMinor);
            copy.Add(prize.FeeMinor);
            copy.Add(prize.NetMinor);
            written++;
        }

        await copy.Complete();
        Invariant.Holds(written == result.Awards.Winners.Length,
            $"contest {result.ContestId}: {result.Awards.Winners.Length} awards, {written} written");
    }

    /// <returns>By entry id, in minor units: what the revisions before this one awarded less what they took back.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> AwardedBefore(this Tx tx, string contestId, int revision) =>
        (await tx.Query<(string EntryId, long GrossMinor)>(
            """
            select entry_id, sum(gross_minor)::bigint
            from (
                select entry_id, gross_minor from settlement.award where contest_id = @contestId and revision < @revision
                union all
                select entry_id, -gross_minor from settlement.reduction where contest_id = @contestId and revision < @revision)
                    awarded
            group by entry_id
            having sum(gross_minor) <> 0
            order by entry_id
            """,
            new { contestId, revision })).ToDictionary(a => a.EntryId, a => a.GrossMinor, StringComparer.Ordinal);

    public static Task<bool> IsSettled(this Tx tx, string contestId, int revision) => tx.QueryOne<bool>(
        "select exists (select from settlement.result where contest_id = @contestId and revision = @revision)",
        new { contestId, revision });

    /// <summary>The primary key lets a contest be settled once per revision, whatever is replayed.</summary>
    public static async Task StoreResult(this Tx tx, ContestSettledV1 settled)
    {
        var written = await tx.Execute(
            """
            insert into settlement.result (contest_id, revision, definition_hash, currency, entry_count, entry_fees_minor,
                rake_minor, pool_minor,
                overlay_minor, surplus_minor, prizes_gross_minor, platform_fees_minor, prizes_net_minor, house_remainder_minor,
                    winners,
                award_chunks, digest, settled_at)
            values (@ContestId, @Revision, @DefinitionHash, @Currency, @EntryCount, @EntryFeesMinor, @RakeMinor, @PoolMinor,
                @OverlayMinor, @SurplusMinor, @PrizesGrossMinor, @PlatformFeesMinor, @PrizesNetMinor, @HouseRemainderMinor,
                    @Winners,
                @AwardChunks, @Digest, @At)
            """,
            settled);
        Invariant.Holds(written == 1, $"contest {settled.ContestId}: the result of revision {settled.Revision} was not written");
    }

    /// <summary>Why it was held first; why it is held now is with the completion.</summary>
    public static Task StoreHold(this Tx tx, string contestId, int revision, string difference) => tx.Execute(
        """
        insert into settlement.hold (contest_id, revision, difference, held_at)
        values (@contestId, @revision, @difference, @now)
        on conflict do nothing
        """,
        new { contestId, revision, difference, now = tx.Now });

    public static async Task Leave(this Tx tx, WaitingCompletion completion, string state, string missing = "",
        bool alerted = false, DateTimeOffset? nextCheckAt = null)
    {
        var written = await tx.Execute(
            """
            update settlement.completion
            set state = @state, missing = @missing, alerted = @alerted, next_check_at = coalesce(@nextCheckAt::timestamptz,
                next_check_at)
            where contest_id = @ContestId and revision = @Revision and state in ('waiting', 'held')
            """,
            new { completion.ContestId, completion.Revision, state, missing, alerted, nextCheckAt });
        Invariant.Holds(written == 1, $"contest {completion.ContestId}: its completion is no longer waiting");
    }

    internal static T Read<T>(string json) => WireJson.Read<T>(System.Text.Encoding.UTF8.GetBytes(json));
}
