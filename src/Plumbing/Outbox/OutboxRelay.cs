using ContestPipeline.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends a worker's outbox to Kafka in order of position. It reads only up to the horizon, below which no transaction is open, so
/// a slow writer's rows are never passed over; it remembers per slice how far the broker has acknowledged, so after a crash it
/// repeats a little and skips nothing.
/// </summary>
internal sealed partial class OutboxRelay(
    string worker, KafkaSettings kafka, WorkerDatabase database, TimeProvider clock, ILogger log)
    : BackgroundService, IHasHeartbeat
{
    private const int WindowRowsMax = 20_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackPoll = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_heldBackTooLong = TimeSpan.FromSeconds(5);
    private readonly RefusedSlices refusals = new(clock);
    private readonly OutboxAlerts alerts = new(database, kafka);
    private readonly OutboxAge age = new(worker, new OutboxAlerts(database, kafka), clock);
    private readonly HashSet<short> stopped = [];
    private long balancedAt;
    private long freeAt;
    private long alertedHorizon = -1;

    public Heartbeat Heartbeat { get; } = new(worker, "outbox", Heartbeat.Patience, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 1; !stoppingToken.IsCancellationRequested; failures++)
        {
            Heartbeat.Beat();
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(() => Relay(stoppingToken), stoppingToken);
            if (outcome is Outcome.Transient transient) Log.Restart(log, transient.Error.Message);
            if (outcome is Outcome.Poison poison) Log.Broken(log, poison.Error);
            if (clock.GetElapsedTime(started) > s_heldBackTooLong) failures = 1;
            age.Tell();
            await Backoff.Wait(Backoff.After(failures), clock, stoppingToken);
        }
    }

    /// <summary>Until something fails: then the connection, and with it the locks, and the producer are made anew.</summary>
    private async Task Relay(CancellationToken ct)
    {
        await using var connection = await database.OpenLasting(ct);
        await using (var listen = new NpgsqlCommand($"listen {OutboxWriter.Channel(worker)}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        var slices = new RelaySlices(connection, worker);
        await using var producer = new RelayProducer(kafka, worker, clock, WhileWaiting);
        await Balance();
        freeAt = clock.GetTimestamp();
        var isNotified = false;
        connection.Notification += (_, _) => isNotified = true;
        while (!ct.IsCancellationRequested)
        {
            Heartbeat.Beat();
            isNotified = false;
            var heldBack = await SendWindow(slices, producer, ct);
            await age.Look(connection, producer, ct);
            if (heldBack is null) continue;
            // What came with the answer to a statement is not waited for again.
            if (!isNotified) await connection.WaitAsync(heldBack.Value ? s_heldBackPoll : s_poll, ct);
            if (clock.GetElapsedTime(balancedAt) >= s_balanceEvery) await Balance();
        }

        async Task Balance()
        {
            if (await slices.Balance(ct)) stopped.UnionWith(await alerts.OpenRefusals(ct));
            await producer.Keep(slices.SentPositions.Keys);
            balancedAt = clock.GetTimestamp();
        }

        // Whoever has lost the locks must not send what another relay may have sent before.
        async Task WhileWaiting(CancellationToken waiting)
        {
            Heartbeat.Beat();
            age.Tell();
            await slices.StillOurs(waiting);
        }
    }

    /// <returns>Null when there may be more at once; else whether rows may be hidden behind an open transaction.</returns>
    internal async Task<bool?> SendWindow(RelaySlices slices, IRelayTarget producer, CancellationToken ct)
    {
        if (slices.SentPositions.Count == 0) return false;
        var (horizon, newest) = await OutboxRows.Horizon(slices.Connection, worker, ct);
        await WatchHeldBack(horizon, newest, producer, ct);
        var (from, rowsMax) = refusals.Next(slices.SentPositions, horizon, WindowRowsMax);
        if (from.Count == 0 || horizon <= from.Values.Min()) return newest > horizon;

        var window = new RelayWindow(horizon, rowsMax);
        await foreach (var row in OutboxRows.Unsent(slices.Connection, worker, from, horizon, rowsMax, ct))
        {
            if (window.Add(row, TopicRights.MaySend(worker, row.Topic))) producer.Send(row);
            if (window.IsFull) break;
        }

        var refused = await producer.AllAcknowledged(ct);
        var foreign = window.Foreign.Where(f => !refused.ContainsKey(f.Key)).Select(f => f.Value).ToArray();
        var passed = from.Keys.Where(slice => !refused.ContainsKey(slice) && !window.Foreign.ContainsKey(slice)).ToArray();
        await slices.Advance(passed, window.UpTo, ct);
        foreach (var row in foreign) await slices.Advance([row.Slice], row.Position - 1, ct);
        Metrics.Sent.Add(passed.Concat(foreign.Select(row => row.Slice))
            .Sum(slice => window.Slices.GetValueOrDefault(slice).Rows), Metrics.Of(worker));
        await Note(refused, passed, window, producer, ct);
        await NoteForeign(foreign, producer, ct);
        return window.Rows > 0 ? null : newest > horizon;
    }

    /// <summary>Which slices stop, and which go on.</summary>
    private async Task Note(IReadOnlyDictionary<short, string> refused, short[] passed, RelayWindow window, IRelayTarget producer,
        CancellationToken ct)
    {
        foreach (var (slice, reason) in refused)
        {
            var (rows, first) = window.Slices[slice];
            if (!refusals.Refused(slice, rows)) continue;
            Log.Refused(log, first.MessageId, first.Topic, first.Body.Length, reason);
            stopped.Add(slice);
            await alerts.TellRefused(first, reason, producer, ct);
        }

        foreach (var slice in passed)
        {
            refusals.Passed(slice, WindowRowsMax);
            if (stopped.Remove(slice)) await alerts.TellPassed(slice, producer, ct);
        }
    }

    /// <summary>Their slices stop at these rows, as at what the broker refuses.</summary>
    private async Task NoteForeign(OutboxRow[] foreign, IRelayTarget producer, CancellationToken ct)
    {
        foreach (var row in foreign)
        {
            if (!refusals.Refused(row.Slice, rows: 1)) continue;
            Log.Foreign(log, row.MessageId, row.Position, row.Topic, worker);
            stopped.Add(row.Slice);
            await alerts.TellForeign(row, producer, ct);
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
            $"outbox-held-back/{worker}/{horizon}", AlertSeverity.Warning.Word(), "outbox-held-back",
            $"outbox of {worker} at position {horizon}",
            $"a transaction that has been open for more than {s_heldBackTooLong.TotalSeconds} s holds back {newest - horizon} "
                + $"positions",
            $"Look in pg_stat_activity for the oldest transaction of role {worker} and end it; nothing is lost, what waits "
                + $"goes out at once.", worker, now);
        // Every relay of the worker may tell of it, each in its own words: those are messages of their own, of one alert.
        var id = DeterministicId.From($"{alert.IdempotencyKey}/{now.UtcTicks}/{newest}");
        var wire = WireTypes.Of(typeof(AlertRaisedV1));
        await producer.Tell(
            new OutboxRow(horizon, 0, id, wire.Topic, wire.Name, alert.PartitionKey, alert.RecordKey, now,
                TraceParents.Next(null, id), WireJson.Bytes(alert)), ct);
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The outbox relay starts again: {Cause}")]
        internal static partial void Restart(ILogger log, string cause);

        [LoggerMessage(LogLevel.Error, "The outbox relay failed and starts again")]
        internal static partial void Broken(ILogger log, Exception error);

        [LoggerMessage(
            LogLevel.Error, "The broker refuses {Message} ({Bytes} bytes) on {Topic}: its slice of the outbox waits: {Reason}")]
        internal static partial void Refused(ILogger log, Guid message, string topic, int bytes, string reason);

        [LoggerMessage(LogLevel.Error,
            "Message {Message} at position {Position} of the outbox is for {Topic}, which {Worker} may not write: its slice "
                + "waits")]
        internal static partial void Foreign(ILogger log, Guid message, long position, string topic, string worker);

        [LoggerMessage(LogLevel.Warning, "{Count} outbox positions have been held back by an open transaction for {Time}")]
        internal static partial void HeldBack(ILogger log, long count, TimeSpan time);
    }
}
