
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Unit.Payout;

/// <summary>Where a page of a list by time ended, as it goes out and comes back.</summary>
public sealed class PageEndTests
{
    [Theory]
    [InlineData("c-1")]
    [InlineData("a.b.c")]
    [InlineData("")]
    public void What_a_page_gives_as_next_is_read_as_it_was(string id)
    {
        var end = new PageEnd(new DateTimeOffset(2026, 3, 1, 4, 5, 6, TimeSpan.Zero).AddMicroseconds(123_456), 7, id);

        Assert.True(PageEnd.Read(end.ToString(), out var read));
        Assert.Equal(end, read);
    }

    [Fact]
    public void Nothing_asks_for_the_first_page()
    {
        Assert.True(PageEnd.Read(null, out var read));
        Assert.Null(read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-23")]
    [InlineData("1.2")]
    [InlineData("-1.2.c")]
    [InlineData("1.-2.c")]
    [InlineData("1.99999999999.c")]
    [InlineData("9223372036854775807.1.c")]
    public void Anything_else_is_no_page(string text) => Assert.False(PageEnd.Read(text, out _));
}
