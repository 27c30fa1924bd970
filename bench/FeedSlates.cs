using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Bench;

/// <summary>
/// One slate: games played side by side, a contest over all of them, and what must have come of both at the end.
/// </summary>
/// <param name="Messages">In the order in which they arrive.</param>
/// <param name="TopPoints">The points of the first hundred entries, best first.</param>
public sealed record FeedSlate(
    IReadOnlyList<FeedRecord> Messages, ContestDefinitionV1 Contest, IReadOnlyList<SubmitEntryV1> Entries,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Lines, IReadOnlyList<long> TopPoints);

/// <summary>
/// Slates made of the two real games of <c>samples/</c> under as many names as are wanted: their plays, boxes and statuses in the
/// order of the game clock, game by game in turn. Heartbeats are left out: they are most of a feed and the least work.
/// </summary>
public static class FeedSlates
{
    public const int CopiesPerSlate = 16;
    public const int EntriesPerContest = 1_000;
    private const int Slots = 9;
    private const int TopMax = 100;

    public static Task<IReadOnlyList<FeedSlate>> Make(string samples, int count) => Make(samples, 0, count);

    /// <param name="first">The number of the first slate; each number is another set of games.</param>
    public static async Task<IReadOnlyList<FeedSlate>> Make(string samples, int first, int count)
    {
        var feed = new List<FeedRecord>();
        foreach (var file in Directory.GetFiles(samples, "*.jsonl").Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(file);
            feed.AddRange(
                (await FeedFile.Read(stream, CancellationToken.None)).Records.Where(r => r.Message is not FeedHeartbeatV1));
        }

        FeedRecord[] inTurn = [.. feed.OrderBy(r => r.AtMs)];
        return [.. Enumerable.Range(first, count).Select(slate => Slate(slate, inTurn))];
    }

    /// <summary>Over the lines in order of key, as the Kafka Streams application counts it.</summary>
    public static string Digest(IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, long>>> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, stats) in lines.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            var words = new StringBuilder(key);
            foreach (var (stat, sum) in stats.OrderBy(s => s.Key, StringComparer.Ordinal))
                words.Append(' ').Append(stat).Append('=').Append(sum);
            hash.AppendData(Encoding.UTF8.GetBytes(words.Append('\n').ToString()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FeedSlate Slate(int slate, FeedRecord[] inTurn)
    {
        string[] names = [.. Enumerable.Range(0, CopiesPerSlate).Select(copy => $"-s{slate:000}c{copy:00}")];
        FeedRecord[] messages =
            [.. inTurn.SelectMany(record => names.Select(name => record with { Message = Renamed(record.Message, name) }))];
        var games = Fold(messages);
        var lines = games.SelectMany(g =>
            g.Lines.Where(l => l.Value.IsChanged)
                .Select(l => (Key: $"{g.GameId}/{l.Key}", g.GameId, AthleteId: l.Key, l.Value.Stats))).ToArray();
        var contest = Contest($"bench-{slate:000}",
            [.. lines.Select(l => new PoolAthleteV1(l.AthleteId, l.AthleteId, ["ANY"], l.GameId, l.GameId, 0))]);
        var points = lines.ToDictionary(l => l.AthleteId, l => ScoreLine.Points(Rules, l.Stats), StringComparer.Ordinal);
        var entries = Entries(contest, new SeededRandom(checked((ulong)slate + 1)));
        return new FeedSlate(
            messages, contest, entries,
            lines.ToDictionary(l => l.Key, l => (IReadOnlyDictionary<string, long>)l.Stats, StringComparer.Ordinal),
            [.. entries.Select(e => e.AthleteIds.Sum(a => points[a])).OrderDescending().Take(TopMax)]);
    }

    private static RuleSet Rules => RuleSets.Find("draftkings-nfl-classic", 201502)!;

    private static GameFold[] Fold(IEnumerable<FeedRecord> messages)
    {
        var games = new Dictionary<string, GameFold>(StringComparer.Ordinal);
        foreach (var play in messages.Select(m => m.Message).OfType<FeedPlayV1>())
        {
            if (!games.TryGetValue(play.GameId, out var game)) games[play.GameId] = game = new GameFold(play.GameId);
            FoldPlays.Apply(game, play);
        }

        return [.. games.Values];
    }

    private static IMessage Renamed(IMessage message, string name) => message switch
    {
        FeedPlayV1 play => play with { GameId = play.GameId + name, Athletes = Renamed(play.Athletes, name) },
        FeedBoxV1 box => box with { GameId = box.GameId + name, Lines = Renamed(box.Lines, name) },
        FeedStatusV1 status => status with { GameId = status.GameId + name },
        _ => throw new InvariantException($"{message.GetType().Name} is not expected in a slate"),
    };

    private static AthleteStatsV1[] Renamed(IReadOnlyList<AthleteStatsV1> athletes, string name) =>
        [.. athletes.Select(a => a with { AthleteId = a.AthleteId + name })];

    private static ContestDefinitionV1 Contest(string contestId, IReadOnlyList<PoolAthleteV1> pool) => new(
        contestId, "Bench", "lineup", "usd", EntryFeeMinor: 0, EntriesPerContest, MaxEntriesPerPlayer: EntriesPerContest,
        MinEntries: 0, GuaranteedPoolMinor: 100_000, LockAt: new DateTimeOffset(2099, 12, 31, 0, 0, 0, TimeSpan.Zero),
        [.. pool.Select(a => a.GameId).Distinct().Order(StringComparer.Ordinal)], RuleSets.Ref(Rules),
        new RosterV1([.. Enumerable.Range(0, Slots).Select(s => new RosterSlotV1($"S{s}", ["ANY"]))], null, 1, 1, null, false),
        pool, new PrizeStructureV1(PrizeTypes.WinnerTakesAll), RakeBps: 0, PlatformFeeBps: 300, CorrectionWindowSeconds: 0,
        "freeze", LateSwap: false, ReconcileTolerance: 0, "test");

    private static SubmitEntryV1[] Entries(ContestDefinitionV1 contest, SeededRandom random)
    {
        var entries = new SubmitEntryV1[EntriesPerContest];
        for (var n = 0; n < entries.Length; n++)
        {
            var lineup = new List<string>(Slots);
            while (lineup.Count < Slots)
            {
                var athlete = contest.Athletes[random.Next(contest.Athletes.Count)].AthleteId;
                if (!lineup.Contains(athlete)) lineup.Add(athlete);
            }

            var entryId = $"{contest.ContestId}-{n:0000}";
            entries[n] = new SubmitEntryV1($"submit/{entryId}", contest.ContestId, entryId, $"player-{n % 100:000}", lineup);
        }

        return entries;
    }
}
