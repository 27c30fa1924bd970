using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>What is read for the next batch while partitions come and go.</summary>
public sealed class CollectedItemsTests
{
    [Fact]
    public void What_was_read_of_a_partition_before_it_was_taken_is_not_handled_when_it_comes_back()
    {
        var collected = new CollectedItems(new ConsumerOptions());
        collected.Add(Item(partition: 1, offset: 100), size: 1);
        collected.Add(Item(partition: 2, offset: 7), size: 1);

        collected.Gone(Topics.FeedGames, partition: 1);
        collected.Add(Item(partition: 1, offset: 60), size: 1);

        Assert.Equal([(2, 7L), (1, 60L)], collected.Items.Select(i => (i.Envelope.Partition, i.Envelope.Offset)));
    }

    [Fact]
    public void It_is_full_by_number_and_by_size()
    {
        var byNumber = new CollectedItems(new ConsumerOptions(BatchCountMax: 1));
        var bySize = new CollectedItems(new ConsumerOptions(BatchBytesMax: 10));

        byNumber.Add(Item(0, 0), size: 1);
        bySize.Add(Item(0, 0), size: 9);

        Assert.True(byNumber.IsFull);
        Assert.False(bySize.IsFull);
        bySize.Add(Item(0, 1), size: 1);
        Assert.True(bySize.IsFull);
    }

    private static ConsumedRecord Item(int partition, long offset)
    {
        var envelope = EnvelopeReader.Envelope(
            Topics.FeedGames, partition, offset, "key", new Dictionary<string, string>(), new byte[1], DateTimeOffset.UnixEpoch);
        return new ConsumedRecord(envelope, new DecodeResult.Ignored(), null!);
    }
}
