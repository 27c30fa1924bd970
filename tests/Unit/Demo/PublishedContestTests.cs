using ContestPipeline.Demo.RealContest;

namespace ContestPipeline.Unit.Demo;

/// <summary>How a published contest is read: ranks, ids, points as the operator rounds them, line-ups by name.</summary>
public sealed class PublishedContestTests
{
    private const string Header = "rank,entry_id,user,entry_no,user_entries,points,lineup\n";

    private const string Lineup =
        "QB Ben Roethlisberger RB Le'Veon Bell RB Jerick McKinnon WR Antonio Brown WR Odell Beckham Jr. WR Tyreek Hill TE "
            + "Travis Kelce FLEX Stefon Diggs DST Vikings";

    [Fact]
    public void An_entry_is_read_with_its_nine_athletes_in_slot_order()
    {
        var entry = Assert.Single(Read($"1,501,u000001,9,150,151.7,{Lineup}"));

        Assert.Equal((1, "501", "u000001", 15_170L), (entry.Rank, entry.EntryId, entry.Player, entry.Points));
        Assert.Equal(
            (string[])["Ben Roethlisberger", "Le'Veon Bell", "Jerick McKinnon", "Antonio Brown", "Odell Beckham Jr.",
                "Tyreek Hill", "Travis Kelce", "Stefon Diggs", "Vikings"],
            entry.Names);
    }

    [Theory]
    [InlineData("99.96001", 9_996)]
    [InlineData("99.959999", 9_996)]
    [InlineData("-0.2", -20)]
    [InlineData("0", 0)]
    [InlineData("1.5E2", 15_000)]
    public void Binary_rounding_of_published_points_is_undone(string published, long points) =>
        Assert.Equal(points, Assert.Single(Read($"7,501,u000001,1,1,{published},")).Points);

    [Fact]
    public void An_entry_that_was_never_filled_has_no_athletes() =>
        Assert.Empty(Assert.Single(Read("9,501,u000001,1,1,0,")).Names);

    [Fact]
    public void Entries_with_one_line_up_share_it()
    {
        var entries = Read($"1,501,a,1,1,10,{Lineup}", $"1,502,b,1,1,10,{Lineup}");

        Assert.Same(entries[0].Names, entries[1].Names);
    }

    [Fact]
    public void Slots_in_another_order_are_read_into_the_order_of_the_slots()
    {
        const string other = "DST Vikings FLEX Stefon Diggs WR Antonio Brown QB Ben Roethlisberger TE Travis Kelce "
            + "RB Le'Veon Bell WR Odell Beckham Jr. RB Jerick McKinnon WR Tyreek Hill";

        var entries = Read($"1,501,a,1,1,10,{other}", $"1,502,b,1,1,10,{Lineup}");

        Assert.Equal(entries[1].Names, entries[0].Names);
    }

    [Theory]
    [InlineData("x,501,a,1,1,10,", "line 2: expected a rank and points, got 'x' and '10'")]
    [InlineData("1,501,a,1,1,ten,", "line 2: expected a rank and points, got '1' and 'ten'")]
    [InlineData(
        "1,501,a,1,1,10,QB A RB B",
        "line 2: expected the slots QB RB RB WR WR WR TE FLEX DST in any order, got 'QB A RB B'")]
    public void What_is_wrong_is_said_with_its_line(string line, string words) =>
        Assert.Equal(words, Assert.Throws<FormatException>(() => Read(line)).Message);

    [Theory]
    [InlineData("1,501,u000001")]
    [InlineData("1,501,u000001,1,1,10,\"QB Somebody RB Somebody Else\"")]
    public void A_line_of_another_shape_stops_the_reading(string line) => Assert.Throws<FormatException>(() => Read(line));

    private static PublishedEntry[] Read(params string[] lines)
    {
        using var text = new StringReader(Header + string.Join('\n', lines));
        return [.. PublishedContest.Parse(text)];
    }
}
