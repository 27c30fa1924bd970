using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;

namespace ProviderSample;

/// <summary>Numbers a provider's events, keeps them in a journal, sends them, and heartbeats while nothing happens.</summary>
internal sealed class Provider(Connection connection, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(8);

    private readonly IProducer<string, string> producer = new ProducerBuilder<string, string>(connection.Configure(
        new ProducerConfig
        {
            EnableIdempotence = true, // acks all; in order, and not twice, however often the client sends again
            Partitioner = Confluent.Kafka.Partitioner.Murmur2Random, // as Java's clients: one game, one partition
            CompressionType = CompressionType.Zstd,
        })).Build();

    private readonly Dictionary<string, long> sequences = []; // game -> the last number used
    private readonly Dictionary<(string Game, string Event), int> revisions = []; // the last revision used
    private readonly Dictionary<string, JsonNode> kept = []; // id -> message; a later one takes the place of a refused one
    private readonly ConcurrentDictionary<string, long> live = []; // game being played -> when we last sent something of it

    /// <param name="journalPath">Every message, on disk before it is sent: after a crash the same goes under the same number.
    /// </param>
    public async Task Run(string journalPath, TextReader events)
    {
        // A later line takes the place of a refused one.
        var lines = File.Exists(journalPath) ? await File.ReadAllLinesAsync(journalPath) : [];
        foreach (var message in lines.Where(l => l != "").Select(l => JsonNode.Parse(l)!)) kept[(string)message["id"]!] = message;
        foreach (var message in kept.Values) Note(message);
        // Whatever was composed may not have been sent: all of it again. A repetition with the same ce_id and body does no harm.
        await Send([.. kept.Values]);
        Console.WriteLine($"repeated {kept.Count}");

        using var timer = clock.CreateTimer(_ => Heartbeats(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await using var journal = new FileStream(journalPath, FileMode.Append);
        var sent = 0;
        while (await events.ReadLineAsync() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var message = Compose(JsonNode.Parse(line)!);
            await journal.WriteAsync(Encoding.UTF8.GetBytes(message.ToJsonString() + "\n"));
            journal.Flush(flushToDisk: true);
            kept[(string)message["id"]!] = message;
            Note(message);
            await Send([message]);
            sent++;
        }

        Console.WriteLine($"sent {sent}");
    }

    /// <summary>Something of a game is missing: what is asked for goes again as it was; what had come all the same is a
    /// repetition.</summary>
    public async Task Recover(JsonNode request)
    {
        var (game, first, last) =
            ((string)request["gameId"]!, (long)request["fromSequence"]!, (long)request["toSequence"]!);
        if (!sequences.TryGetValue(game, out var newest)) return; // another provider's game
        JsonNode[] again =
        [
            .. kept.Values.Where(m => (string)m["data"]!["gameId"]! == game && (long)m["data"]!["sequence"]! >= first
                && (long)m["data"]!["sequence"]! <= last),
        ];
        await Send(again);
        var now = Utc();
        await Send([new JsonObject
        {
            ["type"] = "feed.snapshot-complete.v1", ["id"] = $"{connection.Source}-complete/{game}/{now}", ["time"] = now,
            ["data"] = new JsonObject { ["gameId"] = game, ["lastSequence"] = newest, ["providerTime"] = now },
        }]);
        Console.WriteLine($"recovered {game} from {first}: {again.Length} messages");
    }

    public void Dispose() => producer.Dispose();

    private string Utc() => clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void Note(JsonNode message)
    {
        var data = message["data"]!;
        var game = (string)data["gameId"]!;
        lock (sequences) sequences[game] = Math.Max((long)data["sequence"]!, sequences.GetValueOrDefault(game));
        if (data["eventId"] is { } play) revisions[(game, (string)play!)] = (int)data["revision"]!;
        if ((string?)data["status"] == "in_progress") live[game] = clock.GetTimestamp();
        else if (data["status"] is not null) live.TryRemove(game, out _);
    }

    private JsonObject Compose(JsonNode @event)
    {
        var (game, kind, now) = ((string)@event["game"]!, (string)@event["do"]!, Utc());
        // A refused message is mended under its own number; every other takes the next one.
        var replaces = (long?)@event["replaces"];
        var sequence = replaces ?? sequences.GetValueOrDefault(game) + 1;
        var data = new JsonObject { ["gameId"] = game, ["sequence"] = sequence, ["providerTime"] = now };
        switch (kind)
        {
            case "status":
                Copy(@event, data, "status", "reason", "startsAt");
                break;
            case "box":
                Copy(@event, data, "coveredStats");
                data["lines"] = Lines(@event["athletes"]!);
                break;
            case "play" or "withdraw":
                var play = (string)@event["event"]!;
                data["eventId"] = play;
                data["revision"] = revisions.GetValueOrDefault((game, play)) + (replaces is null ? 1 : 0);
                (data["op"], data["official"]) = (kind == "play" ? "upsert" : "delete", (bool?)@event["official"] ?? true);
                data["athletes"] = kind == "play" ? Lines(@event["athletes"]!) : new JsonArray();
                Copy(@event, data, "clock");
                break;
            default:
                throw new ArgumentException($"\"do\" is {kind}; expected status, play, withdraw or box");
        }

        return new JsonObject
        {
            ["type"] = $"feed.{(kind == "withdraw" ? "play" : kind)}.v1", ["id"] = $"{connection.Source}/{game}/{sequence}",
            ["time"] = now, ["data"] = data,
        };
    }

    private static void Copy(JsonNode from, JsonObject to, params string[] names)
    {
        foreach (var name in names)
            if (from[name] is { } value) to[name] = value.DeepClone();
    }

    private static JsonArray Lines(JsonNode athletes) =>
        [.. athletes.AsObject().Select(a => new JsonObject { ["athleteId"] = a.Key, ["stats"] = a.Value!.DeepClone() })];

    private async Task Send(IReadOnlyList<JsonNode> messages)
    {
        await Task.WhenAll(messages.Select(Send));
        foreach (var game in messages.Select(m => (string)m["data"]!["gameId"]!))
            if (live.TryGetValue(game, out var at)) live.TryUpdate(game, clock.GetTimestamp(), at);
    }

    private Task Send(JsonNode message)
    {
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            ("ce_specversion", "1.0"), ("ce_id", (string)message["id"]!), ("ce_type", (string)message["type"]!),
            ("ce_source", connection.Source), ("ce_time", (string)message["time"]!), ("content-type", "application/json"),
        }) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return producer.ProduceAsync(connection.Topic, new Message<string, string>
        {
            Key = (string)message["data"]!["gameId"]!, Value = message["data"]!.ToJsonString(), Headers = headers,
        });
    }

    private async void Heartbeats()
    {
        foreach (var (game, at) in live)
        {
            if (clock.GetElapsedTime(at) < s_silence) continue;
            var now = Utc();
            long last;
            lock (sequences) last = sequences[game];
            await Send([new JsonObject
            {
                ["type"] = "feed.heartbeat.v1", ["id"] = $"{connection.Source}-heartbeat/{game}/{now}", ["time"] = now,
                ["data"] = new JsonObject { ["gameId"] = game, ["lastSequence"] = last, ["providerTime"] = now },
            }]);
        }
    }
}
