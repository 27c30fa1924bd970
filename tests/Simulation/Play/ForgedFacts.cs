using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds somebody who may write to the topics between workers writes what nobody has said: under the id of a message that
/// was handled other words, which are refused, or the same words under another id, late and after what followed them, which
/// change nothing. Or he who may write players' commands writes one of operators'.
/// </summary>
internal sealed class ForgedFacts
{
    private const int Percent = 15;
    private const int NowPercent = 2;
    private const int ForgedMax = 6;
    private const int MisplacedPercent = 30;
    private const int ReorderedPercent = 40;
    private const int ReorderedMax = 8;

    private readonly SimWorld world;
    private readonly SeededRandom random;
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private readonly List<HarnessRecord> otherwise = [];
    private int forged;

    private ForgedFacts(SimWorld world, SeededRandom random) => (this.world, this.random) = (world, random);

    /// <returns>Null: in most seeds nobody does.</returns>
    internal static ForgedFacts? Of(SimWorld world) =>
        world.ChanceOf("facts") is var random && random.Chance(Percent) && world.Poison is null && !world.IsLong
            ? new ForgedFacts(world, random) : null;

    /// <summary>An alert tells of a forged message, and of no other.</summary>
    internal bool IsToldBy(AlertRaisedV1 alert) => ids.Any(id => alert.Cause.Contains(id, StringComparison.Ordinal));

    /// <summary>
    /// Whoever hears a thing again under another id may say again what follows from it, under the id that it had.
    /// </summary>
    internal bool HasForged => forged > 0;

    /// <summary>Whoever has handled a message tells of it when other words come under its id.</summary>
    internal async Task<IReadOnlyList<string>> Faults(SimLane lane)
    {
        var ids = otherwise.ToLookup(MessageId, r => r.Headers[CloudEvents.Id]);
        var alerts = world.Broker.Messages<AlertRaisedV1>().Where(a => a.Kind == "message-id-reused").ToArray();
        var faults = new List<string>();
        foreach (var worker in lane.Slots.Select(s => s.Worker).Distinct().Where(w => !world.HasGoneBack(w)))
        {
            // Of topics that it does not read, and of messages that it has no use for, its inbox holds nothing.
            var handled = await lane.Admin.QueryAsync<Guid>(
                $"select message_id from {worker}.inbox where message_id = any(@ids) order by message_id",
                new { ids = ids.Select(i => i.Key).ToArray() });
            faults.AddRange(handled.Select(id => ids[id].First())
                .Where(id => !alerts.Any(a => a.RaisedBy == worker && a.Cause.Contains(id, StringComparison.Ordinal)))
                .Select(id => $"{worker} has handled {id}, and does not tell that it came again in other words"));
        }

        return faults;
    }

    /// <param name="groups">All who read.</param>
    internal void Maybe(IReadOnlyCollection<SimGroup> groups)
    {
        if (forged >= ForgedMax || world.Weather == Weather.Calm || !random.Chance(NowPercent)) return;
        if (random.Chance(MisplacedPercent))
        {
            Misplace();
            return;
        }

        var read = groups.SelectMany(g => g.Partitions.Select(p => (Place: p, At: g.Committed(p)))).GroupBy(p => p.Place)
            .Select(p => (Place: p.Key, Until: p.Min(one => one.At)))
            .Where(p => p.Until > 0 && IsBetweenWorkers(p.Place.Topic)).OrderBy(p => p.Place.Topic, StringComparer.Ordinal)
            .ThenBy(p => p.Place.Partition).ToArray();
        if (read.Length == 0) return;
        var (place, until) = random.Pick(read);
        // Forged words under an id that is new are a fact to whoever reads: they are kept off the topics by rights, not by
        // readers.
        var said = world.Broker.Log(place.Topic, place.Partition).Take(until)
            .Where(r => r.Body.Span.IndexOf("\"forged\":true"u8) < 0).ToArray();
        forged++;
        if (random.Chance(ReorderedPercent)) Reorder(said);
        else Forge(said[random.Next(said.Length)]);
    }

    /// <summary>
    /// Whoever may write players' commands calls a contest off, as only operators may, on a topic of their own.
    /// </summary>
    private void Misplace()
    {
        var contest = $"sim-{1 + random.Next(Scenario.ContestsMax)}";
        var cancel = new CancelContestV1(
            $"misplaced/{contest}/{++forged}", contest, "no operator has said so", IssuedBy: "nobody");
        ids.Add(cancel.CommandId);
        var record = HarnessRecord.Of(cancel, DeterministicId.From(cancel.IdempotencyKey).ToString(),
            "contestpipeline/simulation", world.Clock.GetUtcNow());
        Append(record with { Topic = Topics.ContestCommands,
            Partition = KeyHash.Partition(record.Key, world.Broker.Partitions(Topics.ContestCommands)) },
            "operators' command on the players' topic");
    }

    private static bool IsBetweenWorkers(string topic) =>
        topic != Topics.StripeWebhooks && topic != Topics.FeedGames
            && topic is not (Topics.ContestCommands or Topics.ContestOperations);

    private void Forge(HarnessRecord record)
    {
        var id = record.Headers[CloudEvents.Id];
        switch (random.Next(2))
        {
            // Not played: the state of a game that is said again late names versions of lines that have grown since, and holds
            // its contest until the feed tells the game whole.
            case 0 or 1 when IsGameState(record):
            case 0:
                ids.Add(id);
                otherwise.Add(record);
                Append(record with { Body = OtherWords(record.Body) }, "message forged under a known id");
                break;
            default:
                Append(record with { Headers = Renamed(record) }, "old message said again under another id");
                break;
        }
    }

    /// <summary>
    /// As a replay does that reads partitions side by side: old messages come again in any order, of one key old after new, under
    /// the ids that they had or, as after a mirror that renames, under others.
    /// </summary>
    private void Reorder(IReadOnlyList<HarnessRecord> said)
    {
        var again = said.Skip(random.Next(said.Count)).Take(ReorderedMax).ToList();
        var isRenamed = random.Chance(50);
        for (; again.Count > 0; forged++)
        {
            var record = again[random.Next(again.Count)];
            again.Remove(record);
            // A copy: the one that was said is not forged.
            var isOther = isRenamed && !IsGameState(record);
            Append(record with { Headers = isOther ? Renamed(record) : record.Headers },
                $"old messages said again in another order{(isRenamed ? " under other ids" : "")}");
        }
    }

    private static bool IsGameState(HarnessRecord record) =>
        record.Headers[CloudEvents.Type] == WireTypes.Of(typeof(GameStateV1)).Name;

    private static Guid MessageId(HarnessRecord record) =>
        DeterministicId.From($"{record.Headers[CloudEvents.Source]}\n{record.Headers[CloudEvents.Id]}");

    /// <returns>As well formed as it was, one more of the first number in it, and something that nobody asked for.</returns>
    private static byte[] OtherWords(ReadOnlyMemory<byte> body)
    {
        var said = JsonNode.Parse(body.Span)!.AsObject();
        if (said.FirstOrDefault(m => m.Value?.GetValueKind() == JsonValueKind.Number && m.Value.AsValue().TryGetValue<int>(out _))
            is { Key: { } name })
            said[name] = said[name]!.GetValue<int>() + 1;
        said["forged"] = true;
        return Encoding.UTF8.GetBytes(said.ToJsonString());
    }

    private Dictionary<string, string> Renamed(HarnessRecord record)
    {
        var headers = record.Headers.ToDictionary();
        headers[CloudEvents.Id] = DeterministicId.From($"forged/{record.Headers[CloudEvents.Id]}/{forged}").ToString();
        ids.Add(headers[CloudEvents.Id]);
        return headers;
    }

    private void Append(HarnessRecord record, string kind)
    {
        world.Note($"{kind}: {record.Topic} {record.Key}");
        world.Faults.Hit(kind);
        world.Broker.AppendForged(record);
    }
}
