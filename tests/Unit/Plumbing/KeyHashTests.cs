using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>Where a key goes is written into topics and tables: it must never change, and must be spread evenly.</summary>
public sealed class KeyHashTests
{
    private const int Keys = 100_000;

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 8)]
    [InlineData("2016100200", 9)]
    [InlineData("héllo wörld", 10)]
    public void A_key_s_slice_is_what_it_always_was(string key, int slice) => Assert.Equal((short)slice, KeyHash.Slice(key));

    /// <summary>The vectors of Java's own test, UtilsTest.testMurmur2.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void A_key_goes_where_Java_s_clients_put_it(string key, int murmur2)
    {
        Assert.Equal(murmur2, KeyHash.Murmur2(Encoding.UTF8.GetBytes(key)));
        Assert.Equal((murmur2 & 0x7FFFFFFF) % 8, KeyHash.Partition(key, 8));
    }

    /// <summary>Relays of two releases must not send the same slice at once.</summary>
    [Fact]
    public void The_locks_of_relays_are_those_of_earlier_releases() =>
        Assert.Equal(17_677_832, KeyHash.LockClass("payout.outbox"));

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
