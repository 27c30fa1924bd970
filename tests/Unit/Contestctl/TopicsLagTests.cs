using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>How what the broker says of each partition is summed up and judged.</summary>
public sealed class TopicsLagTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Partitions_are_summed_up_and_the_oldest_unread_record_counts()
    {
        var report = TopicsLagCommand.Report(
            [Partition(0, 10, end: 15, s_now.AddSeconds(-30)), Partition(1, null, end: 4, s_now.AddSeconds(-90)),
                Partition(2, 7, end: 7, null)], [], null, s_now);

        var topic = Assert.Single(report.Topics);
        Assert.Equal((17L, 26L, 9L, 90L, 0L), (topic.GoesOnFrom, topic.End, topic.Lag, topic.OldestUnreadSeconds, topic.Missed));
        Assert.Equal([5L, 4L, 0L], topic.Partitions.Select(p => p.Lag));
        Assert.True(report.Well);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(5L, true)]
    [InlineData(4L, false)]
    [InlineData(0L, false)]
    public void More_behind_than_allowed_is_found(long? maxLag, bool well) =>
        Assert.Equal(well, TopicsLagCommand.Report([Partition(0, 10, end: 15, s_now)], [], maxLag, s_now).Well);

    [Fact]
    public void Records_that_were_dropped_unread_and_topics_that_are_missing_are_found()
    {
        var dropped = TopicsLagCommand.Report([Partition(0, 10, end: 50, s_now) with { Beginning = 40 }], [], null, s_now);
        var missing = TopicsLagCommand.Report([], [Topics.Results], null, s_now);

        Assert.Equal((30L, 10L), (dropped.Topics[0].Missed, dropped.Topics[0].Lag));
        Assert.False(dropped.Well);
        Assert.Contains(Topics.Results, Assert.Single(missing.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Offsets_without_a_record_are_nothing_to_read()
    {
        var read = Partition(0, 14, end: 15, null) with { HoldsNoRecord = true };

        Assert.Equal((0L, 0L), (read.Lag, read.LagUpTo(15)));
        Assert.True(TopicsLagCommand.Report([read], [], maxLag: 0, s_now).Well);
    }

    [Theory]
    [InlineData(12, 2)]
    [InlineData(15, 5)]
    [InlineData(20, 5)]
    [InlineData(9, 0)]
    public void What_came_after_an_end_that_was_noted_does_not_count_up_to_it(long end, long lag) =>
        Assert.Equal(lag, Partition(0, 10, end: 15, s_now).LagUpTo(end));

    [Fact]
    public void A_record_from_a_clock_ahead_of_ours_is_not_younger_than_now() =>
        Assert.Equal(0,
            TopicsLagCommand.Report(
                [Partition(0, 1, end: 2, s_now.AddSeconds(5))], [], null, s_now).Topics[0].OldestUnreadSeconds);

    [Fact]
    public void Every_worker_declares_what_it_reads()
    {
        var declared = DeclaredTopics.All();

        Assert.Contains(("ingestion", Topics.FeedGames), declared);
        Assert.Contains(("scoring", Topics.StatLines), declared);
        Assert.Contains(("payout", Topics.Results), declared);
        Assert.Equal(["ingestion", "scoring", "settlement", "payout"], declared.Select(d => d.Worker).Distinct());
    }

    private static UnreadPartition Partition(int partition, long? committed, long end, DateTimeOffset? oldest) =>
        new("payout", Topics.Results, partition, committed, 0, end, oldest);
}
