using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using ContestPipeline.Proofs.Prizes;

namespace ContestPipeline.Simulation;

/// <summary>Something that comes from outside at a moment.</summary>
/// <param name="What">Under which it is counted; null: it is nothing out of the ordinary.</param>
internal sealed record Arrival(DateTimeOffset At, IMessage Message, string? What = null);

/// <summary>What a seed plays: contests on one stream of activities, who enters, what happens, and when each message
/// arrives.</summary>
internal sealed class Scenario
{
    internal const string Stat = "activity_points";
    internal const string Stream = "sim-stream";
    private const string OtherStream = "sim-stream-2";
    private const int CancelledPercent = 8;
    private const int RushPercent = 50;
    private const int RushRoom = 2;
    private const int RushMinutes = 2;
    internal const int ContestsMax = 2;
    internal const int PlayersMax = 7;
    internal const int PlaysMax = 13;
    private const int OnTimePercent = 85;
    private const int LargePercent = 4;
    private const int MediumPercent = 14;
    private const int CorrectedPercent = 25;
    private const int LateSwapPercent = 75;
    private const int PairsPercent = 60;
    private const int SwapsUntilMinute = 15;
    private const int ForfeitedEntries = 4;

    /// <summary>An operator sees that the game will not be played.</summary>
    private const int CalledOffPercent = 40;

    /// <summary>The more there is to go wrong, the more often.</summary>
    private static readonly string[] s_policies =
    [
        LateCorrectionPolicies.Freeze, LateCorrectionPolicies.CreditOnly, LateCorrectionPolicies.CreditOnly,
        LateCorrectionPolicies.Resettle, LateCorrectionPolicies.Resettle, LateCorrectionPolicies.Resettle,
    ];

    private static readonly string[] s_prizes = [PrizeTypes.TopThreeWeighted, PrizeTypes.TopThreeWeighted,
        PrizeTypes.TopThreeEqual, PrizeTypes.TopThreeEqual, PrizeTypes.WinnerTakesAll];

    /// <summary>Who wins makes a difference.</summary>
    private static readonly string[] s_unequal = [PrizeTypes.TopThreeWeighted, PrizeTypes.WinnerTakesAll];

    /// <summary>A feed that was cut off tells of a whole game when it is over: one state says that it began and that it ended,
    /// and by some processes' clocks neither has come.</summary>
    private const int AllAtOncePercent = 30;

    /// <summary>What is reported so soon has, by some processes' clocks, not happened yet.</summary>
    private static readonly int[] s_feedDelaySeconds = [1, 60];

    /// <summary>So much later than the first the second game begins.</summary>
    private static readonly int[] s_laterMinutes = [0, 20, 20, 200];

    private static readonly RosterSlotV1[] s_player = [new("player", [ContestKinds.PlayerPosition])];
    /// <summary>One athlete of each game.</summary>
    private static readonly RosterSlotV1[] s_pair = [new("first", [Stream]),
        new("captain", [OtherStream], MultiplierHundredths: 150)];

    private readonly SeededRandom random;
    private readonly DateTimeOffset start;
    private readonly Cut cut;
    private readonly Regret regret;
    private readonly SeededRandom? other;
    private readonly bool isOfPairs;
    private readonly int players;
    private readonly int playsMax;
    /// <summary>Contests into which all want at once: they are full before those who were let in have paid.</summary>
    private readonly HashSet<string> rushed = new(StringComparer.Ordinal);

    private readonly IReadOnlyDictionary<string, long> otherTotals = new Dictionary<string, long>();

    /// <param name="isLarge">Whatever the seed says.</param>
    /// <param name="regret">Why what was paid is taken back.</param>
    /// <param name="other">The chance of a second game: then entries are line-ups of an athlete of each. Null: there is
    /// none.</param>
    internal Scenario(SeededRandom random, DateTimeOffset start, Cut cut, bool isLarge, Regret regret, SeededRandom? other)
    {
        (this.random, this.start, this.cut, this.regret, this.other) = (random, start, cut, regret, other);
        (var contests, players, playsMax) = Size(random, isLarge ? 0 : random.Next(100));
        if (IsForfeited) (contests, players) = (1, ForfeitedEntries);
        LockAt = start.AddMinutes(60);
        Course = cut.Without.Contains(Weather.Game) || IsForfeited ? null : GameCourse.Of(random, LockAt);
        Games = other is null ? [Stream] : [Stream, OtherStream];
        isOfPairs = IsOfLineups && (other!.Chance(PairsPercent) || IsForfeited);
        Definitions = [.. Enumerable.Range(1, Math.Min(contests, cut.Contests)).Select(Definition)];
        TrueFeed = Course is null ? Feed(Stream, random, 0) : Course.Apply(Feed(Stream, random, 0), random);
        Arrivals = [.. Commands().Concat(WithCorrections([.. FeedArrivals(TrueFeed, random)])).OrderBy(a => a.At)];
        if (other is null) return;
        var laterMinutes = other.Pick(s_laterMinutes);
        var feed = Feed(OtherStream, other, laterMinutes);
        otherTotals = LateCorrections.Totals(feed.Select(r => r.Message).OfType<FeedPlayV1>());
        IReadOnlyList<IReadOnlyList<string>> athletes = [.. Games.Select(Athletes)];
        var swaps = cut.Without.Contains(Weather.Swap)
            ? []
            : Definitions.SelectMany(d =>
                LateSwaps.Of(other, d, athletes, [.. Enumerable.Range(1, players).Select(Owner)],
                    laterMinutes + SwapsUntilMinute)).ToArray();
        Arrivals = [.. Arrivals.Concat(FeedArrivals(feed, other)).Concat(swaps).OrderBy(a => a.At)];
    }

    internal DateTimeOffset LockAt { get; }

    internal IReadOnlyList<ContestDefinitionV1> Definitions { get; }

    /// <summary>One; of line-ups two, one for each slot.</summary>
    internal IReadOnlyList<string> Games { get; }

    /// <summary>The feed of the first game as it really was, until it was corrected.</summary>
    internal IReadOnlyList<FeedRecord> TrueFeed { get; }

    /// <summary>How the first game was interrupted; null: it was not.</summary>
    internal GameCourse? Course { get; }

    /// <summary>One after the other; none: the feed was right.</summary>
    internal IReadOnlyList<Correction> Corrections { get; private set; } = [];

    /// <summary>What every player has in all games before any correction, after the first, after the second and so on.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, long>> Totals => otherTotals.Count == 0 ? FirstTotals :
        [.. FirstTotals.Select(first => first.Concat(otherTotals).ToDictionary())];

    /// <summary>The same of the first game only, the one that may be corrected.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, long>> FirstTotals =>
        [LateCorrections.Totals(TrueFeed.Select(r => r.Message).OfType<FeedPlayV1>()), .. Corrections.Select(c => c.Totals)];

    /// <summary>In order of time; what comes at the same time has the order in which it is sent.</summary>
    internal IReadOnlyList<Arrival> Arrivals { get; }

    /// <summary>Who gets what of a contest, by the money rules written a second time: none of the product's code for them has a
    /// say in it.</summary>
    internal OracleResult Expected(ContestDefinitionV1 definition, IEnumerable<EntryAcceptedV1> accepted,
        IReadOnlyDictionary<string, long> totals) => PrizeOracle.Of(new PrizeCase(
        Seed: 0, definition, RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version)!,
        [.. accepted.OrderBy(e => e.AcceptanceNo)
            .Select(e => new CaseEntry(e.EntryId, e.PlayerId, e.AcceptanceNo, IsOfLineups ? e.AthleteIds : [e.PlayerId]))],
        [.. totals.Select(t =>
            new CaseLine(otherTotals.ContainsKey(t.Key) ? OtherStream : Stream, t.Key,
                new Dictionary<string, long> { [Stat] = t.Value }))], RuledOut: Course is { IsRuledOut: true } ? [Stream] : []));

    /// <summary>What goes wrong needs few players and plays more often than many; a hundred small worlds show more than ten large
    /// ones in the same time.</summary>
    private static (int Contests, int Players, int PlaysMax) Size(SeededRandom random, int percent) => percent switch
    {
        < LargePercent => (ContestsMax, PlayersMax, PlaysMax),
        < LargePercent + MediumPercent => (1 + random.Next(ContestsMax), 2 + random.Next(4), 6),
        _ => (1, 2 + random.Next(3), 3),
    };

    private static string Id(int n) => $"sim-{n}";
    internal static string Player(int n) => $"player-{n}";

    /// <summary>Where entries are line-ups many players have two of them.</summary>
    private string Owner(int n) => Player(isOfPairs ? (n + 1) / 2 : n);

    internal static string Entry(ContestDefinitionV1 contest, int n) => $"{contest.ContestId}-{n}";

    /// <summary>Who scores in a game. Where entries are line-ups the players' names are those of athletes as well.</summary>
    private static string Athlete(string game, int n) => game == Stream ? Player(n) : $"other-{n}";

    /// <summary>Free ones are guaranteed by the house; those with a fee may be, or may be called off when too few pay.</summary>
    private ContestDefinitionV1 Definition(int n)
    {
        var feeMinor = IsForfeited ? random.Pick([500, 777]) : random.Pick([0, 0, 500, 777]);
        if (feeMinor > 0 && !IsForfeited && random.Chance(RushPercent)) rushed.Add(Id(n));
        var room = rushed.Contains(Id(n)) ? RushRoom : IsForfeited ? players : Math.Max(2, players - random.Next(3));
        return Definition(n, feeMinor,
            guaranteedMinor: feeMinor == 0 || random.Chance(40) || IsForfeited ? 1_000 + random.Next(20_000) : null, room,
            enough: random.Pick([2, 2, room]));
    }

    private ContestDefinitionV1 Definition(int n, long feeMinor, long? guaranteedMinor, int room, int enough) => new(
        Id(n), $"Simulated {n}", IsOfLineups ? ContestKinds.Lineup : ContestKinds.Activity, Currency: "usd", feeMinor,
        MaxEntries: room, MaxEntriesPerPlayer: isOfPairs ? 2 : 1, MinEntries: enough, guaranteedMinor, LockAt, Games,
        RuleSets.Ref(RuleSets.Find("activity-points", 1)!),
        new RosterV1(IsOfLineups ? s_pair : s_player, SalaryCap: null, MinTeams: 0, MinGames: 0, MaxPerTeam: null,
            AllowEmpty: false), IsOfLineups ? Pool() : [],
            new PrizeStructureV1(IsForfeited ? PrizeTypes.TopThreeWeighted : random.Pick(IsRegretted ? s_unequal : s_prizes)),
            RakeBps: feeMinor == 0 ? 0 : random.Pick([0, 1_000]),
        PlatformFeeBps: random.Pick([0, 300, 1_000]), CorrectionWindowSeconds: random.Pick([0, 2, 600, 3_600]),
        LateCorrectionPolicy: IsRegretted ? LateCorrectionPolicies.Resettle : random.Pick(s_policies),
        LateSwap: IsOfLineups && other!.Chance(LateSwapPercent), ReconcileTolerance: 0, Environment: "test",
        ScoringEndsAt: Course?.ScoringEndsAt);

    private bool IsOfLineups => Games.Count > 1;
    private bool IsRegretted => regret != Regret.None;
    private bool IsForfeited => regret == Regret.Forfeited;

    private IReadOnlyList<string> Athletes(string game) => [.. Enumerable.Range(1, players).Select(n => Athlete(game, n))];
    private IReadOnlyList<PoolAthleteV1> Pool() =>
        [.. Games.SelectMany(game =>
            Athletes(game).Select(id => new PoolAthleteV1(id, id, [game], TeamId: game, game, Salary: 0)))];

    /// <summary>Nobody has the athletes of another.</summary>
    private IReadOnlyList<string> Lineup(int n) => IsOfLineups ? [Athlete(Stream, n), Athlete(OtherStream, players + 1 - n)] : [];

    private IEnumerable<Arrival> Commands()
    {
        foreach (var contest in Definitions)
        {
            yield return new Arrival(
                start, new CreateContestV1($"create/{contest.ContestId}", contest.ContestId, contest, IssuedBy: "simulation"));
            if (random.Chance(CancelledPercent))
                yield return new Arrival(start.AddMinutes(2 + random.Next(100)),
                    new CancelContestV1($"cancel/{contest.ContestId}", contest.ContestId, "rain", IssuedBy: "simulation"));
            if (Course is { IsResumed: false } && random.Chance(CalledOffPercent))
                yield return new Arrival(LockAt.AddHours(random.Next(80)),
                    new CancelContestV1(
                        $"cancel-unplayed/{contest.ContestId}", contest.ContestId, "not played", IssuedBy: "simulation"));
            for (var n = 1; n <= players; n++)
            {
                if (n > 2 && !random.Chance(90) || n > cut.Players) continue;
                var entry = Entry(contest, n);
                var submitted = new Arrival(
                    start.AddMinutes(1
                        + random.Next(rushed.Contains(contest.ContestId) || IsForfeited
                            ? RushMinutes : random.Chance(OnTimePercent) ? 30 : 62)),
                            new SubmitEntryV1($"submit/{entry}", contest.ContestId, entry, Owner(n), Lineup(n)));
                yield return submitted;
                if (random.Chance(8))
                    yield return new Arrival(
                        submitted.At.AddMinutes(2), new WithdrawEntryV1($"withdraw/{entry}", contest.ContestId, entry, Owner(n)));
            }
        }
    }

    /// <summary>Few different scores, so that there are ties.</summary>
    private List<FeedRecord> Feed(string game, SeededRandom chance, int laterMinutes)
    {
        var records = new List<FeedRecord>();
        var delayMs = 1_000L * chance.Pick(s_feedDelaySeconds);
        void Add(int minute, Func<long, DateTimeOffset, IMessage> message)
        {
            var at = LockAt.AddMinutes(laterMinutes + minute);
            records.Add(new FeedRecord((laterMinutes + minute) * 60_000L + delayMs, at, message(records.Count + 1L, at)));
        }

        Add(-1, (sequence, at) => new FeedStatusV1(game, sequence, GameStatus.Scheduled, at));
        Add(1, (sequence, at) => new FeedStatusV1(game, sequence, GameStatus.InProgress, at));
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var minute = 1;
        var plays = Math.Min(1 + chance.Next(playsMax), cut.Plays);
        for (var n = 1; n <= plays; n++)
        {
            var player = Athlete(game, 1 + chance.Next(players));
            var points = 10 * (1 + chance.Next(3));
            totals[player] = totals.GetValueOrDefault(player) + points;
            minute += chance.Next(3);
            Add(minute,
                (sequence, at) => new FeedPlayV1(game, $"activity-{n}", sequence, 1, "upsert", true, [Line(player, points)], at));
        }

        Add(30, (sequence, at) => new FeedBoxV1(game, sequence, [Stat], [.. totals.Select(t => Line(t.Key, t.Value))], at));
        Add(31, (sequence, at) => new FeedStatusV1(game, sequence, GameStatus.Complete, at));
        Add(chance.Pick([40, 40, 40, 400, 4_000]), (sequence, at) => new FeedStatusV1(game, sequence, GameStatus.Closed, at));
        return chance.Chance(AllAtOncePercent) ? [.. records.Select(r => r with { AtMs = records[^1].AtMs })] : records;
    }

    private IEnumerable<Arrival> FeedArrivals(IReadOnlyList<FeedRecord> feed, SeededRandom chance)
    {
        var faults = new FeedFaults(
            DuplicatesPercent: chance.Pick([0, 20, 50]), Window: chance.Pick([0, 3, 8]), LateEditsPercent: chance.Pick([0, 20]),
            WithdrawalsPercent: chance.Pick([0, 10]), ReviewsPercent: chance.Pick([0, 10]));
        return FeedDisorder.Apply(feed, faults, chance.NextULong()).Select(r => new Arrival(
            LockAt.AddMilliseconds(r.AtMs), r.Message,
            r.Message is FeedStatusV1 status && status.Status == Course?.Status ? Course.Words : null));
    }

    private IReadOnlyList<Arrival> WithCorrections(IReadOnlyList<Arrival> feed)
    {
        if (Course is { IsResumed: false } || !IsRegretted && !random.Chance(CorrectedPercent)
            || cut.Without.Contains(Weather.Correction)) return feed;
        var late = new LateCorrections(
            random, TrueFeed.Select(r => r.Message).OfType<FeedPlayV1>(), [.. feed.Select(a => a.Message)], players);
        Corrections = late.Make(feed.Max(a => a.At), IsRegretted);
        return [.. feed, .. late.Arrivals(Corrections)];
    }

    internal static AthleteStatsV1 Line(string player, long points) =>
        new(player, new Dictionary<string, long> { [Stat] = points });
}
