using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>Where a message stands.</summary>
internal sealed record Place(string Topic, int Partition, long Offset, string Type, DateTimeOffset At)
{
    public static Place Of(Envelope envelope) =>
        new(envelope.Topic, envelope.Partition, envelope.Offset, envelope.WireName, envelope.Time);

    public override string ToString() => $"{Topic}[{Partition}] {Offset}";
}

/// <summary>What the topics say about one contest, each message with its place.</summary>
internal sealed class ContestRecords
{
    private static readonly Dictionary<string, long> s_none = [];
    private static readonly string s_accepted = WireTypes.Of(typeof(EntryAcceptedV1)).Name;
    private static readonly string s_play = WireTypes.Of(typeof(FeedPlayV1)).Name;
    private readonly LegibleRecords topics;
    private readonly List<(IMessage Message, Place Place)> told = [];

    private ContestRecords(LegibleRecords topics, string contestId) => (this.topics, Copy) = (topics, new ContestCopy(contestId));

    public ContestCopy Copy { get; }

    /// <exception cref="RefusedException">The topics do not have what is needed.</exception>
    public static ContestRecords Read(LegibleRecords topics, string contestId, int revision, CancellationToken ct)
    {
        var records = new ContestRecords(topics, contestId);
        records.Take(Topics.ContestEvents, e => e.Key == contestId, ct);
        records.Take(Topics.Results, e => e.Key == contestId, ct);
        if (records.Copy.Definition is { } definition)
        {
            var games = definition.GameIds.ToHashSet(StringComparer.Ordinal);
            records.Take(Topics.Rules, e => e.Key == $"{definition.RuleSet.Name}/{definition.RuleSet.Version}", ct);
            records.Take(Topics.StatLines, e => games.Contains(e.Key.Split('/')[0]), ct);
        }

        IReadOnlyList<string> missing = [.. records.Copy.Missing(revision), .. records.AwardsMissing(revision)];
        if (missing.Count > 0)
            throw new RefusedException(
                $"{contestId} revision {revision} can not be explained, the topics lack: {string.Join("; ", missing)}");
        return records;
    }

    /// <returns>The contests in which an entry of this id was accepted.</returns>
    public static IReadOnlyList<string> ContestsOf(LegibleRecords topics, string entryId, CancellationToken ct) =>
    [
        .. topics.On(Topics.ContestEvents, e => e.WireName == s_accepted, ct).Select(e => e.Message).OfType<EntryAcceptedV1>()
            .Where(e => e.EntryId == entryId).Select(e => e.ContestId).Distinct().Order(StringComparer.Ordinal),
    ];

    public IEnumerable<(T Message, Place Place)> Told<T>() where T : IMessage =>
        told.Where(t => t.Message is T).Select(t => ((T)t.Message, t.Place)).DistinctBy(t => t.Item1.IdempotencyKey);

    /// <summary>
    /// The feed's messages about some athletes, in the order of their games' streams. What retention removed is not among them.
    /// </summary>
    public ILookup<(string GameId, string AthleteId), FeedMention> Feed(
        IReadOnlySet<(string GameId, string AthleteId)> athletes, CancellationToken ct)
    {
        var plays = new List<(FeedPlayV1, Place)>();
        var games = athletes.Select(a => a.GameId).ToHashSet(StringComparer.Ordinal);
        foreach (var told in topics.On(Topics.FeedGames, e => e.WireName == s_play && games.Contains(e.Key), ct)
            .DistinctBy(t => t.Envelope.MessageId))
            plays.Add(((FeedPlayV1)told.Message, Place.Of(told.Envelope)));
        return Mentions(plays, athletes);
    }

    /// <summary>
    /// A play that once named an athlete is his in all its revisions, also in those that take it back or name somebody else.
    /// </summary>
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

    /// <summary>Of a published result: its chunks of awards that are not there.</summary>
    private IEnumerable<string> AwardsMissing(int revision)
    {
        if (Copy.Settled.GetValueOrDefault(revision) is not { } settled) yield break;
        var there = Told<ContestAwardsV1>().Count(a => a.Message.Revision == revision);
        if (there < settled.AwardChunks)
            yield return $"{settled.AwardChunks - there} of {settled.AwardChunks} messages with its awards (contest.awards.v1)";
    }

    private void Take(string topic, Func<Envelope, bool> wanted, CancellationToken ct)
    {
        foreach (var (message, envelope) in topics.On(topic, wanted, ct))
        {
            Copy.Apply(message);
            told.Add((message, Place.Of(envelope)));
        }
    }
}

/// <summary>
/// A play of the feed that names an athlete, or did before, and what it adds to the line. The highest revision of an event
/// counts.
/// </summary>
internal sealed record FeedMention(
    Place Place, string EventId, long Sequence, int Revision, string Op, bool Official, IReadOnlyDictionary<string, long> Stats);
