using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo.Dev;

/// <summary>
/// One slate of the world that stays up: the two games that ship with the product under names of this round, a free contest and
/// one for entry fees. Pure: the same slate, round and seed give the same.
/// </summary>
/// <param name="Number">From 1.</param>
/// <param name="Entries">The commands of players, contest by contest.</param>
public sealed record DevRound(int Number, IReadOnlyList<ContestDefinitionV1> Contests, IReadOnlyList<SubmitEntryV1> Entries,
    IReadOnlyList<FeedRecord> Feed)
{
    public const int Players = 40;

    private const int FreeEntries = 60;
    private const int PaidEntries = 20;

    /// <summary>Long enough to look at a contest that is complete and not yet settled.</summary>
    private const int CorrectionWindowSeconds = 15;

    /// <summary>The first prize is above what goes without approval, so that the queue is never empty for long.</summary>
    private static readonly PrizeStructureV1 s_freePrizes = new(
        PrizeTypes.RankTable, Ranges: [new(1, 1, 100_00), new(2, 2, 50_00), new(3, 10, 10_00), new(11, 20, 5_00)]);

    private const long FreePoolMinor = 280_00;

    public string FreeContest => Contests[0].ContestId;

    /// <summary>Its entries are asked for <see cref="PaidContest.FeeMinor"/> each.</summary>
    public string FeeContest => Contests[1].ContestId;

    public static DevRound Of(Slate games, int number, ulong seed)
    {
        var suffix = $"-r{number:D4}";
        IReadOnlyList<PoolAthleteV1> pool = [.. games.Athletes.Select(a => a with { GameId = a.GameId + suffix })];
        ContestDefinitionV1[] contests =
        [
            DemoContests.Define(pool, "dev-free" + suffix, $"Slate {number}, free", FreeEntries, FreePoolMinor, s_freePrizes) with
            {
                CorrectionWindowSeconds = CorrectionWindowSeconds,
            },
            DemoContests.Define(pool, "dev-fee" + suffix, $"Slate {number}, five dollars", PaidEntries, null,
                new PrizeStructureV1(PrizeTypes.TopThreeWeighted)) with
            {
                EntryFeeMinor = PaidContest.FeeMinor, RakeBps = PaidContest.RakeBps,
                CorrectionWindowSeconds = CorrectionWindowSeconds,
            },
        ];
        var random = new SeededRandom(unchecked(seed + (ulong)number));
        return new DevRound(number, contests, [.. contests.SelectMany(c => EntriesOf(c, random))],
            [.. games.Feed.Select(r => r with { Message = Renamed(r.Message, suffix) })]);
    }

    private static IEnumerable<SubmitEntryV1> EntriesOf(ContestDefinitionV1 contest, SeededRandom random) =>
        Enumerable.Range(1, contest.MaxEntries).Select(n => new SubmitEntryV1(
            $"submit/{contest.ContestId}/{n}", contest.ContestId, $"{contest.ContestId}-{n:D3}",
            DemoEntries.PlayerId(1 + ((n - 1) % Players)), LineupGenerator.Draw(contest.Roster!, contest.Athletes, random)));

    private static IMessage Renamed(IMessage message, string suffix) => message switch
    {
        FeedPlayV1 play => play with { GameId = play.GameId + suffix },
        FeedStatusV1 status => status with { GameId = status.GameId + suffix },
        FeedBoxV1 box => box with { GameId = box.GameId + suffix },
        FeedHeartbeatV1 alive => alive with { GameId = alive.GameId + suffix },
        FeedSnapshotCompleteV1 complete => complete with { GameId = complete.GameId + suffix },
        _ => throw new ArgumentException($"{message.GetType().Name} is no message of a feed", nameof(message)),
    };
}
