using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Demo;

/// <summary>The demo's line-ups and entries: valid, repeatable, with the ties it needs.</summary>
public sealed class DemoEntriesTests
{
    private static readonly IReadOnlyList<PoolAthleteV1> s_pool = Pool();
    private static readonly IReadOnlyList<ContestDefinitionV1> s_contests = DemoContests.All(s_pool);

    [Fact]
    public void The_definitions_keep_the_money_rules() => Assert.All(s_contests, c => Assert.Null(PrizeRules.Validate(c)));

    [Fact]
    public void Two_thousand_entries_and_those_with_a_fee_come_from_three_hundred_players()
    {
        var entries = DemoEntries.Commands(s_contests, seed: 7);

        Assert.Equal(2_040 + PaidContest.Entries, entries.Count);
        Assert.Equal(entries.Count, entries.Select(e => e.EntryId).Distinct().Count());
        Assert.Equal(entries.Count, entries.Select(e => e.CommandId).Distinct().Count());
        Assert.Equal(DemoEntries.Players, entries.Select(e => e.PlayerId).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20161002)]
    public void Every_line_up_is_valid_under_the_roster(ulong seed)
    {
        var byId = s_pool.ToDictionary(a => a.AthleteId);
        foreach (var entry in DemoEntries.Commands(s_contests, seed).Where(e => e.ContestId != ActivityChallenge.ContestId))
        {
            var picked = entry.AthleteIds.Select(id => byId[id]).ToArray();

            Assert.Equal(DemoContests.Classic.Slots.Count, picked.Distinct().Count());
            Assert.All(
                picked.Zip(DemoContests.Classic.Slots), p => Assert.Contains(p.First.Positions, p.Second.Positions.Contains));
            Assert.True(picked.Sum(a => a.Salary) <= DemoContests.Classic.SalaryCap);
            Assert.True(picked.Select(a => a.GameId).Distinct().Count() >= DemoContests.Classic.MinGames);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_entries_and_another_seed_gives_others()
    {
        var once = DemoEntries.Commands(s_contests, seed: 3);

        Assert.Equal(once.Select(Text), DemoEntries.Commands(s_contests, seed: 3).Select(Text));
        Assert.NotEqual(once.Select(Text), DemoEntries.Commands(s_contests, seed: 4).Select(Text));
    }

    [Fact]
    public void The_top_three_contest_has_so_few_line_ups_that_its_winners_tie()
    {
        var lineups = DemoEntries.Commands(s_contests, seed: 5).Where(e => e.ContestId == DemoContests.TopThree)
            .GroupBy(e => string.Join(',', e.AthleteIds)).ToArray();

        Assert.InRange(lineups.Length, 1, DemoEntries.TopThreeLineups);
        Assert.Contains(lineups, l => l.Count() > 3);
    }

    [Fact]
    public void The_winner_without_an_account_is_third_whatever_the_seed_and_not_late_as_well()
    {
        Assert.Equal("player-038", ActivityChallenge.Third);
        Assert.False(DemoEntries.IsAccountLate(38));
    }

    [Fact]
    public void Most_entries_with_a_fee_simply_pay()
    {
        var cards = Enumerable.Range(1, PaidContest.Entries).Select(n => PaidContest.Cards(PaidContest.EntryId(n))).ToArray();

        Assert.Equal(PaidContest.Paid, cards.Count(c => c[^1] == PaidContest.CardGood));
        Assert.Equal(2, cards.Count(c => c[0] == PaidContest.CardDeclined));
    }

    [Fact]
    public void A_pool_in_which_no_line_up_fits_the_cap_stops_instead_of_looping()
    {
        var dear = s_pool.Select(a => a with { Salary = 50_000 }).ToArray();

        Assert.Throws<InvariantException>(() => LineupGenerator.Draw(DemoContests.Classic, dear, new SeededRandom(1)));
    }

    private static string Text(SubmitEntryV1 e) => $"{e.EntryId} {e.PlayerId} {string.Join(',', e.AthleteIds)}";

    private static List<PoolAthleteV1> Pool()
    {
        var pool = new List<PoolAthleteV1>();
        string[] positions = ["QB", "RB", "RB", "RB", "WR", "WR", "WR", "WR", "TE", "TE", "DST"];
        foreach (var (team, game) in new[] { ("KC", "g1"), ("PIT", "g1"), ("NYG", "g2"), ("MIN", "g2") })
        {
            for (var i = 0; i < positions.Length; i++)
                pool.Add(new PoolAthleteV1(
                    $"{team}-{i}", $"{team} {positions[i]} {i}", [positions[i]], team, game, Salary: 3_000 + i * 400));
        }

        return pool;
    }
}
