using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>When a game counts as begun, and what becomes of swaps that were accepted before anybody here knew.</summary>
public sealed class BegunGamesTests
{
    private static readonly DateTimeOffset s_start = Build.Lock.AddHours(3);
    private static readonly ContestRules s_rules = new(Build.Contest(lateSwap: true));

    [Fact]
    public void A_game_has_begun_from_its_scheduled_start_on_although_the_feed_says_nothing_of_it()
    {
        var definition = Build.Contest() with { GameStarts = new Dictionary<string, DateTimeOffset> { ["g1"] = s_start } };

        Assert.Empty(BegunGames.At(definition, [], s_start.AddTicks(-1)));
        Assert.Equal(["g1"], BegunGames.At(definition, [], s_start));
    }

    [Fact]
    public void A_game_has_begun_from_the_providers_start_on_or_once_the_feed_says_so()
    {
        HeardStart[] heard = [new("c1", "g1", null, s_start), new("c1", "g2", s_start.AddHours(1), null)];

        Assert.Equal(["g2"], BegunGames.At(Build.Contest(), heard, s_start.AddTicks(-1)));
        Assert.Equal(["g1", "g2"], BegunGames.At(Build.Contest(), heard, s_start).Order());
    }

    [Fact]
    public void A_scheduled_start_must_be_of_a_game_of_the_contest_and_not_before_the_lock()
    {
        var definition =
            Build.Contest() with { GameStarts = new Dictionary<string, DateTimeOffset> { ["g1"] = Build.Lock.AddTicks(-1) } };
        Assert.Equal(
            "definition.gameStarts.g1", ValidateDefinition.Check(definition, "c1", "test", Build.Lock.AddDays(-1))!.Field);
        definition = definition with { GameStarts = new Dictionary<string, DateTimeOffset> { ["g9"] = s_start } };
        Assert.Equal("definition.gameStarts", ValidateDefinition.Check(definition, "c1", "test", Build.Lock.AddDays(-1))!.Field);
    }

    [Fact]
    public void A_swap_after_the_start_is_undone_with_those_that_stand_upon_it_and_others_stay()
    {
        // q0 r0 w2 plays g1, odd ones g2.
        SwapRow[] swaps =
        [
            Swap(2, 1, "r0", "r1", s_start.AddMinutes(-10)), Swap(3, 2, "w2", "w4", s_start.AddMinutes(10)),
            Swap(4, 2, "w4", "w3", s_start.AddMinutes(20)), Swap(5, 1, "r1", "r3", s_start.AddMinutes(30)),
        ];

        var undone = UndoLateSwaps.Of(
            s_rules, ["q0", "r3", "w3"], swaps, new Dictionary<string, DateTimeOffset> { ["g1"] = s_start });

        Assert.Equal(["q0", "r3", "w2"], undone.AthleteIds);
        Assert.Equal([3, 4], undone.Dropped.Select(s => s.Version));
    }

    [Fact]
    public void A_swap_that_no_longer_fits_without_the_one_before_it_goes_too()
    {
        // With w8 back in place of w2 the salaries are 10 + 50 + 50 of 100.
        SwapRow[] swaps = [Swap(2, 2, "w8", "w2", s_start.AddMinutes(10)), Swap(3, 1, "r1", "r9", s_start.AddMinutes(-10))];

        var undone = UndoLateSwaps.Of(
            s_rules, ["q0", "r9", "w2"], swaps, new Dictionary<string, DateTimeOffset> { ["g1"] = s_start });

        Assert.Equal(["q0", "r1", "w8"], undone.AthleteIds);
        Assert.Equal(2, undone.Dropped.Count);
    }

    [Fact]
    public void A_swap_within_what_clocks_may_be_apart_stays()
    {
        SwapRow[] swaps = [Swap(2, 2, "w2", "w4", s_start + UndoLateSwaps.ClocksApart)];

        Assert.Empty(
            UndoLateSwaps.Of(
                s_rules, ["q0", "r0", "w4"], swaps, new Dictionary<string, DateTimeOffset> { ["g1"] = s_start }).Dropped);
    }

    private static SwapRow Swap(int version, int slot, string leaves, string comes, DateTimeOffset at) =>
        new("c1", "e1", version, slot, leaves, comes, GameOf(leaves), GameOf(comes), at);

    private static string GameOf(string athleteId) => s_rules.Athletes[athleteId].GameId;
}
