using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// The demo's two games with fewer entries, and what they must come to: computed by the pure functions alone from what is handed
/// in, undisturbed.
/// </summary>
internal sealed class SmallSlate
{
    public const ulong Seed = 11;

    /// <summary>
    /// So few that many of them have several entries in a contest, and their fees are computed over several prizes.
    /// </summary>
    public const int Players = 60;

    private static readonly FeedFaults s_disorder = new(
        DuplicatesPercent: 20, Window: 8, LateEditsPercent: 5, WithdrawalsPercent: 2);

    private SmallSlate(Slate slate, bool onePerPolicy)
    {
        Definitions = [.. DemoContests.All(slate.Athletes).Where(c => c.EntryFeeMinor == 0).Select(Smaller)];
        if (onePerPolicy)
        {
            var contest = Definitions.Single(d => d.ContestId == DemoContests.Gpp);
            Definitions =
                [.. LateCorrectionPolicies.All.Select(p =>
                    contest with { ContestId = $"{contest.ContestId}-{p}", LateCorrectionPolicy = p })];
        }

        TrueFeed = slate.Feed;
        Entries = [.. DemoEntries.Commands(Definitions, Seed)
            .Select((e, i) => e with { PlayerId = DemoEntries.PlayerId(i % Players + 1) })];
        Feed = FeedDisorder.Apply(slate.Feed, s_disorder, Seed);
        Expected = [.. Definitions.Select(d => Settle(d, slate.Feed))];
    }

    public IReadOnlyList<ContestDefinitionV1> Definitions { get; }

    public IReadOnlyList<SubmitEntryV1> Entries { get; }

    /// <summary>As it is published: repeated, out of order, wrong at first.</summary>
    public IReadOnlyList<FeedRecord> Feed { get; }

    /// <summary>As it really was.</summary>
    public IReadOnlyList<FeedRecord> TrueFeed { get; }

    /// <summary>One result per contest, from the feed as it really was.</summary>
    public IReadOnlyList<SettlementResult> Expected { get; }

    /// <param name="onePerPolicy">The same contest three times, each with another policy for late corrections.</param>
    public static async Task<SmallSlate> Read(CancellationToken ct, bool onePerPolicy = false) =>
        new(await Slate.Read(Path.Combine(StateFolder.Checkout(), "samples"), ct), onePerPolicy);

    /// <summary>What each player must get for each contest: one transfer of this amount.</summary>
    public IReadOnlyList<(string ContestId, string PlayerId, long AmountMinor)> ExpectedPayouts =>
    [
        .. from result in Expected
           from entry in result.Awards.Winners
           group result.Awards.GrossMinor[entry] - result.Awards.FeeMinor[entry]
               by (result.ContestId, PlayerId: result.Entries.Players[result.Entries.PlayerOf[entry]]) into player
           where player.Sum() > 0
           select (player.Key.ContestId, player.Key.PlayerId, player.Sum()),
    ];

    private static ContestDefinitionV1 Smaller(ContestDefinitionV1 contest) => contest.ContestId switch
    {
        DemoContests.Gpp => contest with
        {
            MaxEntries = 90, GuaranteedPoolMinor = 70_000, CorrectionWindowSeconds = 1,
            Prizes = new PrizeStructureV1(
                PrizeTypes.RankTable, Ranges: [new(1, 1, 30_000), new(2, 3, 10_001), new(4, 20, 1_033)]),
        },
        DemoContests.DoubleUp => contest with
        {
            MaxEntries = 90, GuaranteedPoolMinor = 40_000, CorrectionWindowSeconds = 1,
            Prizes = new PrizeStructureV1(PrizeTypes.DoubleUp, Places: 40, AmountMinor: 1_000),
        },
        ActivityChallenge.ContestId => contest with { CorrectionWindowSeconds = 1 },
        _ => contest with { MaxEntries = 60, CorrectionWindowSeconds = 1 },
    };

    /// <summary>
    /// The commands of a contest are in one partition, so they are accepted in the order in which they are sent.
    /// </summary>
    public SettlementResult Settle(ContestDefinitionV1 definition, IReadOnlyList<FeedRecord> feed, int revision = 1)
    {
        var book = new EntryBookBuilder();
        foreach (var (entry, i) in Entries.Where(e => e.ContestId == definition.ContestId).Select((e, i) => (e, i)))
            book.Add(
                entry.EntryId, entry.PlayerId, i + 1,
                definition.Kind == ContestKinds.Activity ? entry.PlayerId : EntryBookBuilder.Join(entry.AthleteIds));

        var lines = new Dictionary<(string, string), IReadOnlyDictionary<string, long>>();
        foreach (var plays in feed.Select(r => r.Message).OfType<FeedPlayV1>().GroupBy(p => p.GameId))
        {
            var game = new GameFold(plays.Key);
            foreach (var play in plays) FoldPlays.Apply(game, play);
            foreach (var (athleteId, line) in game.Lines) lines.Add((game.GameId, athleteId), line.Stats);
        }

        return SettleContest.Compute(
            definition, CanonicalHash.Of(definition), RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version)!,
            new FinalStats(new HashSet<string>(), lines), book.Build(), revision);
    }
}
