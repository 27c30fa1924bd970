using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>An entry and what its player does about the fee.</summary>
/// <param name="Cards">What is put in, try by try; none: the player never pays.</param>
internal sealed record PlannedEntry(SubmitEntryV1 Submit, IReadOnlyList<string> Cards);

/// <summary>A few small contests on one stream, drawn from a seed: who enters, who pays, what really happens.</summary>
internal sealed class Wave
{
    internal const string Stat = "activity_points";
    internal const string CardGood = "pm_card_bypassPending";
    internal const string CardDeclined = "pm_card_chargeDeclined";
    private const string Position = "P";
    private const int PlayersMax = 8;
    private const int Athletes = 8;

    private static readonly DateTimeOffset s_lockAt = new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero);
    private readonly SeededRandom random;

    internal Wave(int number, SeededRandom random)
    {
        this.random = random;
        Stream = $"chaos-stream-{number:D4}";
        Definitions = [.. Enumerable.Range(1, 1 + random.Next(3)).Select(n => Definition($"chaos-{number:D4}-{n}"))];
        Entries = [.. Definitions.SelectMany(Enter)];
        Withdrawals = [.. Entries.Where(_ => random.Chance(4)).Select(e => new WithdrawEntryV1(
            $"withdraw/{e.Submit.EntryId}", e.Submit.ContestId, e.Submit.EntryId, e.Submit.PlayerId))];
    }

    /// <summary>Players there are.</summary>
    internal const int Players = 24;

    internal string Stream { get; }

    internal IReadOnlyList<ContestDefinitionV1> Definitions { get; }

    internal IReadOnlyList<PlannedEntry> Entries { get; }

    internal IReadOnlyList<WithdrawEntryV1> Withdrawals { get; }

    /// <summary>The totals at the end by athlete or player: what everything is scored by.</summary>
    internal SortedDictionary<string, long> Totals { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The feed as it comes: repeated, out of order, with plays that are corrected, withdrawn and put under review.
    /// </summary>
    internal IReadOnlyList<FeedRecord> Feed(DateTimeOffset now)
    {
        var records = new List<FeedRecord>();
        void Add(Func<long, DateTimeOffset, IMessage> message)
        {
            var at = now.AddMilliseconds(10 * records.Count);
            records.Add(new FeedRecord(10L * records.Count, at, message(records.Count + 1L, at)));
        }

        Add((sequence, at) => new FeedStatusV1(Stream, sequence, GameStatus.Scheduled, at));
        Add((sequence, at) => new FeedStatusV1(Stream, sequence, GameStatus.InProgress, at));
        var scorers = Entries.Select(e => e.Submit.PlayerId).Distinct().Concat(Pool(Stream).Select(a => a.AthleteId)).ToArray();
        var plays = 10 + random.Next(20);
        for (var n = 1; n <= plays; n++)
        {
            var (who, points) = (random.Pick(scorers), 5L * (1 + random.Next(3)));
            Totals[who] = Totals.GetValueOrDefault(who) + points;
            Add((sequence, at) => new FeedPlayV1(Stream, $"play-{n}", sequence, 1, "upsert", true, [Line(who, points)], at));
        }

        Add((sequence, at) => new FeedBoxV1(Stream, sequence, [Stat], [.. Totals.Select(t => Line(t.Key, t.Value))], at));
        Add((sequence, at) => new FeedStatusV1(Stream, sequence, GameStatus.Complete, at));
        Add((sequence, at) => new FeedStatusV1(Stream, sequence, GameStatus.Closed, at));
        return FeedDisorder.Apply(records,
            new FeedFaults(random.Pick([0, 20]), random.Pick([0, 3]), random.Pick([0, 15]), random.Pick([0, 10]),
                random.Pick([0, 10])), random.NextULong());
    }

    private ContestDefinitionV1 Definition(string contestId)
    {
        var isActivity = random.Chance(50);
        var feeMinor = random.Pick([0L, 500L, 777L, 1_000L, 2_500L]);
        return new ContestDefinitionV1(
            contestId, $"Contest {contestId}", isActivity ? ContestKinds.Activity : ContestKinds.Lineup, Currency: "usd",
            feeMinor, MaxEntries: 40, MaxEntriesPerPlayer: isActivity ? 1 : 3, MinEntries: 2,
            feeMinor == 0 || random.Chance(30) ? 1_000 + random.Next(9_000) : null, s_lockAt, GameIds: [Stream],
            RuleSets.Ref(RuleSets.Find("activity-points", 1)!), isActivity ? Alone : Roster, isActivity ? [] : Pool(Stream),
            random.Pick(Prizes), RakeBps: feeMinor == 0 ? 0 : random.Pick([0, 1_000]),
            PlatformFeeBps: random.Pick([0, 300, 1_000]), CorrectionWindowSeconds: random.Pick([0, 1, 3]),
            LateCorrectionPolicy: "freeze", LateSwap: false, ReconcileTolerance: 0, Environment: "test");
    }

    private IEnumerable<PlannedEntry> Enter(ContestDefinitionV1 contest)
    {
        var count = random.Chance(8) ? 1 : 2 + random.Next(PlayersMax - 1);
        var players = Enumerable.Range(1, Players).ToList();
        random.Shuffle(players);
        for (var n = 1; n <= count; n++)
        {
            var (entry, player) = ($"{contest.ContestId}-{n}",
                DemoEntries.PlayerId(players[contest.Kind == ContestKinds.Activity ? n : n / 2]));
            yield return new PlannedEntry(new SubmitEntryV1($"submit/{entry}", contest.ContestId, entry, player,
                contest.Kind == ContestKinds.Activity ? [] : Lineup()), Cards(contest));
        }
    }

    private IReadOnlyList<string> Lineup()
    {
        var ids = Pool(Stream).Select(a => a.AthleteId).ToList();
        random.Shuffle(ids);
        return ids[..Roster.Slots.Count];
    }

    private IReadOnlyList<string> Cards(ContestDefinitionV1 contest) =>
        contest.EntryFeeMinor == 0 || random.Chance(6) ? [] : random.Chance(10) ? [CardDeclined, CardGood] : [CardGood];

    private static IReadOnlyList<PrizeStructureV1> Prizes { get; } =
    [
        new(PrizeTypes.WinnerTakesAll), new(PrizeTypes.TopThreeEqual), new(PrizeTypes.TopThreeWeighted),
        new(PrizeTypes.Custom, PercentBps: [6_000, 3_000, 1_000]), new(PrizeTypes.FiftyFifty, Places: 2),
        new(PrizeTypes.PercentageTable, Ranges: [new(1, 1, EachBps: 7_000), new(2, 4, EachBps: 1_000)]),
    ];

    private static RosterV1 Alone { get; } = new(
        [new("player", [ContestKinds.PlayerPosition])], SalaryCap: null, MinTeams: 0, MinGames: 0, MaxPerTeam: null,
        AllowEmpty: false);

    /// <summary>A captain's points count one and a half times, so there are halves to round.</summary>
    private static RosterV1 Roster { get; } = new(
        [new("captain", [Position], 150), new("second", [Position]), new("third", [Position])], SalaryCap: null, MinTeams: 0,
        MinGames: 0, MaxPerTeam: null, AllowEmpty: false);

    private static IReadOnlyList<PoolAthleteV1> Pool(string stream) =>
        [.. Enumerable.Range(1, Athletes)
            .Select(n =>
                new PoolAthleteV1($"athlete-{n}", $"Athlete {n}", [Position], n % 2 == 0 ? "even" : "odd", stream, 100))];

    private static AthleteStatsV1 Line(string who, long points) => new(who, new Dictionary<string, long> { [Stat] = points });
}
