using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Effect;

/// <summary>An entry as it is ranked.</summary>
internal sealed record EntryRow(long AcceptanceNo, string EntryId, string AthleteIds);

/// <summary>A contest as it is stored.</summary>
internal sealed record ContestRow(string ContestId, string State, string? Hold, string DefinitionHash);

/// <summary>What an entry has been awarded, all revisions together.</summary>
internal sealed record PrizeRow(string EntryId, string PlayerId, long NetMinor, string Currency);

/// <summary>What a player is owed of a contest: a payout, or a credit of the wallet; all revisions together.</summary>
internal sealed record PayoutRow(string PayoutId, string PlayerId, long AmountMinor, string Currency, string State);

/// <summary>The newest result of a contest.</summary>
internal sealed record ResultRow(int Revision, string Digest);

/// <summary>An athlete's line that was written.</summary>
internal sealed record LineRow(string GameId, string AthleteId);

/// <summary>
/// SQL that looks at all four schemas at once, as the owner: what a contest has come to, and what was written since a moment.
/// </summary>
internal static class EffectSql
{
    private static readonly string[] s_schemas = ["ingestion", "scoring", "settlement", "payout"];

    /// <summary>
    /// First of all in a transaction: it sees what is there now until it ends, whatever others write meanwhile.
    /// </summary>
    internal static Task HoldStill(this Tx tx) => tx.Execute("set transaction isolation level repeatable read");

    /// <summary>
    /// A moment in this database's history: what is written from now on is later. Without the epoch, which rows do not carry and
    /// <c>xid</c> does not take from text.
    /// </summary>
    internal static async Task<string> Now(this Tx tx) => (await tx.QueryOne<string>("select pg_current_xact_id()::xid::text"))!;

    /// <summary>Contests of which anything was written since, directly or through a line of one of their games.</summary>
    internal static async Task<IReadOnlyList<string>> ContestsWrittenSince(this Tx tx, string moment)
    {
        var tables = await tx.Query<string>(
            """
            select format('%I.%I', n.nspname, c.relname)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'contest_id' and not a.attisdropped
            where n.nspname = any(@schemas) and c.relkind = 'r'
            order by 1
            """,
            new { schemas = s_schemas });
        var newer = tables.Select(t =>
            $"select contest_id::text as contest_id from {t} where contest_id is not null and age(xmin) <= age(@moment::xid)");
        return await tx.Query<string>(
            $"""
            select distinct contest_id from (
                {string.Join(" union all ", newer)}
                union all
                select g.contest_id from scoring.contest_game g join scoring.line l on l.game_id = g.game_id where age(l.xmin) <= age(@moment::xid)
            ) as written
            where contest_id <> ''
            order by contest_id
            """,
            new { moment });
    }

    internal static Task<IReadOnlyList<LineRow>> LinesWrittenSince(this Tx tx, string moment) => tx.Query<LineRow>(
        "select game_id, athlete_id from scoring.line where age(xmin) <= age(@moment::xid) order by game_id, athlete_id",
        new { moment });

    internal static Task<ContestRow?> Contest(this Tx tx, string contestId) => tx.QueryOne<ContestRow>(
        "select contest_id, state, hold, definition_hash from scoring.contest where contest_id = @contestId", new { contestId });

    internal static Task<IReadOnlyList<string>> GameIdsOf(this Tx tx, string contestId) => tx.Query<string>(
        "select game_id from scoring.contest_game where contest_id = @contestId order by game_id", new { contestId });

    internal static Task<IReadOnlyList<string>> ContestsOf(this Tx tx, IReadOnlyCollection<string> gameIds) => tx.Query<string>(
        "select distinct contest_id from scoring.contest_game where game_id = any(@games) order by contest_id",
        new { games = gameIds.ToArray() });

    internal static Task<IReadOnlyList<EntryRow>> Entries(this Tx tx, string contestId) => tx.Query<EntryRow>(
        "select acceptance_no, entry_id, athlete_ids from scoring.entry where contest_id = @contestId and not withdrawn "
            + "order by acceptance_no", new { contestId });

    /// <summary>Entries of a contest with a fee that were asked for, and how far each has come.</summary>
    internal static Task<IReadOnlyList<(string EntryId, string State)>> Reservations(
        this Tx tx, string contestId) => tx.Query<(string EntryId, string State)>(
        "select entry_id, state from scoring.reserved_entry where contest_id = @contestId order by entry_id", new { contestId });

    internal static Task<ResultRow?> Result(this Tx tx, string contestId) => tx.QueryOne<ResultRow>(
        "select revision, digest from settlement.result where contest_id = @contestId order by revision desc limit 1",
        new { contestId });

    internal static Task<IReadOnlyList<PrizeRow>> Prizes(this Tx tx, string contestId) => tx.Query<PrizeRow>(
        """
        select a.entry_id, a.player_id, sum(a.net_minor)::bigint as net_minor, r.currency
        from (
            select contest_id, revision, entry_id, player_id, net_minor from settlement.award where contest_id = @contestId
            union all
            select contest_id, revision, entry_id, player_id, -net_minor from settlement.reduction where contest_id = @contestId)
                a
        join settlement.result r on r.contest_id = a.contest_id and r.revision = a.revision
        group by a.entry_id, a.player_id, r.currency
        having sum(a.net_minor) <> 0
        order by a.entry_id
        """,
        new { contestId });

    /// <summary>
    /// When the last of these contests that have a result will look again: its correction window is over then. Null: none will.
    /// </summary>
    internal static Task<DateTimeOffset?> RevisedAt(
        this Tx tx, IReadOnlyCollection<string> contestIds) => tx.QueryOne<DateTimeOffset?>(
        "select max(wake_at) from scoring.contest where contest_id = any(@ids) and settled_at is not null",
        new { ids = contestIds.ToArray() });

    internal static Task<IReadOnlyList<PayoutRow>> Payouts(this Tx tx, string contestId) => tx.Query<PayoutRow>(
        """
        select payout_id, player_id, amount_minor, currency, state from payout.payout where contest_id = @contestId
        union all
        select reference, substr(credit_account, length('wallet:') + 1), amount_minor, currency, 'credited'
        from payout.ledger_transfer where contest_id = @contestId and code = 'prize-credit'
        order by payout_id
        """,
        new { contestId });

    /// <summary>
    /// Keys that are parked, messages behind them, ledger lines, and calls that a running Payout would make of Stripe.
    /// </summary>
    internal static async Task<(long ParkedMessages, long LedgerLines, long StripeCalls)> Totals(
        this Tx tx) => await tx.QueryOne<(long, long, long)>(
        """
        select (select count(*) from ingestion.parked) + (select count(*) from scoring.parked) + (select count(*) from
            settlement.parked) + (select count(*) from payout.parked),
            (select count(*) from payout.ledger_transfer),
            (select count(*) from payout.stripe_call)
        """);

    /// <summary>Commands that have been judged.</summary>
    internal static Task<IReadOnlyList<string>> KnownCommands(this Tx tx, IReadOnlyList<string> commandIds) => tx.Query<string>(
        "select command_id from scoring.command where command_id = any(@ids) order by command_id",
        new { ids = commandIds.ToArray() });

    /// <summary>Where a connection is good enough for looking only.</summary>
    internal static string ReadOnly(string connectionString) =>
        connectionString + ";Pooling=false;Options=-c default_transaction_read_only=on";
}
