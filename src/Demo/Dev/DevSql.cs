using Dapper;
using Npgsql;

namespace ContestPipeline.Demo.Dev;

/// <summary>An entry whose player has to pay, and may.</summary>
public sealed record PaymentDue(string ContestId, string EntryId, string PlayerId);

/// <summary>How far a contest is.</summary>
/// <param name="Hold">What stops it; null: nothing does.</param>
public sealed record ContestAt(string ContestId, string State, int EntryCount, string? Hold);

/// <summary>What the world that stays up reads of the workers' tables, as the owner of the database.</summary>
public static class DevSql
{
    public static async Task<IReadOnlyList<ContestAt>> ContestsAt(
        this NpgsqlDataSource database, IReadOnlyList<string> contests, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<ContestAt>(new CommandDefinition(
            """
            select contest_id, state, entry_count, hold from scoring.contest
            where contest_id = any (@contests) order by contest_id
            """, new { contests = contests.ToArray() }, cancellationToken: ct))).AsList();
    }

    public static async Task<IReadOnlyList<PaymentDue>> PaymentsDue(
        this NpgsqlDataSource database, string contest, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<PaymentDue>(new CommandDefinition(
            """
            select contest_id, entry_id, player_id from payout.entry_payment
            where contest_id = @contest and state = 'requires_payment' order by entry_id
            """, new { contest }, cancellationToken: ct))).AsList();
    }
}
