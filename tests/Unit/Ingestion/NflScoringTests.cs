using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>What the adapter makes of scores that belong to a defence alone, and of the tries that follow them.</summary>
public sealed class NflScoringTests
{
    /// <summary>In 9 of 9 published cases the athlete has no points for it.</summary>
    [Fact]
    public void A_blocked_kick_that_is_returned_for_a_touchdown_belongs_to_the_defence_alone()
    {
        var stats = Of(new NflPlay(
            "1", 1, "10:00", "KC", [Event("a1", "KC", 2), Event("b1", "PIT", 86), Event("b2", "PIT", 64)]));

        Assert.Equal(1, stats["PIT-DST"]["blk_ret_tds"]);
        Assert.Equal(1, stats["KC-DST"]["pa_blk_td"]);
        Assert.DoesNotContain(stats, a => a.Key is "b1" or "b2");
    }

    /// <summary>Real plays: 2016100900 of week 5, 2016120500 of week 13, 2016092512 of week 3.</summary>
    [Theory]
    [InlineData("2016092512", "2239", "NYJ")]
    [InlineData("2016100900", "2679", "WAS")]
    [InlineData("2016120500", "1882", "NYJ")]
    public void A_fumble_out_through_the_end_zone_is_a_touchback_of_the_other_clubs_defence(
        string gameId, string playId, string defence)
    {
        var game = SharedData.Game($"nfl-gamecenter/2016/{gameId}.json.gz");

        var play = NflPlayStats.Of(game, game.Plays.Single(p => p.PlayId == playId));

        Assert.Equal(1, play.Single(a => a.AthleteId == $"{defence}-DST").Stats["fum_touchbacks"]);
        Assert.Equal(1, game.Plays.SelectMany(p => NflPlayStats.Of(game, p))
            .Sum(a => a.Stats.GetValueOrDefault("fum_touchbacks")));
    }

    [Fact]
    public void A_fumble_that_is_recovered_or_ends_in_a_safety_is_no_touchback()
    {
        Assert.DoesNotContain("fum_touchbacks", Of(new NflPlay("1", 1, "10:00", "KC",
            [Event("a1", "KC", 106), Event("a1", "KC", 54), Event("b1", "PIT", 59)]))["PIT-DST"].Keys);
        Assert.DoesNotContain("fum_touchbacks", Of(new NflPlay("1", 1, "10:00", "KC",
            [Event("a1", "KC", 53), Event("a1", "KC", 54), Event("b1", "PIT", 89)]))["PIT-DST"].Keys);
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(36, true)]
    [InlineData(48, true)]
    [InlineData(62, true)]
    [InlineData(58, true)]
    [InlineData(13, false)]
    public void A_try_is_of_a_return_when_the_last_touchdown_of_its_club_was_one(int touchdown, bool isOfReturn)
    {
        var plays = NflTouchdowns.MarkTries(
            [
                new NflPlay("1", 1, "10:00", "PIT", [Event("b1", "PIT", 11)]),
                new NflPlay("2", 1, "10:00", "PIT", [Event("b3", "PIT", 72)]),
                new NflPlay("3", 1, "9:00", touchdown == 13 ? "PIT" : "KC", [Event("b2", "PIT", touchdown)]),
                new NflPlay("4", 1, "8:00", "KC", [Event("a1", "KC", 11)]),
                new NflPlay("5", 1, "9:00", "PIT", [Event("b3", "PIT", 72)]),
                new NflPlay("6", 1, "9:00", "PIT", [Event("b3", "PIT", 75)]),
            ]);

        Assert.Equal([false, false, false, false, isOfReturn, isOfReturn], plays.Select(p => p.IsTryAfterReturn));
        var line = Of(plays[4])["KC-DST"];
        Assert.Equal((1, isOfReturn ? 1 : 0), (line["pa_xp"], line.GetValueOrDefault("pa_ret_xp")));
        Assert.Equal(isOfReturn ? 1 : 0, Of(plays[5])["KC-DST"].GetValueOrDefault("pa_ret_2pt"));
    }

    /// <summary>Two touchdowns of a return, in a real game; the try of one came back from the box.</summary>
    [Fact]
    public void Tries_that_a_final_document_puts_back_are_of_returns()
    {
        var games = Directory.GetFiles(SharedData.Require("nfl-gamecenter/2016"), "*.json.gz").Select(SharedData.Game);

        var tries = games.SelectMany(g => g.Plays).Where(p => p.PlayId.EndsWith("-try", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(tries);
        Assert.All(tries, t => Assert.True(t.IsTryAfterReturn, t.PlayId));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, long>> Of(NflPlay play) => NflPlayStats.Of(
        new NflGameCenterDocument("2016010100", "KC", "PIT", "1", "10:00", [play], []), play)
        .ToDictionary(a => a.AthleteId, a => a.Stats);

    private static NflStatEvent Event(string athlete, string club, int statId) => new(athlete, club, statId, 0);
}
