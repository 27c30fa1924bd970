using ContestPipeline.Scoring;
using Dapper;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>What the harness asks of the database, as its owner; it writes nothing.</summary>
internal static class ChaosSql
{
    internal static Task<int> ContestsOver(this NpgsqlDataSource database, CancellationToken ct) => Count(
        database, "select count(*)::int from scoring.contest where state in ('PAID', 'CANCELLED')", null, ct);

    internal static Task<int> Contests(this NpgsqlDataSource database, string[] contestIds, CancellationToken ct) => Count(
        database, "select count(*)::int from scoring.contest where contest_id = any(@contestIds)", new { contestIds }, ct);

    /// <summary>Entries that take part.</summary>
    internal static Task<int> EntriesOf(this NpgsqlDataSource database, string[] contestIds, CancellationToken ct) => Count(
        database, "select count(*)::int from scoring.entry where contest_id = any(@contestIds)", new { contestIds }, ct);

    internal static Task<int> Accounts(this NpgsqlDataSource database, CancellationToken ct) => Count(
        database, "select count(*)::int from payout.stripe_account where not stale", null, ct);

    /// <summary>Payouts that are paid.</summary>
    internal static Task<int> Paid(this NpgsqlDataSource database, CancellationToken ct) => Count(
        database, "select count(*)::int from payout.payout where state = 'paid'", null, ct);

    /// <summary>Attempts at Stripe, beyond the first of each payout: what the weather cost.</summary>
    internal static Task<int> Attempts(this NpgsqlDataSource database, CancellationToken ct) => Count(
        database, "select count(*)::int from payout.attempt", null, ct);

    /// <summary>Where everything stands that is not over, in words.</summary>
    internal static async Task<IReadOnlyList<string>> Unended(this NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            """
            select 'contest ' || contest_id || ' is ' || state || ', hold: ' || coalesce(hold, 'none') from scoring.contest where
                state not in ('PAID', 'CANCELLED')
            union all select 'payout ' || payout_id || ' is ' || state || ': ' || coalesce(reason, '') from payout.payout where
                state <> 'paid'
            union all select 'call ' || c::text from payout.stripe_call c where state not in ('done', 'refused', 'gone')
            """, cancellationToken: ct))).AsList();
    }

    /// <summary>The lines of games that the load was made of.</summary>
    internal static async IAsyncEnumerable<(string Key, Dictionary<string, long> Stats)> BenchLines(
        this NpgsqlDataSource database, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select game_id, athlete_id, stats from scoring.line where game_id not like 'chaos-%'");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            yield return ($"{reader.GetString(0)}/{reader.GetString(1)}", LineSql.ReadStats(reader.GetString(2)));
    }

    private static async Task<int> Count(NpgsqlDataSource database, string sql, object? parameters, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }
}
