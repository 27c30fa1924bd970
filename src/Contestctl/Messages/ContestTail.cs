using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Messages;

/// <summary>Reads what a topic says about one contest, and then only what is new.</summary>
internal sealed class ContestTail(KafkaSettings kafka, string topic, string contestId)
{
    private readonly TopicRanges ranges = new(kafka);
    private readonly Dictionary<int, long> next = [];

    /// <returns>The messages since the call before, in order; those that are none of ours are left out.</returns>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public IReadOnlyList<IMessage> Read(IProgress<(long Done, long Total)>? progress, CancellationToken ct)
    {
        var all = ranges.All(topic);
        PartitionRange[] fresh =
            [.. all.Select(r => r with { From = Math.Min(r.To, Math.Max(r.From, next.GetValueOrDefault(r.Partition))) })];
        var (messages, done, total) = (new List<IMessage>(), 0L, fresh.Sum(r => r.To - r.From));
        foreach (var record in ranges.Read(topic, fresh, ct))
        {
            progress?.Report((++done, total));
            if (record.Envelope.Key == contestId && LegibleRecords.Message(
                record.Envelope, (_, words) => Output.Progress().WriteLine(words)) is { } message)
                messages.Add(message);
        }

        foreach (var range in all) next[range.Partition] = range.To;
        return messages;
    }
}
