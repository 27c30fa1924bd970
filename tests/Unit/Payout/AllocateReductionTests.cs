using ContestPipeline.Payout.Clawbacks;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Payout;

/// <summary>From which of its awards an entry gives back.</summary>
public sealed class AllocateReductionTests
{
    [Fact]
    public void The_newest_award_gives_first() =>
        Assert.Equal([(3, 50L), (1, 20L)], AllocateReduction.Of(70, [(1, 100), (3, 50), (2, 0)]));

    [Fact]
    public void Cents_that_the_entry_does_not_hold_are_in_no_part() =>
        Assert.Equal([(1, 97L)], AllocateReduction.Of(98, [(1, 97)]));

    [Fact]
    public void No_award_gives_more_than_is_left_of_it_and_together_they_give_what_is_wanted_as_far_as_they_have_it() =>
        Prop.ForAll(
        (from wanted in Gen.Choose(0, 500)
         from awards in Gen.Choose(0, 200).ListOf()
         select (wanted, awards)).ToArbitrary(),
        seen =>
        {
            var awards = seen.awards.Select((left, i) => (Revision: i + 1, LeftMinor: (long)left)).ToArray();

            var parts = AllocateReduction.Of(seen.wanted, awards);

            Assert.All(parts, p => Assert.InRange(p.NetMinor, 1, awards[p.AwardRevision - 1].LeftMinor));
            Assert.Equal(parts.Count, parts.Select(p => p.AwardRevision).Distinct().Count());
            Assert.Equal(Math.Min(seen.wanted, awards.Sum(a => a.LeftMinor)), parts.Sum(p => p.NetMinor));
        }).QuickCheckThrowOnFailure();
}
