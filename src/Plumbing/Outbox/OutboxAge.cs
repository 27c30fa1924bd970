using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// For how long the oldest message of a worker's outbox has been waiting, by the database's clock and over all slices: a relay
/// that has none, because a host that vanished still holds them, tells of it as well.
/// </summary>
internal sealed class OutboxAge(string worker, OutboxAlerts alerts, TimeProvider clock)
{
    /// <summary>What waits longer is told to a person.</summary>
    internal static readonly TimeSpan TooLong = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private TimeSpan age;
    private long? lookedAt;
    private bool? isTold;

    /// <summary>Every few seconds.</summary>
    internal async Task Look(NpgsqlConnection connection, IRelayTarget target, CancellationToken ct)
    {
        if (lookedAt is not { } last || clock.GetElapsedTime(last) >= s_every)
        {
            age = await Read(connection, ct);
            lookedAt = clock.GetTimestamp();
            var isTooOld = age > TooLong;
            var wasTold = isTold;
            isTold = isTooOld;
            if (isTooOld && wasTold != true) await alerts.TellWaits(target, ct);
            if (!isTooOld && wasTold != false) await alerts.TellSent(target, ct);
        }

        Tell();
    }

    /// <summary>What was seen last goes on growing while nobody can look.</summary>
    internal void Tell() =>
        Metrics.OutboxAge.Record(age > TimeSpan.Zero && lookedAt is { } last
            ? (age + clock.GetElapsedTime(last)).TotalSeconds : 0, Metrics.Of(worker));

    private async Task<TimeSpan> Read(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select clock_timestamp() - o.written_at
            from {worker}.outbox o join {worker}.outbox_slice s on s.slice = o.slice
            where o.position > (select min(sent_position) from {worker}.outbox_slice) and o.position > s.sent_position
            order by o.position
            limit 1
            """, connection);
        return await command.ExecuteScalarAsync(ct) is TimeSpan waiting && waiting > TimeSpan.Zero ? waiting : TimeSpan.Zero;
    }
}
