using ContestPipeline.Ingestion;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Ranges of sequence numbers say the same as a plain set would.</summary>
public sealed class SequenceRangesTests
{
    [Fact]
    public void Ranges_know_what_a_set_knows_in_any_order_and_survive_their_text()
    {
        var numbers = Gen.ListOf(Gen.Choose(1, 40)).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(numbers, list =>
        {
            var ranges = new SequenceRanges();
            var set = new HashSet<long>();
            var isNewAgrees = list.All(n => ranges.Add(n) == set.Add(n));
            var missing = Enumerable.Range(6, 40).Select(i => (long)i).Where(n => n <= 42 && !set.Contains(n)).ToArray();
            var again = SequenceRanges.Parse(ranges.ToString());
            return isNewAgrees && ranges.Missing(5, 42, 100).SequenceEqual(missing)
                && again.Missing(5, 42, 100).SequenceEqual(missing)
                && again.ToString() == ranges.ToString() && ranges.Highest == (set.Count == 0 ? 0 : set.Max());
        }));
    }

    [Fact]
    public void A_complete_stream_is_one_range()
    {
        var ranges = new SequenceRanges();
        foreach (var n in Enumerable.Range(1, 1_000).Reverse()) ranges.Add(n);

        Assert.Equal("1-1000", ranges.ToString());
    }
}
