using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends a worker's outbox to Kafka in order of position. It reads only up to the horizon, below which no transaction is open, so a slow writer's rows are
/// never passed over; it remembers per slice how far the broker has acknowledged, so after a crash it repeats a little and skips nothing.
/// </summary>
internal sealed partial class OutboxRelay(string worker, KafkaSettings kafka, WorkerDatabase database, TimeProvider clock, ILogger log) : BackgroundService
{
    private const int WindowRowsMax = 20_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackPoll = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackTooLong = TimeSpan.FromSeconds(5);
    private long balancedAt;
    private long freeAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 1; !stoppingToken.IsCancellationRequested; failures++)
        {
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(() => Relay(stoppingToken), stoppingToken);
            if (outcome is Outcome.Transient transient) Log.Restart(log, transient.Error.Message);
            if (outcome is Outcome.Poison poison) Log.Broken(log, poison.Error);
            if (clock.GetElapsedTime(started) > s_heldBackTooLong) failures = 1;
            await Backoff.Wait(Backoff.After(failures), clock, stoppingToken);
        }
    }

    /// <summary>Until something fails: then the connection, and with it the locks, and the producer are made anew.</summary>
    private async Task Relay(CancellationToken ct)
    {
        await using var connection = await database.OpenLasting(ct);
        await using (var listen = new NpgsqlCommand($"listen {OutboxWriter.Channel(worker)}", connection)) await listen.ExecuteNonQueryAsync(ct);
        using var producer = new RelayProducer(kafka, worker);
        var slices = new RelaySlices(connection, worker);
        await slices.Balance(ct);
        balancedAt = freeAt = clock.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            var heldBack = await SendWindow(slices, producer, ct);
            if (heldBack is null) continue;
            await connection.WaitAsync(heldBack.Value ? s_heldBackPoll : s_poll, ct);
            if (clock.GetElapsedTime(balancedAt) < s_balanceEvery) continue;
            await slices.Balance(ct);
            balancedAt = clock.GetTimestamp();
        }
    }

    /// <returns>Null when there may be more at once; else whether rows may be hidden behind an open transaction.</returns>
    private async Task<bool?> SendWindow(RelaySlices slices, RelayProducer producer, CancellationToken ct)
    {
        if (slices.SentPositions.Count == 0) return false;
        var (horizon, newest) = await Horizon(ct);
        WatchHeldBack(horizon, newest);
        if (horizon <= slices.LowestSent) return newest > horizon;

        var rows = 0;
        var upTo = horizon;
        await foreach (var row in Rows(slices, horizon, ct))
        {
            if (++rows == WindowRowsMax) upTo = row.Position;
            if (row.Position > slices.SentPositions[row.Slice]) producer.Send(row);
        }

        await producer.AllAcknowledged(ct);
        await slices.Advance(upTo, ct);
        return rows > 0 ? null : newest > horizon;
    }

    /// <summary>A statement of its own, before the rows are read: what was open then, is either below the horizon and visible now, or above it.</summary>
    private async Task<(long Horizon, long Newest)> Horizon(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = new NpgsqlCommand($"select horizon, newest from {worker}.outbox_horizon()", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async IAsyncEnumerable<OutboxRow> Rows(
        RelaySlices slices, long horizon, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = new NpgsqlCommand(
            $"""
            select position, slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body
            from {worker}.outbox
            where position > $1 and position <= $2 and slice = any($3)
            order by position
            limit {WindowRowsMax}
            """, connection)
        {
            Parameters = { new() { Value = slices.LowestSent }, new() { Value = horizon }, new() { Value = slices.SentPositions.Keys.ToArray() } },
        };
        await using var r = await command.ExecuteReaderAsync(ct);
        while (await r.ReadAsync(ct))
        {
            yield return new OutboxRow(
                r.GetInt64(0), r.GetInt16(1), r.GetGuid(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6),
                r.GetFieldValue<DateTimeOffset>(7), r.GetString(8), r.GetFieldValue<byte[]>(9));
        }
    }

    private void WatchHeldBack(long horizon, long newest)
    {
        if (newest <= horizon)
        {
            freeAt = clock.GetTimestamp();
        }
        else if (clock.GetElapsedTime(freeAt) > s_heldBackTooLong)
        {
            Log.HeldBack(log, newest - horizon, s_heldBackTooLong);
            freeAt = clock.GetTimestamp();
        }
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The outbox relay starts again: {Cause}")]
        internal static partial void Restart(ILogger log, string cause);

        [LoggerMessage(LogLevel.Error, "The outbox relay failed and starts again")]
        internal static partial void Broken(ILogger log, Exception error);

        [LoggerMessage(LogLevel.Warning, "{Count} outbox positions have been held back by an open transaction for {Time}")]
        internal static partial void HeldBack(ILogger log, long count, TimeSpan time);
    }
}
