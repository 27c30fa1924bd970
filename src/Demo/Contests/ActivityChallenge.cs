using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// The demo's activity contest: players move for a morning, the feed carries their own points, the best three share the pool.
/// Seeded, so that it is the same on every run.
/// </summary>
public static class ActivityChallenge
{
    public const string ContestId = "demo-activity";
    public const string StreamId = "demo-morning-challenge";
    public const string Stat = "activity_points";
    public const int Entries = 40;

    private const ulong Seed = 2016;
    private const int Activities = 160;
    private const int MinutesLong = 60;
    private const int BeatSeconds = 10;
    private const int PointsMax = 40;

    private static readonly DateTimeOffset s_start = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    public static ContestDefinitionV1 Definition(DateTimeOffset lockAt)
    {
        var rules = RuleSets.Find("activity-points", 1)
            ?? throw new InvariantException("rule set activity-points 1 does not ship");
        return new ContestDefinitionV1(
            ContestId, "Morning challenge", ContestKinds.Activity, Currency: "usd", EntryFeeMinor: 0, MaxEntries: Entries,
            MaxEntriesPerPlayer: 1, MinEntries: 2, GuaranteedPoolMinor: 20_000, lockAt, GameIds: [StreamId], RuleSets.Ref(rules),
            new RosterV1([new("player", [ContestKinds.PlayerPosition])], SalaryCap: null, MinTeams: 0, MinGames: 0,
                MaxPerTeam: null, AllowEmpty: false), Athletes: [],
            new PrizeStructureV1(PrizeTypes.TopThreeWeighted), RakeBps: 0, PlatformFeeBps: 300, CorrectionWindowSeconds: 2,
            LateCorrectionPolicy: "freeze", LateSwap: false, ReconcileTolerance: 0, Environment: "test");
    }

    /// <summary>The player who comes third and so certainly wins, whatever the run's seed.</summary>
    public static string Third { get; } = Feed().Select(r => r.Message).OfType<FeedBoxV1>().Single().Lines
        .OrderByDescending(t => t.Stats[Stat]).ThenBy(t => t.AthleteId, StringComparer.Ordinal).ElementAt(2).AthleteId;

    /// <summary>Who enters: the first players, each as himself.</summary>
    public static IEnumerable<SubmitEntryV1> Commands() => Enumerable.Range(1, Entries).Select(n => new SubmitEntryV1(
        $"submit/{ContestId}-{n:D4}", ContestId, $"{ContestId}-{n:D4}", DemoEntries.PlayerId(n), []));

    /// <summary>What the players did, as a feed: statuses, activities, heartbeats, and the totals at the end.</summary>
    public static IReadOnlyList<FeedRecord> Feed()
    {
        var stream = new Stream();
        var random = new SeededRandom(Seed);
        stream.Add(0, (sequence, at) => new FeedStatusV1(StreamId, sequence, GameStatus.Scheduled, at));
        stream.Add(60_000, (sequence, at) => new FeedStatusV1(StreamId, sequence, GameStatus.InProgress, at));

        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        const long runMs = MinutesLong * 60_000L;
        for (var n = 0; n < Activities; n++)
        {
            var player = DemoEntries.PlayerId(1 + random.Next(Entries));
            var points = 1 + random.Next(PointsMax);
            totals[player] = totals.GetValueOrDefault(player) + points;
            stream.Add(60_001 + runMs * n / Activities, (sequence, at) => new FeedPlayV1(
                StreamId, $"activity-{n + 1}", sequence, 1, "upsert", true, [Line(player, points)], at));
        }

        stream.Add(runMs + 61_000,
            (sequence, at) => new FeedBoxV1(StreamId, sequence, [Stat], [.. totals.Select(t => Line(t.Key, t.Value))], at));
        stream.Add(runMs + 62_000, (sequence, at) => new FeedStatusV1(StreamId, sequence, GameStatus.Complete, at));
        stream.Add(runMs + 120_000, (sequence, at) => new FeedStatusV1(StreamId, sequence, GameStatus.Closed, at));
        return stream.WithHeartbeats(BeatSeconds);
    }

    private static AthleteStatsV1 Line(string player, long points) =>
        new(player, new Dictionary<string, long> { [Stat] = points });

    /// <summary>Numbers the messages as they come.</summary>
    private sealed class Stream
    {
        private readonly List<(long AtMs, long Sequence, FeedRecord Record)> records = [];

        public void Add(long atMs, Func<long, DateTimeOffset, IMessage> message)
        {
            var sequence = records.Count + 1L;
            var at = s_start.AddMilliseconds(atMs);
            records.Add((atMs, sequence, new FeedRecord(atMs, at, message(sequence, at))));
        }

        /// <summary>While the stream is in progress: from its second message to its last but one.</summary>
        public IReadOnlyList<FeedRecord> WithHeartbeats(int everySeconds)
        {
            var beats = new List<FeedRecord>();
            var last = records[^1].AtMs;
            for (var atMs = records[1].AtMs + everySeconds * 1000L; atMs < last; atMs += everySeconds * 1000L)
            {
                var at = s_start.AddMilliseconds(atMs);
                beats.Add(
                    new FeedRecord(atMs, at, new FeedHeartbeatV1(StreamId, records.Last(r => r.AtMs <= atMs).Sequence, at)));
            }

            return [.. records.Select(r => r.Record).Concat(beats).OrderBy(r => r.AtMs)];
        }
    }
}
