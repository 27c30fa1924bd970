using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>Where a key goes is written into topics and tables: it must never change, and must be spread evenly.</summary>
public sealed class KeyHashTests
{
    private const int Keys = 100_000;

    [Theory]
    [InlineData("", 6, 0)]
    [InlineData("a", 3, 8)]
    [InlineData("2016100200", 1, 9)]
    [InlineData("héllo wörld", 4, 10)]
    public void A_key_goes_where_it_always_went(string key, int partition, int slice) =>
        Assert.Equal((partition, (short)slice), (KeyHash.Partition(key, 8), KeyHash.Slice(key)));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void Keys_are_spread_over_all_partitions_within_a_tenth(int partitions)
    {
        var counts = new int[partitions];
        for (var n = 0; n < Keys; n++) counts[KeyHash.Partition($"key-{n}", partitions)]++;

        Assert.All(counts, count => Assert.InRange(count, 0.9 * Keys / partitions, 1.1 * Keys / partitions));
    }

    [Fact]
    public void Keys_of_one_partition_are_spread_over_all_slices()
    {
        var counts = new int[KeyHash.Slices];
        for (var n = 0; n < 8 * Keys; n++)
        {
            var key = $"key-{n}";
            if (KeyHash.Partition(key, 8) == 3) counts[KeyHash.Slice(key)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 0.9 * counts.Average(), 1.1 * counts.Average()));
    }

    [Fact]
    public void A_key_of_any_length_has_a_place()
    {
        for (var length = 0; length < 1_000; length++)
        {
            var key = new string('ü', length);
            Assert.InRange(KeyHash.Partition(key, 8), 0, 7);
            Assert.InRange(KeyHash.Slice(key), 0, KeyHash.Slices - 1);
        }
    }
}
