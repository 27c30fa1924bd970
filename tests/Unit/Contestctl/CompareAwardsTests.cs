using ContestPipeline.Contestctl.Verifying;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using ContestPipeline.Unit.Settlement;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>
/// What verify says of the messages that Payout pays by: a contest with a first result and a revision that gives to some and
/// takes from others.
/// </summary>
public sealed class CompareAwardsTests
{
    private const ulong Seeds = 200;

    [Fact]
    public void What_was_published_as_it_had_to_be_is_right_however_often_it_comes()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var announced = Announced(seed);
            var messages = Messages(announced);

            var compared = Compare(announced, [.. messages, .. messages]);

            Assert.Empty(compared.Differences);
            Assert.Empty(compared.NotCompared);
        }
    }

    [Fact]
    public void A_prize_that_differs_is_missing_too_many_or_there_twice_is_named_with_its_entry_in_awards_and_in_reductions()
    {
        var announced = GivesAndTakes();
        var right = Messages(announced);
        foreach (var message in right.Where(m => m is not ContestSettledV1))
        {
            var (what, players) = message is ContestAwardsV1 awards
                ? ("award", awards.Players) : ("reduction", ((ContestReductionsV1)message).Players);
            var (player, prize) = (players[0], players[0].Prizes[0]);
            var entry = $"{what} of entry {prize.EntryId}";

            Assert.Contains($"{entry} published ({player.PlayerId}, rank",
                Assert.Single(Instead(prize with { GrossMinor = prize.GrossMinor + 1, NetMinor = prize.NetMinor + 1 })));
            Assert.Contains(
                $"{entry} published ({player.PlayerId}, rank", Assert.Single(Instead(prize with { Rank = prize.Rank + 1 })));
            Assert.Contains($"{entry} computed (", Assert.Single(Instead()));
            Assert.Contains(
                $"{what} of entry stranger published", Assert.Single(Besides(prize with { EntryId = "stranger" }, chunk: 0)));
            Assert.Contains($"{entry} published more than once", Assert.Single(Besides(prize, chunk: 7)));

            IReadOnlyList<string> Instead(params PrizeV1[] first) => Compare(
                announced,
                [.. right.Select(m => m == message
                    ? Of(0, [player with { Prizes = [.. first, .. player.Prizes.Skip(1)] }, .. players.Skip(1)])
                    : m)]).Differences;

            IReadOnlyList<string> Besides(PrizeV1 other, int chunk) =>
                Compare(announced, [.. right, Of(chunk, [player with { Prizes = [other] }])]).Differences;

            IMessage Of(int chunk, PlayerAwardsV1[] told) => message is ContestAwardsV1 a
                ? a with { Chunk = chunk, Players = told } : (ContestReductionsV1)message with { Chunk = chunk, Players = told };
        }
    }

    [Fact]
    public void What_retention_removed_is_told_and_is_no_difference_and_what_lacks_in_the_middle_is_one()
    {
        var announced = GivesAndTakes();
        var messages = Messages(announced);

        for (var removed = 1; removed < messages.Count; removed++)
        {
            var compared = Compare(announced, [.. messages.Skip(removed)]);
            Assert.Empty(compared.Differences);
            Assert.Equal(messages.Take(removed).Count(m => m is not ContestSettledV1), compared.NotCompared.Count);
        }

        foreach (var lacking in messages.Skip(1).Where(m => m is not ContestSettledV1))
        {
            var compared = Compare(announced, [.. messages.Where(m => m != lacking)]);
            Assert.Empty(compared.NotCompared);
            Assert.All(compared.Differences, d => Assert.EndsWith("published none", d));
            Assert.NotEmpty(compared.Differences);
        }
    }

    private static AwardsCompared Compare(IReadOnlyList<Correction> announced, IReadOnlyList<IMessage> messages)
    {
        var copy = new ContestCopy(announced[0].Result.ContestId);
        foreach (var message in messages) copy.Apply(message);
        return CompareAwards.Of(copy, announced);
    }

    /// <summary>As Settlement sends them; few enough prizes for one message each.</summary>
    private static List<IMessage> Messages(IReadOnlyList<Correction> announced) =>
    [
        .. announced.SelectMany(c => (IEnumerable<IMessage>)
            [.. AwardChunks.OfReductions(c), .. AwardChunks.Of(c.Result),
                c.Result.ToMessage(AwardChunks.Of(c.Result).Count(), DateTimeOffset.UnixEpoch)]),
    ];

    private static Correction[] GivesAndTakes() =>
        Enumerable.Range(0, (int)Seeds).Select(seed => Announced((ulong)seed))
            .First(a => a[1].Result.Awards.Winners.Length > 0 && a[1].Reductions.Winners.Length > 0);

    private static Correction[] Announced(ulong seed)
    {
        var made = SettlementCases.Make(seed);
        var definition = made.Definition with { LateCorrectionPolicy = LateCorrectionPolicies.Resettle };
        var chance = new SeededRandom(seed);
        var corrected =
            made.Stats with { Lines = made.Stats.Lines.ToDictionary(
                l => l.Key, _ => (IReadOnlyDictionary<string, long>)new Dictionary<string, long> { ["a"] = chance.Next(0, 9) }) };
        var book = SettlementCase.Book(made.Entries);
        var first = SettleContest.Compute(definition, made.Hash, made.Rules, made.Stats, book);
        var revised = SettleContest.Compute(definition, made.Hash, made.Rules, corrected, book, 2);
        return
        [
            new Correction(first, new Awards([], new long[book.Count], new long[book.Count])),
            CorrectAwards.Of(
                revised, definition, first.Awards.Winners.ToDictionary(w => book.EntryIds[w], w => first.Awards.GrossMinor[w])),
        ];
    }
}
