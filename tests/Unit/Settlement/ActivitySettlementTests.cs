using ContestPipeline.Contracts;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>
/// Prizes of activity contests under the four distributions that challenges know, with the platform's fee of 3 %.
/// </summary>
public sealed class ActivitySettlementTests
{
    private static readonly RuleSet s_rules = RuleSets.Find("activity-points", 1)!;

    public static TheoryData<PrizeStructureV1, long, long[], long[]> Distributions => new()
    {
        { new(PrizeTypes.WinnerTakesAll), 10_000, [10_000, 0, 0, 0], [300, 0, 0, 0] },
        { new(PrizeTypes.TopThreeEqual), 10_000, [3_334, 3_333, 3_333, 0], [100, 100, 100, 0] },
        { new(PrizeTypes.TopThreeWeighted), 10_001, [5_001, 3_000, 2_000, 0], [150, 90, 60, 0] },
        { new(PrizeTypes.Custom, [4_000, 3_000, 2_000, 1_000]), 5_050, [2_020, 1_515, 1_010, 505], [61, 45, 30, 15] },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Players_are_paid_by_their_own_points(PrizeStructureV1 prizes, long poolMinor, long[] gross, long[] fees)
    {
        var result = Settle(prizes, poolMinor, [("ann", 2_850), ("ben", 2_100), ("cat", 900), ("dan", 0)]);

        Assert.Equal(gross, result.Awards.GrossMinor);
        Assert.Equal(fees, Enumerable.Range(0, 4).Select(i => result.Awards.FeeMinor[i]));
    }

    [Fact]
    public void The_digest_covers_the_players_points_and_nobody_elses()
    {
        var prizes = new PrizeStructureV1(PrizeTypes.WinnerTakesAll);
        var digest = Settle(prizes, 100, [("ann", 5), ("ben", 3)]).Digest;

        Assert.Equal(digest, Settle(prizes, 100, [("ann", 5), ("ben", 3)], stranger: 99).Digest);
        Assert.NotEqual(digest, Settle(prizes, 100, [("ann", 6), ("ben", 3)]).Digest);
    }

    private static SettlementResult Settle(
        PrizeStructureV1 prizes, long poolMinor, (string Player, long Points)[] players, long stranger = 0)
    {
        var definition = new ContestDefinitionV1(
            "challenge-1", "A challenge", ContestKinds.Activity, "usd", 0, 100, 1, 0, poolMinor, default, ["stream"],
            RuleSets.Ref(s_rules), new RosterV1([new("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false), [],
            prizes, 0, 300, 0, "freeze", false, 0, "test");
        var lines = players.Where(p => p.Points > 0).Append(("stranger", stranger)).ToDictionary(
            p => ("stream", p.Item1),
            p => (IReadOnlyDictionary<string, long>)new Dictionary<string, long> { ["activity_points"] = p.Item2 });
        return SettleContest.Compute(
            definition, "hash", s_rules, new FinalStats(new HashSet<string>(), lines),
            SettlementCase.Book(players.Select((p, i) => ($"e{i}", p.Player, (long)(i + 1), p.Player))));
    }
}
