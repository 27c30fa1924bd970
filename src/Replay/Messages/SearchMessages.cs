using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Messages;

/// <summary>
/// Looks through a topic for whoever wants to see records: joins no group, leaves no trace, and takes no more time, records and
/// memory than it is allowed.
/// </summary>
public sealed class SearchMessages(KafkaSettings kafka, TimeProvider clock)
{
    public const int FoundMax = 100;

    /// <summary>Looked at for one answer.</summary>
    public const int ScannedMax = 100_000;

    private const int BytesMax = 4 * 1024 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);

    private readonly TopicRanges topics = new(kafka);

    /// <param name="wish">Without a fault.</param>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public MessagesFound Find(MessageWish wish, CancellationToken ct)
    {
        var all = topics.All(wish.Topic).Where(r => wish.Partition is null || r.Partition == wish.Partition).ToArray();
        var ranges = wish.GoesForward ? Forward(wish, all) : Newest(all);
        var left = ranges.ToDictionary(r => r.Partition);
        var (found, scanned, bytes, began) = (new Queue<FoundMessage>(), 0L, 0L, clock.GetTimestamp());
        var isFull = false;
        foreach (var record in topics.Read(wish.Topic, ranges, ct))
        {
            var envelope = record.Envelope;
            left[envelope.Partition] = left[envelope.Partition] with { From = envelope.Offset + 1 };
            scanned++;
            if (IsMeant(wish, record))
            {
                found.Enqueue(Decoded(record));
                bytes += envelope.Body.Length;
            }

            // Of the newest the latest are kept, of those from a place on the first.
            while (!wish.GoesForward && found.Count > 1 && (found.Count > FoundMax || bytes > BytesMax))
                bytes -= found.Dequeue() is { } dropped ? (dropped.Body ?? dropped.BodyBase64!).Length : 0;
            isFull = wish.GoesForward && (found.Count == FoundMax || bytes > BytesMax);
            if (isFull || scanned == ScannedMax || clock.GetElapsedTime(began) > s_patience) break;
        }

        var next = wish.GoesForward && left.Values.Any(r => r.From < r.To) && (isFull || !IsRead(ranges, scanned))
            ? MessageCursor.Of(left.Values) : null;
        var isWhole = wish.GoesForward ? next is null : scanned >= all.Sum(r => r.To - r.From);
        return new MessagesFound(
            wish.GoesForward ? [.. found] : [.. found.OrderByDescending(m => m.WrittenAt).ThenByDescending(m => m.Offset)],
            scanned, next, isWhole);
    }

    /// <summary>Transactions' marks and what compaction took leave holes: a range may have fewer records than offsets.</summary>
    private static bool IsRead(IReadOnlyList<PartitionRange> ranges, long scanned) => scanned >= ranges.Sum(r => r.To - r.From);

    private IReadOnlyList<PartitionRange> Forward(MessageWish wish, PartitionRange[] all)
    {
        var cursor = wish.After is { } after ? MessageCursor.Read(after) : null;
        IReadOnlyList<PartitionRange> ranges =
        [
            .. all.Where(r => cursor is null || cursor.ContainsKey(r.Partition)).Select(r => r with
            {
                From = Math.Clamp(cursor?[r.Partition] ?? wish.FromOffset ?? r.From, r.From, Math.Max(r.From, r.To)),
            }),
        ];
        return wish.NotBefore is { } time && cursor is null && ranges.Count > 0
            ? topics.NotBefore(wish.Topic, ranges, time) : ranges;
    }

    private static IReadOnlyList<PartitionRange> Newest(PartitionRange[] all)
    {
        var each = ScannedMax / Math.Max(1, all.Length);
        return [.. all.Select(r => r with { From = Math.Max(r.From, r.To - each) })];
    }

    private static bool IsMeant(MessageWish wish, KafkaRecord record)
    {
        var envelope = record.Envelope;
        if (wish.NotBefore is { } from && record.WrittenAt < from) return false;
        if (wish.Before is { } to && record.WrittenAt >= to) return false;
        if (wish.Key is { } key && envelope.Key != key) return false;
        return wish.Text is not { } text || envelope.Key.Contains(text, StringComparison.Ordinal)
            || envelope.Headers.Values.Any(v => v.Contains(text, StringComparison.Ordinal))
            || envelope.Body.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }

    private static FoundMessage Decoded(KafkaRecord record)
    {
        var envelope = record.Envelope;
        var bytes = RecordBody.Base64(envelope.Body.Span);
        return new FoundMessage(
            envelope.Topic, envelope.Partition, envelope.Offset, record.WrittenAt, envelope.Key,
            envelope.Headers.GetValueOrDefault("ce_type"), envelope.Headers,
            bytes is null ? Encoding.UTF8.GetString(envelope.Body.Span) : null, bytes);
    }
}
