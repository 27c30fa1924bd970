using System.Security.Cryptography;
using ContestPipeline.Payout.Anchors;

namespace ContestPipeline.Unit.Payout.Anchors;

/// <summary>Anchors follow one another, signed; whatever is done to their lines is found.</summary>
public sealed class AnchorBookTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AnchoredRow s_pool = new("prize_pool:c", "usd", 0, 3, "AAAA");
    private static readonly AnchoredRow s_audit = new("", "", 5, 7, "BBBB");
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => key.Dispose();

    [Fact]
    public void The_next_anchor_holds_what_grew_since_the_one_before()
    {
        var (book, _) = Written([s_pool, s_audit]);

        var next = book.Next([s_pool with { No = 4, Chain = "CCCC" }, s_audit], s_now);

        Assert.Equal((2L, 4L), (next.No, Assert.Single(next.Rows).No));
    }

    [Fact]
    public void A_row_with_another_chain_and_a_row_that_is_gone_are_named()
    {
        var (book, _) = Written([s_pool, s_audit]);

        Assert.Empty(book.Compare(new Dictionary<AnchoredRow, string> { [s_pool] = "AAAA", [s_audit] = "BBBB" }));
        var faults = book.Compare(new Dictionary<AnchoredRow, string> { [s_pool] = "AAAB" });

        Assert.Equal(["account prize_pool:c usd shard 0 line 3", "audit row 5/7"], faults.Select(f => f.Where));
        Assert.Contains("rewritten", faults[0].What, StringComparison.Ordinal);
        Assert.Contains("gone", faults[1].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_altered_removed_doubled_or_of_another_key_are_not_taken()
    {
        var (_, lines) = Written([s_pool], [s_pool with { No = 4 }], [s_audit]);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        AssertRefused("line 1 is not signed", [lines[0].Replace("AAAA", "AAAB", StringComparison.Ordinal)]);
        AssertRefused("line 2 does not follow", [lines[0], lines[2]]);
        AssertRefused("line 2 does not follow", [lines[0], lines[0]]);
        AssertRefused("line 1 does not follow", [lines[1], lines[2]]);
        AssertRefused("line 1 is not signed", [AnchorBook.Sign(new Anchor(1, s_now, "", [s_pool]), other)]);
        AssertRefused("line 1 is no anchor", ["nothing"]);
        AssertRefused("line 1 is no anchor", [""]);
    }

    private void AssertRefused(string why, string[] lines)
    {
        var book = new AnchorBook();
        var refused = Assert.Throws<FormatException>(() =>
        {
            foreach (var line in lines) book.Take(line, key);
        });
        Assert.StartsWith(why, refused.Message, StringComparison.Ordinal);
    }

    private (AnchorBook Book, List<string> Lines) Written(params AnchoredRow[][] heads)
    {
        var book = new AnchorBook();
        var lines = new List<string>();
        foreach (var some in heads)
        {
            lines.Add(AnchorBook.Sign(book.Next(some, s_now), key));
            book.Take(lines[^1], key);
        }

        return (book, lines);
    }
}
