using System.Globalization;
using ContestPipeline.Contracts;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Alerts about the outbox itself. They are written as any other, and besides sent past the outbox, where they might wait behind
/// what they tell of. Both times they bear the same id, so whoever reads them takes one.
/// </summary>
internal sealed class OutboxAlerts(WorkerDatabase database, KafkaSettings kafka)
{
    private const string Refused = "outbox-refused";
    private string Worker => database.Worker;

    /// <returns>The slices of which an alert that they have stopped is open.</returns>
    internal async Task<IReadOnlyList<short>> OpenRefusals(CancellationToken ct)
    {
        var prefix = $"{Refused}/{Worker}/";
        return [.. (await database.Run(tx => tx.AlertsOpenUnder(prefix), ct)).Select(key =>
            short.Parse(key[prefix.Length..], CultureInfo.InvariantCulture))];
    }

    /// <summary>The broker refuses a row, and everything behind it in its slice waits.</summary>
    /// <param name="reason">The broker's words.</param>
    internal async Task TellRefused(OutboxRow row, string reason, IRelayTarget target, CancellationToken ct)
    {
        var limit = await MaxMessageBytes(row.Topic);
        await Run(RefusedKey(row.Slice), target, tx => tx.Alert(new Alert(
            RefusedKey(row.Slice), AlertSeverity.Critical, Refused,
                $"outbox of {Worker}, slice {row.Slice}, message {row.MessageId}",
            string.Create(CultureInfo.InvariantCulture,
                $"the broker refuses message {row.MessageId} ({row.WireName}, key {Rejection.Cut(row.PartitionKey)}, "
                    + $"{row.Body.Length} bytes) on topic {kafka.Physical(row.Topic)}: "
                + $"{reason}. The topic takes {limit ?? "an unknown number of"} bytes, by contract "
                + $"{Contracts.Topics.Find(row.Topic).MaxMessageBytes}"),
            "Give the topic the limit of its contract, or the worker its right to write there (contestctl doctor compares "
                + "both). Nothing is lost: it is tried again every "
            + "half minute, and what waits behind it goes out in order.")), ct);
    }

    /// <summary>A row is for a topic that the worker may not write, and everything behind it in its slice waits.</summary>
    internal Task TellForeign(
        OutboxRow row, IRelayTarget target, CancellationToken ct) => Run(RefusedKey(row.Slice), target, tx => tx.Alert(new Alert(
        RefusedKey(row.Slice), AlertSeverity.Critical, Refused, $"outbox of {Worker}, slice {row.Slice}, message {row.MessageId}",
        string.Create(CultureInfo.InvariantCulture,
            $"message {row.MessageId} ({Rejection.Cut(row.WireName)}, key {Rejection.Cut(row.PartitionKey)}, written "
                + $"{row.At:O}) at position {row.Position} of the outbox is for topic "
            + $"{Rejection.Cut(row.Topic)}, which {Worker} may not write: none of its handlers wrote it"),
        string.Create(CultureInfo.InvariantCulture,
            $"It is not sent. Find out who can write into the outbox of {Worker} and change that password; keep a copy of the "
                + $"row, then delete it as the owner of the database "
            + $"(delete from {Worker}.outbox where position = {row.Position}). Within half a minute what waits behind it goes "
            + $"out in order."))), ct);

    /// <summary>A slice goes on.</summary>
    internal Task TellPassed(short slice, IRelayTarget target, CancellationToken ct) =>
        Run(RefusedKey(slice), target,
            tx => tx.ResolveAlert(RefusedKey(slice), "the message that stopped it has been sent, or is gone"), ct);

    /// <summary>Something has been waiting for longer than <see cref="OutboxAge.TooLong"/>.</summary>
    internal Task TellWaits(IRelayTarget target, CancellationToken ct) => Run(WaitsKey, target, tx => tx.Alert(new Alert(
        WaitsKey, AlertSeverity.Critical, "outbox-waits", $"outbox of {Worker}",
        string.Create(CultureInfo.InvariantCulture,
            $"a message has been waiting for the broker for more than {OutboxAge.TooLong.TotalMinutes} minutes; milliseconds "
                + $"were expected"),
        $"See whether the broker answers and whether outbox-refused is open. If neither is it, a process of {Worker} that is "
            + $"gone still holds its slices: look in pg_stat_activity for "
        + $"sessions of role {Worker} from its host and end them (pg_terminate_backend). Nothing is lost; what waits goes out "
        + $"in order.")), ct);

    /// <summary>Nothing has been waiting for so long any more.</summary>
    internal Task TellSent(IRelayTarget target, CancellationToken ct) =>
        Run(WaitsKey, target, tx => tx.ResolveAlert(WaitsKey, "what waited has been sent"), ct);

    private string WaitsKey => $"outbox-waits/{Worker}";

    private string RefusedKey(short slice) => string.Create(CultureInfo.InvariantCulture, $"{Refused}/{Worker}/{slice}");

    private async Task Run(string key, IRelayTarget target, Action<Tx> say, CancellationToken ct)
    {
        await database.Run(
            tx =>
            {
                say(tx);
                return Task.CompletedTask;
            }, ct);
        if (await Waiting(key, ct) is { } row) await target.Tell(row, ct);
    }

    /// <returns>The last row of a key that is still to be sent; null when there is none.</returns>
    private async Task<OutboxRow?> Waiting(string key, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = new NpgsqlCommand(
            $"""
            select o.position, o.slice, o.message_id, o.topic, o.wire_name, o.partition_key, o.record_key, o.at, o.trace_parent, o.body
            from {Worker}.outbox o join {Worker}.outbox_slice s on s.slice = o.slice
            where o.position > (select min(sent_position) from {Worker}.outbox_slice) and o.position > s.sent_position and o.partition_key = $1
            order by o.position desc
            limit 1
            """, connection) { Parameters = { new() { Value = key } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? OutboxRows.Row(reader) : null;
    }

    private async Task<string?> MaxMessageBytes(string topic)
    {
        using var admin = new TopicAdmin(kafka);
        return await admin.MaxMessageBytes(topic);
    }
}
