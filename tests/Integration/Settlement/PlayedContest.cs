using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// A contest over two games with everything that was ever said about it: the messages, and the result they must lead to.
/// </summary>
internal sealed class PlayedContest
{
    private static readonly DateTimeOffset s_at = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);
    private readonly List<IMessage> entryEvents = [];
    private readonly RuleSet rules;

    public PlayedContest(string contestId, int entries = 60, int winners = 0, string policy = LateCorrectionPolicies.Freeze,
        RuleSet? published = null)
    {
        rules = published ?? RuleSets.All.First(r => r.Sport == "nfl");
        string[] games = [$"{contestId}-game-1", $"{contestId}-game-2"];
        var athletes = Enumerable.Range(1, 8)
            .Select(a => new PoolAthleteV1($"ath{a}", $"Athlete {a}", ["ANY"], $"team{a % 4}", games[a % 2], 1_000)).ToArray();
        var prizes = winners == 0
            ? new PrizeStructureV1(PrizeTypes.TopThreeWeighted)
            : new PrizeStructureV1(PrizeTypes.DoubleUp, Places: winners);
        var definition = new ContestDefinitionV1(
            contestId, "Played", "lineup", "usd", 0, 10_000, 100, 2, 100_001, s_at, games, RuleSets.Ref(rules),
            new RosterV1([new RosterSlotV1("CPT", ["ANY"], 150), new RosterSlotV1("FLEX", ["ANY"])], null, 1, 1, null, true),
            athletes, prizes, 0, 300, 0, policy, true, 0, "test");
        Published = new ContestPublishedV1($"create-{contestId}", contestId, definition, CanonicalHash.Of(definition), s_at);
        Lines = [.. MakeLines(athletes)];
        Enter(contestId, athletes, entries);
        (Expected, Chunks, Finalized) = Complete(1, Lines);
    }

    /// <summary>The week after: every line has a further version, under which other entries win.</summary>
    /// <param name="revision">2 or above.</param>
    /// <param name="yards">What each athlete's rushing yards are multiplied by, in turn.</param>
    public Revised Revise(int revision, params long[] yards)
    {
        var last = Lines.GroupBy(l => (l.GameId, l.AthleteId)).Select(g => g.MaxBy(l => l.Version)!).ToArray();
        var corrected = last.Select((l, i) => l with
        {
            Version = 3 + revision,
            Stats = new Dictionary<string, long>(l.Stats) { ["rush_yds"] = l.Stats["rush_yds"] * yards[i % yards.Length] },
        }).ToArray();
        var (full, chunks, finalized) = Complete(revision, corrected);
        return new Revised(full, corrected, [.. chunks, finalized]);
    }

    public ContestPublishedV1 Published { get; }

    /// <summary>Three versions of every line; the last one counts.</summary>
    public IReadOnlyList<StatLineV1> Lines { get; }

    public IReadOnlyList<IMessage> EntryEvents => entryEvents;

    public IReadOnlyList<RankingChunkV1> Chunks { get; }

    public ContestFinalizedV1 Finalized { get; }

    /// <summary>What a computation without any worker comes to.</summary>
    public SettlementResult Expected { get; }

    /// <summary>Everything on contest.events.v1, in order.</summary>
    public IReadOnlyList<IMessage> Events => [Published, .. EntryEvents, .. Chunks, Finalized];

    private static IEnumerable<StatLineV1> MakeLines(PoolAthleteV1[] athletes)
    {
        foreach (var (athlete, i) in athletes.Select((a, i) => (a, i)))
        {
            for (var version = 1; version <= 3; version++)
            {
                var stats = new Dictionary<string, long> { ["rush_yds"] = 10 * i + version, ["rec_yds"] = 7 * version,
                    ["fumbles_lost"] = i % 3 };
                yield return new StatLineV1(athlete.GameId, athlete.AthleteId, version, stats, s_at);
            }
        }
    }

    /// <summary>Many share a line-up; every tenth is swapped later, every fifteenth withdrawn.</summary>
    private void Enter(string contestId, PoolAthleteV1[] athletes, int entries)
    {
        for (var i = 1; i <= entries; i++)
        {
            string[] lineup = i % 12 == 0 ? [] : [athletes[i % 5].AthleteId, athletes[5 + i % 3].AthleteId];
            entryEvents.Add(
                new EntryAcceptedV1($"submit-{i}", contestId, $"entry-{i:0000}", $"player-{i % 17}", lineup, i, s_at));
        }

        for (var i = 10; i <= entries; i += 10)
            entryEvents.Add(new EntryChangedV1(
                $"swap-{i}", contestId, $"entry-{i:0000}", 2, [athletes[0].AthleteId, athletes[7].AthleteId], s_at));
        for (var i = 15; i <= entries; i += 15)
            entryEvents.Add(new EntryWithdrawnV1($"withdraw-{i}", contestId, $"entry-{i:0000}", $"player-{i % 17}", s_at));
    }

    private (SettlementResult Full, IReadOnlyList<RankingChunkV1> Chunks, ContestFinalizedV1 Finalized) Complete(
        int revision, IEnumerable<StatLineV1> lines)
    {
        var (contestId, definition) = (Published.ContestId, Published.Definition);
        var book = Book();
        var final = lines.GroupBy(l => (l.GameId, l.AthleteId)).ToDictionary(g => g.Key, g => g.MaxBy(l => l.Version)!);
        var stats = new FinalStats(new HashSet<string>(), final.ToDictionary(l => l.Key, l => l.Value.Stats));
        var full = SettleContest.Compute(definition, Published.DefinitionHash, rules, stats, book, revision);

        var groups = Enumerable.Range(0, full.Ranking.Groups).Select(g => new ScoreGroupV1(
            full.Ranking.Points[g], full.Ranking.EntriesOf(g).Length,
            EntryHash.OfIds(full.Ranking.EntriesOf(g).ToArray().Select(e => book.EntryIds[e]))));
        RankingChunkV1[] chunks = [.. groups.Chunk(3).Select((part, i) => new RankingChunkV1(contestId, revision, i, part))];
        var games = definition.GameIds.Select(g => new FinalGameV1(
            g, false, final.Where(l => l.Key.GameId == g).ToDictionary(l => l.Key.AthleteId, l => l.Value.Version))).ToArray();
        return (full, chunks,
            new ContestFinalizedV1(
                contestId, revision, Published.DefinitionHash, book.Count, book.Hash, games, chunks.Length, s_at));
    }

    /// <summary>Straight from the events, by the plainest means.</summary>
    private EntryBook Book()
    {
        var withdrawn = entryEvents.OfType<EntryWithdrawnV1>().Select(w => w.EntryId).ToHashSet();
        var changed = entryEvents.OfType<EntryChangedV1>().ToDictionary(c => c.EntryId, c => c.AthleteIds);
        var accepted = entryEvents.OfType<EntryAcceptedV1>().Where(e => !withdrawn.Contains(e.EntryId))
            .OrderBy(e => e.EntryId, StringComparer.Ordinal).ToArray();
        var builder = new EntryBookBuilder();
        foreach (var entry in accepted)
            builder.Add(entry.EntryId, entry.PlayerId, entry.AcceptanceNo,
                EntryBookBuilder.Join(changed.GetValueOrDefault(entry.EntryId, entry.AthleteIds)));
        var book = builder.Build();
        Invariant.Holds(
            book.Hash == EntryHash.Of(
                accepted.Select(e => (e.EntryId, e.PlayerId, e.AcceptanceNo,
                    changed.GetValueOrDefault(e.EntryId, e.AthleteIds)))),
            "the book hashes as the contract says");
        return book;
    }

    /// <summary>
    /// A late correction: what it comes to as if it were the first result, its lines, and what Scoring says of it.
    /// </summary>
    internal sealed record Revised(SettlementResult Full, IReadOnlyList<StatLineV1> Lines, IReadOnlyList<IMessage> Events);
}
