using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

public sealed class CompareOffsetsTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_group_that_is_further_than_the_database_shows_what_the_database_lacks()
    {
        var lost = CompareOffsets.Lost(Handled(100), committed: 300, end: 350);

        Assert.Equal(new LostRecords("contests.results.v1", 7, 100, 300, s_at, IsTold: false), lost);
    }

    [Fact]
    public void A_loss_by_one_record_is_a_loss() => Assert.NotNull(CompareOffsets.Lost(Handled(100), committed: 101, end: 101));

    [Theory]
    [InlineData(100, 100, "all is committed")]
    [InlineData(100, 60,
        "a process died between the database's commit and the group's, or somebody set the group back to have records handled "
            + "again")]
    [InlineData(100, 300, "the topic was made anew, or moved: this offset is of what was there before", 40)]
    [InlineData(100, 100, "retention took records that nobody has read: the group has not moved", 500)]
    [InlineData(100, null, "the topic was made anew, and the broker forgot the group's offsets; or the group's offsets expired")]
    [InlineData(null, 300, "the row was never written, as by an older version, or was removed")]
    [InlineData(null, null, "the first start, or a new partition")]
    public void Nothing_is_lost_when(int? handled, int? committed, string because, int end = 400) =>
        Assert.True(CompareOffsets.Lost(handled is { } next ? Handled(next) : null, committed, end) is null, because);

    [Fact]
    public void What_was_told_is_not_told_again_before_more_is_lost()
    {
        Assert.True(CompareOffsets.Lost(Handled(100, againUntil: 300), committed: 300, end: 350)!.IsTold);
        Assert.False(CompareOffsets.Lost(Handled(100, againUntil: 300), committed: 301, end: 350)!.IsTold);
    }

    [Fact]
    public void The_cause_names_a_partition_both_offsets_and_how_many_more()
    {
        var later = new LostRecords("stripe.webhooks.v1", 2, 5, 6, s_at.AddMinutes(2), IsTold: false);

        var back = WentBack.Of("payout", [CompareOffsets.Lost(Handled(100), 300, 300)!, later]);

        Assert.Equal(
            "the database of payout went back in time: of contests.results.v1/7 it knows what comes before offset 100, and the "
                + "consumer group has handled what comes before 300, and of 1 more partition likewise",
            back.Cause);
        Assert.Equal(s_at.AddMinutes(2), back.KnownUntil);
    }

    private static HandledOffset Handled(long next, long? againUntil = null) =>
        new("contests.results.v1", 7, next, s_at, againUntil);
}
