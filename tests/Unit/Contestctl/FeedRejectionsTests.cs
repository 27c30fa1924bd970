using ContestPipeline.Contestctl.Feeds;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What was rejected is told to whoever sent it, and nothing of anybody else.</summary>
public sealed class FeedRejectionsTests
{
    [Fact]
    public void Rejections_are_counted_by_source_and_reason_and_listed_latest_first()
    {
        var told = FeedRejections.Of(
            [Rejected(1, "a", "g1", "id-empty"), Rejected(2, "a", "g2", "id-empty"), Rejected(2, "a", "g2", "id-empty"),
                Rejected(3, "b", "g1", "op-unknown"), Rejected(4, null, "g1", "header-missing")], null, null, limit: 2);

        Assert.Equal([("", "header-missing", 1), ("a", "id-empty", 2), ("b", "op-unknown", 1)],
            told.Counts.Select(c => (c.Source, c.Reason, c.Messages)));
        Assert.Equal([4, 3], told.Rejections.Select(r => r.Offset));
    }

    [Theory]
    [InlineData("a", null, 2)]
    [InlineData("a", "g1", 1)]
    [InlineData(null, "g1", 2)]
    [InlineData("nobody", null, 0)]
    public void Of_a_source_and_of_a_game_only_its_own_are_told(string? source, string? game, int expected)
    {
        var told = FeedRejections.Of(
            [Rejected(1, "a", "g1", "id-empty"), Rejected(2, "a", "g2", "id-empty"), Rejected(3, "b", "g1", "op-unknown")],
            source, game, limit: 10);

        Assert.Equal(expected, told.Counts.Sum(c => c.Messages));
        Assert.Equal(expected, told.Rejections.Count);
    }

    private static RejectedV1 Rejected(long offset, string? source, string game, string reason) => new(
        Topics.FeedGames, 0, offset, game, reason, "$", "this", "that",
        source is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["ce_source"] = source }, [],
        DateTimeOffset.UnixEpoch.AddSeconds(offset));
}
