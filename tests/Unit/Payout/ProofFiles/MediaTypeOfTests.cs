using ContestPipeline.Payout.ProofFiles;

namespace ContestPipeline.Unit.Payout.ProofFiles;

/// <summary>What files are by their first bytes.</summary>
public sealed class MediaTypeOfTests
{
    [Theory]
    [InlineData("FFD8FFE000104A46", "image/jpeg")]
    [InlineData("89504E470D0A1A0A", "image/png")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("524946460000000057454250", "image/webp")]
    [InlineData("00000018667479706865696300000000", "image/heic")]
    [InlineData("00000020667479706D70343200000000", "video/mp4")]
    [InlineData("00000014667479707174202000000000", "video/quicktime")]
    [InlineData("1A45DFA3010000004282847765626D", "video/webm")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("1A45DFA3010000004282886D6174726F736B61", null)]
    [InlineData("524946460000000057415645", null)]
    [InlineData("00000018667479706A703220", null)]
    [InlineData("7F454C4602010100", null)]
    [InlineData("4D5A9000", null)]
    [InlineData("23212F62696E2F7368", null)]
    [InlineData("3C68746D6C3E", null)]
    [InlineData("504B0304", null)]
    [InlineData("89504E47", null)]
    [InlineData("FFD8", null)]
    [InlineData("", null)]
    public void The_first_bytes_say_it_and_nothing_else_does(string head, string? mediaType)
    {
        Assert.Equal(mediaType, MediaTypeOf.Bytes(Convert.FromHexString(head)));
        if (mediaType is not null) Assert.Contains(mediaType, MediaTypeOf.All);
    }

    [Fact]
    public void Every_type_that_is_taken_is_one_that_a_challenge_may_ask_for() =>
        Assert.All(MediaTypeOf.All, type => Assert.Matches("^(image|video|application)/[a-z0-9]+$", type));
}
