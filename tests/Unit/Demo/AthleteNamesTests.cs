using ContestPipeline.Demo.RealContest;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Demo;

/// <summary>Which athletes the names of published line-ups mean, and what is said when that is not clear.</summary>
public sealed class AthleteNamesTests
{
    private static readonly NflGameCenterDocument s_game = new(
        "2016100212", "PIT", "KC", "Final", "",
        [
            new NflPlay("1", 1, "15:00", "KC",
                [Event("id-1", "KC"), Event("id-2", "PIT"), Event("id-3", "KC"), Event("id-4", "PIT")]),
        ],
        []);

    private static readonly Dictionary<string, string> s_names = new()
    {
        ["id-1"] = "Al Able", ["id-2"] = "Bo Baker", ["id-3"] = "Chris Jones", ["id-4"] = "Chris Jones",
    };

    [Fact]
    public void Namesakes_whom_nobody_picked_are_no_matter()
    {
        var pool = AthleteNames.Pool([Entry("Al Able", "Chiefs")], [s_game], s_names);

        Assert.Equal("id-1", pool["Al Able"].AthleteId);
        Assert.Equal("KC-DST", pool["Chiefs"].AthleteId);
    }

    [Fact]
    public void A_picked_name_of_two_athletes_is_refused_with_both() => Assert.Equal(
        "two athletes of the slate are called Chris Jones: id-3 (KC) and id-4 (PIT)",
        Assert.Throws<FormatException>(() => AthleteNames.Pool([Entry("Chris Jones", "Chiefs")], [s_game], s_names)).Message);

    [Theory]
    [InlineData("Chefs", "Chefs in the slot DST is no defence of the league")]
    [InlineData("Bears", "Bears (CHI) play in no game of the slate")]
    public void A_defence_that_is_none_of_the_slate_is_no_phantom_without_points(string defence, string words) => Assert.Equal(
        words,
        Assert.Throws<FormatException>(() => AthleteNames.Pool([Entry("Al Able", defence)], [s_game], s_names)).Message);

    [Fact]
    public void Who_took_part_in_no_game_has_no_points_and_is_named() => Assert.Equal(
        ["Nobody Known"], AthleteNames.WhoDidNotPlay(AthleteNames.Pool([Entry("Nobody Known", "Chiefs")], [s_game], s_names)));

    private static PublishedEntry Entry(string quarterback, string defence) => new(
        1, "e1", "p1", 0, [quarterback, .. Enumerable.Repeat("Bo Baker", PublishedContest.Slots.Count - 2), defence]);

    private static NflStatEvent Event(string athlete, string club) => new(athlete, club, 10, 5);
}
