using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>Chance that repeats itself.</summary>
public sealed class SeededRandomTests
{
    private const int Draws = 100_000;

    [Fact]
    public void It_is_splitmix64()
    {
        var chance = new SeededRandom(1234567);

        // The first values of the reference implementation for this seed.
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            [chance.NextULong(), chance.NextULong(), chance.NextULong()]);
    }

    [Fact]
    public void A_thousand_seeds_repeat_themselves_and_differ_from_each_other()
    {
        var firsts = new HashSet<ulong>();
        for (ulong seed = 0; seed < 1_000; seed++)
        {
            var (one, other) = (new SeededRandom(seed), new SeededRandom(seed));
            for (var n = 0; n < 10; n++) Assert.Equal(one.NextULong(), other.NextULong());
            firsts.Add(new SeededRandom(seed).NextULong());
        }

        Assert.Equal(1_000, firsts.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Every_number_below_the_limit_comes_about_equally_often(int max)
    {
        var chance = new SeededRandom(3);
        var counts = new int[max];
        for (var n = 0; n < Draws; n++) counts[chance.Next(max)]++;

        Assert.All(counts, count => Assert.InRange(count, 0.8 * Draws / max, 1.2 * Draws / max));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void There_is_nothing_below_zero_to_draw(int max) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).Next(max));

    [Theory]
    [InlineData(-5, 5)]
    [InlineData(int.MaxValue - 1, int.MaxValue)]
    [InlineData(int.MinValue, 0)]
    public void A_draw_from_a_range_stays_within_it(int min, int max)
    {
        var chance = new SeededRandom(9);
        if (min == int.MinValue)
        {
            Assert.Throws<OverflowException>(() => chance.Next(min, max));
            return;
        }

        for (var n = 0; n < 1_000; n++) Assert.InRange(chance.Next(min, max), min, max - 1);
    }

    [Fact]
    public void A_chance_of_none_never_comes_and_of_a_hundred_always()
    {
        var chance = new SeededRandom(5);
        for (var n = 0; n < 1_000; n++)
        {
            Assert.False(chance.Chance(0));
            Assert.True(chance.Chance(100));
        }

        Assert.InRange(Enumerable.Range(0, Draws).Count(_ => chance.Chance(30)), 0.28 * Draws, 0.32 * Draws);
    }

    [Fact]
    public void Shuffling_loses_nothing_and_puts_everything_everywhere()
    {
        var chance = new SeededRandom(11);
        var counts = new int[4, 4];
        for (var n = 0; n < 8_000; n++)
        {
            int[] cards = [0, 1, 2, 3];
            chance.Shuffle(cards);
            Assert.Equal([0, 1, 2, 3], cards.Order());
            for (var place = 0; place < 4; place++) counts[cards[place], place]++;
        }

        foreach (var count in counts) Assert.InRange(count, 1_800, 2_200);
    }
}
