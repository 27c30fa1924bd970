using ContestPipeline.Demo.RealContest;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Demo;

/// <summary>The comparison of our ranking with the published one: exact means points, rank and the very entries.</summary>
public sealed class CompareRankingTests
{
    private static readonly PublishedEntry[] s_published =
    [
        Entry(1, "a", 9_996), Entry(2, "b", 8_000), Entry(2, "c", 8_000), Entry(4, "d", 0),
    ];

    [Fact]
    public void The_published_ranking_itself_is_exact_in_whatever_order_its_chunks_come_and_however_often() =>
        Assert.Equal(
            new RankingComparison(4, 4, null),
            CompareRanking.With(s_published,
                [Chunk(2, Group(0, "d")), Chunk(1, Group(9_996, "a"), Group(8_000, "b", "c")), Chunk(2, Group(0, "d"))]));

    [Fact]
    public void An_entry_in_another_place_of_the_same_size_is_found()
    {
        var comparison = CompareRanking.With(s_published, [Chunk(1, Group(9_996, "d"), Group(8_000, "b", "c"), Group(0, "a"))]);

        Assert.Equal((2, 4), (comparison.Exact, comparison.Total));
        Assert.Contains("9996 are not the published ones", comparison.FirstDifference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_entry_shifts_the_rank_of_everybody_below()
    {
        var comparison = CompareRanking.With(s_published, [Chunk(1, Group(9_996, "a"), Group(8_000, "b"), Group(0, "d"))]);

        Assert.Equal(1, comparison.Exact);
        Assert.Equal("2 entries were published with 8000; ours are 1", comparison.FirstDifference);
    }

    [Fact]
    public void Points_that_nobody_has_are_named() => Assert.Equal(
        "1 entries were published with 9996; nobody has that",
        CompareRanking.With(s_published, [Chunk(1, Group(9_995, "a"), Group(8_000, "b", "c"), Group(0, "d"))]).FirstDifference);

    [Fact]
    public void Nothing_at_all_is_not_exact() => Assert.Equal(0, CompareRanking.With(s_published, []).Exact);

    private static PublishedEntry Entry(int rank, string id, long points) => new(rank, id, "player of " + id, points, []);

    private static RankingChunkV1 Chunk(int number, params ScoreGroupV1[] groups) => new("contest", 1, number, groups);

    private static ScoreGroupV1 Group(long points, params string[] ids) =>
        new(points, ids.Length, EntryHash.OfIds(ids.Order(StringComparer.Ordinal)));
}
