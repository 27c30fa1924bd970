using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Replaying;

/// <summary>A selection that no record can lie in is refused in words, and not planned as one that does nothing.</summary>
public sealed class OutsideTopicTests
{
    private static readonly PartitionRange[] s_topic = [new(0, 100, 200), new(1, 0, 50)];

    [Theory]
    [InlineData(7, null, null, "has the partitions 0, 1, and not 7")]
    [InlineData(null, 20L, 20L, "is not below")]
    [InlineData(null, 200L, null, "behind the end")]
    [InlineData(1, 50L, null, "behind the end of t, which holds [1] 0 up to and without 50")]
    [InlineData(0, null, 100L, "before the beginning")]
    [InlineData(0, null, 201L, "behind the end")]
    public void What_lies_outside_the_topic_is_refused(int? partition, long? from, long? to, string words) =>
        Assert.Contains(words, OutsideTopic.Fault(Wish(partition, from, to), s_topic), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 60L, null)]
    [InlineData(0, 150L, 200L)]
    [InlineData(null, 0L, 1_000L)]
    public void What_lies_within_is_not(int? partition, long? from, long? to) =>
        Assert.Null(OutsideTopic.Fault(Wish(partition, from, to), s_topic));

    private static ReplayWish Wish(int? partition, long? from, long? to) =>
        new("t", partition, from, to, null, null, null, null, null, null);
}
