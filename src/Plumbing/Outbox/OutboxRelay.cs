using ContestPipeline.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends a worker's outbox to Kafka in order of position. It reads only up to the horizon, below which no transaction is open, so a slow writer's rows are
/// never passed over; it remembers per slice how far the broker has acknowledged, so after a crash it repeats a little and skips nothing.
/// </summary>
internal sealed partial class OutboxRelay(string worker, KafkaSettings kafka, WorkerDatabase database, TimeProvider clock, ILogger log)
    : BackgroundService, IHasPulse
{
    private const int WindowRowsMax = 20_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackPoll = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackTooLong = TimeSpan.FromSeconds(5);
    private long balancedAt;
    private long freeAt;
    private long alertedHorizon = -1;
    private long? waitingSince;

    public Pulse Pulse { get; } = new(worker, "outbox", Pulse.Patience, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 1; !stoppingToken.IsCancellationRequested; failures++)
        {
            Pulse.Beat();
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(() => Relay(stoppingToken), stoppingToken);
            if (outcome is Outcome.Transient transient) Log.Restart(log, transient.Error.Message);
            if (outcome is Outcome.Poison poison) Log.Broken(log, poison.Error);
            if (clock.GetElapsedTime(started) > s_heldBackTooLong) failures = 1;
            TellAge();
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
        var isNotified = false;
        connection.Notification += (_, _) => isNotified = true;
        while (!ct.IsCancellationRequested)
        {
            Pulse.Beat();
            isNotified = false;
            var heldBack = await SendWindow(slices, producer, ct);
            TellAge();
            if (heldBack is null) continue;
            // What came with the answer to a statement is not waited for again.
            if (!isNotified) await connection.WaitAsync(heldBack.Value ? s_heldBackPoll : s_poll, ct);
            if (clock.GetElapsedTime(balancedAt) < s_balanceEvery) continue;
            await slices.Balance(ct);
            balancedAt = clock.GetTimestamp();
        }
    }

    /// <returns>Null when there may be more at once; else whether rows may be hidden behind an open transaction.</returns>
    internal async Task<bool?> SendWindow(RelaySlices slices, IRelayTarget producer, CancellationToken ct)
    {
        if (slices.SentPositions.Count == 0)
        {
            waitingSince = null;
            return false;
        }

        var looked = clock.GetTimestamp();
        var (horizon, newest) = await Horizon(slices, ct);
        waitingSince = newest > slices.LowestSent ? waitingSince ?? looked : null;
        await WatchHeldBack(horizon, newest, producer, ct);
        if (horizon <= slices.LowestSent) return newest > horizon;

        var (rows, sent) = (0, 0);
        var upTo = horizon;
        await foreach (var row in Rows(slices, horizon, ct))
        {
            if (++rows == WindowRowsMax) upTo = row.Position;
            if (row.Position <= slices.SentPositions[row.Slice]) continue;
            producer.Send(row);
            sent++;
        }

        await producer.AllAcknowledged(ct);
        await slices.Advance(upTo, ct);
        Metrics.Sent.Add(sent, Metrics.Of(worker));
        if (upTo == horizon) waitingSince = newest > horizon ? looked : null;
        return rows > 0 ? null : newest > horizon;
    }

    private void TellAge() => Metrics.OutboxAge.Record(waitingSince is { } since ? clock.GetElapsedTime(since).TotalSeconds : 0, Metrics.Of(worker));

    /// <summary>A statement of its own, before the rows are read: what was open then, is either below the horizon and visible now, or above it.</summary>
    private async Task<(long Horizon, long Newest)> Horizon(RelaySlices slices, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select horizon, newest from {worker}.outbox_horizon()", slices.Connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async IAsyncEnumerable<OutboxRow> Rows(
        RelaySlices slices, long horizon, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select position, slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body
            from {worker}.outbox
            where position > $1 and position <= $2 and slice = any($3)
            order by position
            limit {WindowRowsMax}
            """, slices.Connection)
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

    private async Task WatchHeldBack(long horizon, long newest, IRelayTarget producer, CancellationToken ct)
    {
        if (newest <= horizon)
        {
            freeAt = clock.GetTimestamp();
        }
        else if (clock.GetElapsedTime(freeAt) > s_heldBackTooLong)
        {
            Log.HeldBack(log, newest - horizon, s_heldBackTooLong);
            freeAt = clock.GetTimestamp();
            if (alertedHorizon != horizon) await Tell(horizon, newest, producer, ct);
            alertedHorizon = horizon;
        }
    }

    /// <summary>Straight to the broker: in the outbox it would wait behind the very transaction it tells of.</summary>
    private async Task Tell(long horizon, long newest, IRelayTarget producer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        IMessage alert = new AlertRaisedV1(
            $"outbox-held-back/{worker}/{horizon}", "warning", "outbox-held-back", $"outbox of {worker} at position {horizon}",
            $"a transaction that has been open for more than {s_heldBackTooLong.TotalSeconds} s holds back {newest - horizon} positions",
            $"Look in pg_stat_activity for the oldest transaction of role {worker} and end it; nothing is lost, what waits goes out at once.", worker, now);
        // Every relay of the worker may tell of it, each in its own words: those are messages of their own, of one alert.
        var id = DeterministicId.From($"{alert.IdempotencyKey}/{now.UtcTicks}/{newest}");
        var wire = WireTypes.Of(typeof(AlertRaisedV1));
        producer.Send(new OutboxRow(
            horizon, 0, id, wire.Topic, wire.Name, alert.PartitionKey, alert.RecordKey, now, TraceParents.Next(null, id), WireJson.Bytes(alert)));
        await producer.AllAcknowledged(ct);
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
