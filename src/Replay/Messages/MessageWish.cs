using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Messages;

/// <summary>Which records of a topic somebody wants to see. What is null does not matter.</summary>
/// <param name="FromOffset">Of each partition, or of the one that is named.</param>
/// <param name="Key">The record's key, whole.</param>
/// <param name="Text">Somewhere in the body, a header or the key, in this case.</param>
/// <param name="After">Where the answer before ended: its <see cref="MessagesFound.Next"/>.</param>
public sealed record MessageWish(
    string Topic, int? Partition = null, long? FromOffset = null, DateTimeOffset? NotBefore = null,
    DateTimeOffset? Before = null, string? Key = null, string? Text = null, string? After = null)
{
    private const int TextCharsMax = 500;

    /// <summary>From the oldest that is meant on; else the newest are looked for.</summary>
    public bool GoesForward => FromOffset is not null || NotBefore is not null || After is not null;

    /// <returns>What is wrong, in words; null: it can be looked for.</returns>
    public string? Fault() => this switch
    {
        _ when Topics.All.All(t => t.Name != Topic) => $"there is no topic '{Topic}'",
        { Partition: { } partition } when partition < 0 || partition >= Topics.Find(Topic).Partitions =>
            $"{Topic} has the partitions 0 to {Topics.Find(Topic).Partitions - 1}",
        { FromOffset: < 0 } => "an offset is 0 or more",
        { NotBefore: { } begin, Before: { } end } when begin >= end => "the first time must be before the last",
        { Key.Length: > TextCharsMax } or { Text.Length: > TextCharsMax } =>
            $"key and text have at most {TextCharsMax} characters",
        { After: { } after } when MessageCursor.Read(after) is null => "after must be what the answer before gave as next",
        _ => null,
    };
}

/// <summary>A record, decoded.</summary>
/// <param name="Body">As text; null: it is none.</param>
/// <param name="BodyBase64">Only of a body that is no text.</param>
public sealed record FoundMessage(
    string Topic, int Partition, long Offset, DateTimeOffset WrittenAt, string Key, string? Type,
    IReadOnlyDictionary<string, string> Headers, string? Body, string? BodyBase64);

/// <summary>What was found, and how much was looked at for it.</summary>
/// <param name="Messages">Forward: in the order of their partitions; else the newest first.</param>
/// <param name="Scanned">Records that were looked at.</param>
/// <param name="Next">Forward: for the next answer; null: the end of the topic was reached.</param>
/// <param name="IsWhole">False: the oldest records were not looked at, or the limit was reached.</param>
public sealed record MessagesFound(IReadOnlyList<FoundMessage> Messages, long Scanned, string? Next, bool IsWhole);

/// <summary>Where each partition is gone on with, as one word: <c>0:17,3:4</c>. Pure.</summary>
public static class MessageCursor
{
    private const int PartsMax = 1_000;

    /// <returns>Null: it is none.</returns>
    public static IReadOnlyDictionary<int, long>? Read(string text)
    {
        var places = new Dictionary<int, long>();
        foreach (var part in text.Split(',', PartsMax))
        {
            if (part.Split(':') is not [var p, var o]
                || !int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || !long.TryParse(o, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || !places.TryAdd(partition, offset)) return null;
        }

        return places;
    }

    /// <returns>Null: nothing is left.</returns>
    public static string? Of(IEnumerable<PartitionRange> left) =>
        string.Join(',', left.Where(r => r.From < r.To).OrderBy(r => r.Partition).Select(r =>
            string.Create(CultureInfo.InvariantCulture, $"{r.Partition}:{r.From}"))) is { Length: > 0 } text ? text : null;
}
