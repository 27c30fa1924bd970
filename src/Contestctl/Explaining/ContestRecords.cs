using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>Where a message stands.</summary>
internal sealed record Place(string Topic, int Partition, long Offset, string Type, DateTimeOffset At)
{
    public static Place Of(Envelope envelope) => new(envelope.Topic, envelope.Partition, envelope.Offset, envelope.WireName, envelope.Time);

    public override string ToString() => $"{Topic}[{Partition}] {Offset}";
}

/// <summary>What the topics say about one contest, each message with its place.</summary>
internal sealed class ContestRecords
{
    private static readonly Dictionary<string, long> s_none = [];
    private readonly TopicReader reader;
    private readonly List<(IMessage Message, Place Place)> told = [];

    private ContestRecords(TopicReader reader, string contestId) => (this.reader, Copy) = (reader, new ContestCopy(contestId));

    public ContestCopy Copy { get; }

    /// <exception cref="RefusedException">The topics do not have what is needed.</exception>
    public static ContestRecords Read(TopicReader reader, string contestId, int revision, CancellationToken ct)
    {
        var records = new ContestRecords(reader, contestId);
        records.Take(Topics.ContestEvents, e => e.Key == contestId, ct);
        records.Take(Topics.Results, e => e.Key == contestId, ct);
        if (records.Copy.Definition is { } definition)
        {
            var games = definition.GameIds.ToHashSet(StringComparer.Ordinal);
            records.Take(Topics.StatLines, e => games.Contains(e.Key.Split('/')[0]), ct);
        }

        var missing = records.Copy.Missing(revision);
        if (missing.Count > 0) throw new RefusedException($"{contestId} revision {revision} can not be explained, the topics lack: {string.Join("; ", missing)}");
        return records;
    }

    /// <returns>The contests in which an entry of this id was accepted.</returns>
    public static IReadOnlyList<string> ContestsOf(TopicReader reader, string entryId, CancellationToken ct) =>
        [.. reader.Read<EntryAcceptedV1>(ct).Where(e => e.Message.EntryId == entryId).Select(e => e.Message.ContestId).Distinct().Order(StringComparer.Ordinal)];

    public IEnumerable<(T Message, Place Place)> Told<T>() where T : IMessage =>
        told.Where(t => t.Message is T).Select(t => ((T)t.Message, t.Place)).DistinctBy(t => t.Item1.IdempotencyKey);

    /// <summary>The feed's messages about some athletes, in the order of their games' streams. What retention removed is not among them.</summary>
    public ILookup<(string GameId, string AthleteId), FeedMention> Feed(IReadOnlySet<(string GameId, string AthleteId)> athletes, CancellationToken ct)
    {
        var plays = new List<(FeedPlayV1, Place)>();
        var games = athletes.Select(a => a.GameId).ToHashSet(StringComparer.Ordinal);
        foreach (var envelope in reader.Read(Topics.FeedGames, ct).Where(e => games.Contains(e.Key)).DistinctBy(e => e.MessageId))
        {
            if (envelope.WireName != "feed.play.v1" || Readable(envelope) is not FeedPlayV1 play) continue;
            plays.Add((play, Place.Of(envelope)));
        }

        return Mentions(plays, athletes);
    }

    /// <summary>A play that once named an athlete is his in all its revisions, also in those that take it back or name somebody else.</summary>
    internal static ILookup<(string GameId, string AthleteId), FeedMention> Mentions(
        IReadOnlyList<(FeedPlayV1 Play, Place Place)> plays, IReadOnlySet<(string GameId, string AthleteId)> athletes)
    {
        var revisions = plays.ToLookup(p => (p.Play.GameId, p.Play.EventId));
        var named = plays
            .SelectMany(p => p.Play.Athletes.Select(a => (Athlete: (p.Play.GameId, a.AthleteId), p.Play.EventId)))
            .Where(n => athletes.Contains(n.Athlete)).Distinct();
        return named
            .SelectMany(n => revisions[(n.Athlete.GameId, n.EventId)].Select(r => (n.Athlete, Mention: new FeedMention(
                r.Place, n.EventId, r.Play.Sequence, r.Play.Revision, r.Play.Op, r.Play.Official,
                r.Play.Athletes.FirstOrDefault(a => a.AthleteId == n.Athlete.AthleteId)?.Stats ?? s_none))))
            .OrderBy(m => m.Mention.Sequence).ToLookup(m => m.Athlete, m => m.Mention);
    }

    private void Take(string topic, Func<Envelope, bool> wanted, CancellationToken ct)
    {
        foreach (var envelope in reader.Read(topic, ct).Where(wanted))
        {
            if (Readable(envelope) is not { } message) continue;
            Copy.Apply(message);
            told.Add((message, Place.Of(envelope)));
        }
    }

    /// <returns>Null for what is no message of ours; input topics have such.</returns>
    private static IMessage? Readable(Envelope envelope)
    {
        try
        {
            return WireTypes.Find(envelope.WireName) is { } type ? (IMessage)WireJson.Read(envelope.Body.Span, type) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

/// <summary>A play of the feed that names an athlete, or did before, and what it adds to the line. The highest revision of an event counts.</summary>
internal sealed record FeedMention(
    Place Place, string EventId, long Sequence, int Revision, string Op, bool Official, IReadOnlyDictionary<string, long> Stats);
