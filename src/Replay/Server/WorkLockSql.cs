using Npgsql;

namespace ContestPipeline.Replay.Server;

/// <summary>SQL on the connection that holds the lock of a piece of work.</summary>
internal static class WorkLockSql
{
    /// <returns>False: another process works on it.</returns>
    internal static async Task<bool> Take(NpgsqlConnection holding, string replayId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 7381244))", holding)
        {
            Parameters = { new() { Value = replayId } },
        };
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <returns>False: it is not in this state or not this process's any more.</returns>
    internal static async Task<bool> Write(
        NpgsqlConnection holding, string replayId, string state, string owner, PlanProgress told, DateTimeOffset now,
        CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            update operations.replay set heartbeat_at = $1, step = $2, step_done = $3, step_expected = $4
            where replay_id = $5 and state = $6 and owner = $7
            """,
            holding)
        {
            Parameters =
            {
                new() { Value = now }, new() { Value = told.Step }, new() { Value = told.Done },
                new() { Value = told.Expected }, new() { Value = replayId }, new() { Value = state },
                new() { Value = owner },
            },
        };
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }
}
