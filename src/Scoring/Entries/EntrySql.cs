using ContestPipeline.Plumbing;
using NpgsqlTypes;

namespace ContestPipeline.Scoring;

/// <summary>A stored entry.</summary>
/// <param name="AthleteIds">In slot order, joined by commas; empty for an empty line-up.</param>
public sealed record EntryRow(
    string ContestId, string EntryId, long AcceptanceNo, string PlayerId, int Version, string AthleteIds,
    DateTimeOffset AcceptedAt, bool Withdrawn);

/// <summary>Entries that were accepted after some moment.</summary>
public sealed record LateEntries(int Count, string FirstId, DateTimeOffset FirstAt);

/// <summary>The stored answer to a command. What the command itself says is not repeated.</summary>
/// <param name="Outcome">published, accepted, reserved, changed, withdrawn, cancelled, recall-requested or refused.</param>
/// <param name="Number">Acceptance number, number of the reservation, version or revision; 1 when what was withdrawn had only
/// been reserved.</param>
/// <param name="AthleteIds">The whole line-up after a swap.</param>
/// <param name="Attempt">Of a ranking that is to be recalled; null otherwise.</param>
public sealed record CommandRow(
    string CommandId, string BodyHash, string ContestId, string Outcome, long Number, string? AthleteIds, string? ReasonCode,
    string? Message, string? Field, DateTimeOffset At, int? Attempt);

/// <summary>SQL over entries and commands, whole batches at a time.</summary>
public static class EntrySql
{
    public static Task<IReadOnlyList<CommandRow>> Commands(
        this Tx tx, IReadOnlyCollection<string> commandIds) => tx.Query<CommandRow>(
        """
        select command_id, body_hash, contest_id, outcome, number, athlete_ids, reason_code, message, field, at, attempt
        from scoring.command where command_id = any(@commandIds) order by command_id
        """,
        new { commandIds = commandIds.ToArray() });

    public static async Task InsertCommands(this Tx tx, IReadOnlyList<CommandRow> commands)
    {
        var written = await tx.Execute(
            """
            insert into scoring.command (command_id, body_hash, contest_id, outcome, number, athlete_ids, reason_code, message,
                field, at, attempt)
            select * from unnest(@ids, @hashes, @contests, @outcomes, @numbers, @lineups, @reasons, @messages, @fields, @times,
                @attempts::int[])
                as n (command_id, body_hash, contest_id, outcome, number, athlete_ids, reason_code, message, field, at, attempt)
            order by n.command_id
            on conflict (command_id) do nothing
            """,
            new
            {
                ids = commands.Select(c => c.CommandId).ToArray(),
                hashes = commands.Select(c => c.BodyHash).ToArray(),
                contests = commands.Select(c => c.ContestId).ToArray(),
                outcomes = commands.Select(c => c.Outcome).ToArray(),
                numbers = commands.Select(c => c.Number).ToArray(),
                lineups = commands.Select(c => c.AthleteIds).ToArray(),
                reasons = commands.Select(c => c.ReasonCode).ToArray(),
                messages = commands.Select(c => c.Message).ToArray(),
                fields = commands.Select(c => c.Field).ToArray(),
                times = commands.Select(c => c.At.UtcDateTime).ToArray(),
                attempts = commands.Select(c => c.Attempt).ToArray(),
            });
        if (written != commands.Count) await tx.GiveWay();
    }

    public static Task<IReadOnlyList<EntryRow>> EntriesNamed(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId)> named) => tx.Query<EntryRow>(
        """
        select e.contest_id, e.entry_id, e.acceptance_no, e.player_id, e.version, e.athlete_ids, e.accepted_at, e.withdrawn
        from unnest(@contests, @entries) as n (contest_id, entry_id)
            join scoring.entry e on e.contest_id = n.contest_id and e.entry_id = n.entry_id
        order by e.contest_id, e.acceptance_no
        """,
        new { contests = named.Select(n => n.ContestId).ToArray(), entries = named.Select(n => n.EntryId).ToArray() });

    public static Task<IReadOnlyList<(string ContestId, string PlayerId, int Entries)>> EntriesOfPlayers(
        this Tx tx,
        IReadOnlyCollection<(string ContestId, string PlayerId)> players) =>
            tx.Query<(string ContestId, string PlayerId, int Entries)>(
        """
        select n.contest_id, n.player_id, count(*)::integer
        from unnest(@contests, @players) as n (contest_id, player_id)
            join scoring.entry e on e.contest_id = n.contest_id and e.player_id = n.player_id
        where not e.withdrawn
        group by n.contest_id, n.player_id
        order by n.contest_id, n.player_id
        """,
        new { contests = players.Select(n => n.ContestId).ToArray(), players = players.Select(n => n.PlayerId).ToArray() });

    public static async Task InsertEntries(this Tx tx, IReadOnlyCollection<EntryRow> entries)
    {
        await using var copy = await tx.Connection.BeginBinaryImportAsync(
            "copy scoring.entry (contest_id, entry_id, acceptance_no, player_id, version, athlete_ids, accepted_at, withdrawn) "
                + "from stdin (format binary)",
            tx.Ct);
        foreach (var entry in entries)
        {
            await copy.StartRowAsync(tx.Ct);
            await copy.WriteAsync(entry.ContestId, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(entry.EntryId, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(entry.AcceptanceNo, NpgsqlDbType.Bigint, tx.Ct);
            await copy.WriteAsync(entry.PlayerId, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(entry.Version, NpgsqlDbType.Integer, tx.Ct);
            await copy.WriteAsync(entry.AthleteIds, NpgsqlDbType.Text, tx.Ct);
            await copy.WriteAsync(entry.AcceptedAt.UtcDateTime, NpgsqlDbType.TimestampTz, tx.Ct);
            await copy.WriteAsync(entry.Withdrawn, NpgsqlDbType.Boolean, tx.Ct);
        }

        var written = await copy.CompleteAsync(tx.Ct);
        Invariant.Holds((long)written == entries.Count, $"copied {written} of {entries.Count} entries");
    }

    public static async Task UpdateEntries(this Tx tx, IReadOnlyCollection<EntryRow> entries)
    {
        var written = await tx.Execute(
            """
            update scoring.entry as e
            set version = n.version, athlete_ids = n.athlete_ids, withdrawn = n.withdrawn
            from unnest(@contests, @entries, @versions, @lineups, @withdrawn) as n (contest_id, entry_id, version, athlete_ids,
                withdrawn)
            where e.contest_id = n.contest_id and e.entry_id = n.entry_id
            """,
            new
            {
                contests = entries.Select(e => e.ContestId).ToArray(),
                entries = entries.Select(e => e.EntryId).ToArray(),
                versions = entries.Select(e => e.Version).ToArray(),
                lineups = entries.Select(e => e.AthleteIds).ToArray(),
                withdrawn = entries.Select(e => e.Withdrawn).ToArray(),
            });
        Invariant.Holds(written == entries.Count, $"changed {written} of {entries.Count} entries");
    }

    public static Task InsertChanges(
        this Tx tx, IReadOnlyCollection<(string ContestId, long ChangeNo, long AcceptanceNo)> changes) => tx.Execute(
        """
        insert into scoring.entry_change (contest_id, change_no, acceptance_no)
        select * from unnest(@contests, @changes, @acceptances)
        """,
        new
        {
            contests = changes.Select(c => c.ContestId).ToArray(),
            changes = changes.Select(c => c.ChangeNo).ToArray(),
            acceptances = changes.Select(c => c.AcceptanceNo).ToArray(),
        });

    /// <returns>How many entries that take part were accepted later than this, and the first of them; null when none
    /// was.</returns>
    public static Task<LateEntries?> EntriesAfter(this Tx tx, string contestId, DateTimeOffset from) => tx.QueryOne<LateEntries>(
        """
        select (count(*) over ())::int as count, entry_id as first_id, accepted_at as first_at
        from scoring.entry
        where contest_id = @contestId and not withdrawn and accepted_at > @from
        order by acceptance_no
        limit 1
        """,
        new { contestId, from });

    public static async Task UpdateCounts(this Tx tx, string contestId, int entryCount, long lastAcceptanceNo, long lastChangeNo)
    {
        var written = await tx.Execute(
            """
            update scoring.contest
            set entry_count = @entryCount, last_acceptance_no = @lastAcceptanceNo, last_change_no = @lastChangeNo
            where contest_id = @contestId
            """,
            new { contestId, entryCount, lastAcceptanceNo, lastChangeNo });
        Invariant.Holds(written == 1, $"contest {contestId}: updated {written} rows");
    }
}
