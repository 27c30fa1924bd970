using ContestPipeline.Replay.Effect;

namespace ContestPipeline.Unit.Replaying;

/// <summary>What a replay is said to change in a contest.</summary>
public sealed class CompareStatesTests
{
    [Fact]
    public void Nothing_changed_is_told_as_nothing()
    {
        var effect = CompareStates.Compare(State(), State(), rescored: 2);

        Assert.False(effect.IsChange);
        Assert.Equal((2, 0, 0, 0, 0),
            (effect.EntriesRescored, effect.ScoresChanged, effect.RanksChanged, effect.PrizesChanged, effect.Transfers));
        Assert.Empty(effect.Prizes);
    }

    [Fact]
    public void Scores_ranks_and_cents_up_and_down_are_counted_apart()
    {
        var after = State() with
        {
            Entries = new Dictionary<string, EntryStanding> { ["e1"] = new(90, 2), ["e2"] = new(95, 1), ["e3"] = new(10, 3) },
            Prizes = new Dictionary<string, PrizeRow> { ["e1"] = new("e1", "p1", 300, "usd"),
                ["e2"] = new("e2", "p2", 700, "usd") },
            Payouts = new Dictionary<string, PayoutRow> { ["t1"] = new("t1", "p1", 700, "usd", "paid"),
                ["t2"] = new("t2", "p2", 400, "usd", "pending") },
        };
        var effect = CompareStates.Compare(State(), after, rescored: 1);

        Assert.True(effect.IsChange);
        Assert.Equal((1, 1, 2, 2), (effect.EntriesRescored, effect.ScoresChanged, effect.RanksChanged, effect.PrizesChanged));
        Assert.Equal([new CentsEffect("usd", 400, 400)], effect.Prizes);
        Assert.Equal((1, 400L), (effect.Transfers, effect.TransferCents.Single().UpMinor));
    }

    [Fact]
    public void A_contest_that_is_new_comes_from_nothing()
    {
        var effect = CompareStates.Compare(before: null, State(), rescored: 0);

        Assert.Equal(("", 3, 2), (effect.StateBefore, effect.ScoresChanged, effect.PrizesChanged));
        Assert.Equal([new CentsEffect("usd", 1000, 0)], effect.Prizes);
    }

    [Fact]
    public void How_far_a_payout_is_on_its_way_is_no_change_of_the_contest()
    {
        var sent =
            State() with { Payouts = new Dictionary<string, PayoutRow> { ["t1"] = new("t1", "p1", 700, "usd", "submitting") } };

        Assert.Equal(State().Hash(), sent.Hash());
        Assert.NotEqual(State().Hash(), (State() with { Hold = "stat-differs" }).Hash());
        Assert.NotEqual(State().Hash(), (State() with { Payouts = new Dictionary<string, PayoutRow>() }).Hash());
    }

    [Fact]
    public void The_total_sums_contests_and_currencies()
    {
        var one = CompareStates.Compare(before: null, State(), rescored: 3);

        var total = CompareStates.Total([one, one]);

        Assert.Equal((6, 6, 4), (total.EntriesRescored, total.ScoresChanged, total.PrizesChanged));
        Assert.Equal([new CentsEffect("usd", 2000, 0)], total.Prizes);
    }

    private static ContestState State() => new(
        "c1", "SETTLED", null, 1, "digest",
        new Dictionary<string, EntryStanding> { ["e1"] = new(90, 1), ["e2"] = new(80, 2), ["e3"] = new(10, 3) },
        new Dictionary<string, PrizeRow> { ["e1"] = new("e1", "p1", 700, "usd"), ["e2"] = new("e2", "p2", 300, "usd") },
        new Dictionary<string, PayoutRow> { ["t1"] = new("t1", "p1", 700, "usd", "pending") }, new Dictionary<string, string>());
}
