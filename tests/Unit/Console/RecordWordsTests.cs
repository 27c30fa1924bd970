using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.Unit.WebConsole;

/// <summary>What pages of what is on record make of their rows.</summary>
public sealed class RecordWordsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 13, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_curve_reaches_from_edge_to_edge_and_stays_inside_whatever_the_amounts()
    {
        BalanceAt[] curve = [new(s_now, -500, 0), new(s_now.AddHours(6), long.MaxValue / 4, 100),
            new(s_now.AddHours(12), 1_000, long.MaxValue / 2)];

        var picture = BalancePicture.Of(curve)!;

        Assert.Equal((-500, long.MaxValue / 2), (picture.LeastMinor, picture.MostMinor));
        Assert.Equal("0,160 300,79 600,159", picture.Available);
        Assert.Equal("0,159 300,159 600,0", picture.Owed);
        Assert.Null(BalancePicture.Of([curve[0]]));
    }

    [Fact]
    public void A_curve_of_nothing_is_flat()
    {
        var picture = BalancePicture.Of([new(s_now, 0, 0), new(s_now, 0, 0)])!;
        Assert.Equal("0,160 600,160", picture.Available);
    }

    [Fact]
    public void A_proof_is_told_by_its_first_words_in_one_line_and_shown_whole()
    {
        var text = "ran\nten  miles " + new string('x', 64) + "\U0001F3C3 home";
        var proof = ProofWords.Of(System.Text.Json.JsonSerializer.Serialize(new
        {
            text, files = new[] { new { sha256 = "ab", mediaType = "image/png", bytes = 1234567 } },
        }))!;

        Assert.Equal(text, proof.Text);
        Assert.Equal("ran ten miles " + new string('x', 64) + "\U0001F3C3…", proof.Start);
        Assert.Equal("ran ten miles " + new string('x', 65) + "…",
            new ProofWords(text.Replace("\U0001F3C3", "x\U0001F3C3", StringComparison.Ordinal), []).Start);
        Assert.Equal(["ab, image/png, 1,234,567 bytes"], proof.Files);
        Assert.Equal("one file", ProofWords.Of(
            "{\"text\":\" \",\"files\":[{\"sha256\":\"ab\",\"mediaType\":\"a/b\",\"bytes\":1}]}")!.Start);
        Assert.Null(ProofWords.Of(""));
    }

    [Theory]
    [InlineData("1", "100.00 %")]
    [InlineData("0.99999", "99.99 %")]
    [InlineData("0", "0.00 %")]
    public void What_is_not_whole_never_reads_so(string share, string words) =>
        Assert.Equal(words, Written.Share(decimal.Parse(share, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Every_kind_of_difference_says_what_to_do_and_an_unknown_one_too()
    {
        Assert.Equal(DifferenceKinds.All.Count, DifferenceKinds.All.Select(DifferenceWords.ToDo).Distinct().Count());
        Assert.NotEmpty(DifferenceWords.ToDo("never heard of"));
    }

    [Fact]
    public void A_feed_without_trouble_has_none_and_one_that_is_over_without_its_box_has()
    {
        var fine = new FeedGame("g", "in_progress", "", s_now, false, null, s_now, 0, 0, null, "");
        var over = fine with
        {
            Published = """{"gameId":"g","version":1,"status":"complete","incomplete":false,"missingSequences":[],"""
                + """ "boxReceived":false,"differences":[],"at":"2026-09-13T18:00:00Z"}""",
        };

        Assert.Empty(FeedWords.Troubles(fine, s_now));
        Assert.Equal("the game is over and its box has not come", Assert.Single(FeedWords.Troubles(over, s_now)).Words);
    }
}
