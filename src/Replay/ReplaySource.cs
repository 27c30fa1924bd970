using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay;

/// <summary>Which records of a topic are meant. What is null does not matter.</summary>
/// <param name="Topic">Without the prefix.</param>
/// <param name="Ranges">Fixed when the plan is made: what comes later is not meant.</param>
/// <param name="NotBefore">Written then or later, UTC; by the record's own time.</param>
/// <param name="Before">Written before, UTC.</param>
/// <param name="Key">The record's key, whole.</param>
/// <param name="Contests">Only what is about one of these contests, or one of their games.</param>
/// <param name="Games">Games of the contests; the one asked for, else.</param>
/// <param name="OfReplay">Only what this replay run produced; null: only what no replay produced, unless the topic keeps the
/// newest record of each key only.</param>
/// <param name="Reprocess">Handled anew also where an inbox remembers it: its claims are forgotten, for these records
/// alone.</param>
public sealed record ReplaySource(
    string Topic, IReadOnlyList<PartitionRange> Ranges, DateTimeOffset? NotBefore, DateTimeOffset? Before, string? Key,
    string? Contest, IReadOnlyList<string>? Games, string? OfReplay, bool Reprocess = false)
{
    /// <summary>The header that a replay puts on what it produces.</summary>
    public const string Header = Plumbing.Reprocess.Header;

    /// <summary>Of a compacted topic a replay's records may be all that is left: they are meant like any others.</summary>
    internal bool LeavesReplaysOut => OfReplay is null && !Topics.Find(Topic).Compacted;

    /// <summary>Whether a record is meant; the ranges are the reader's business.</summary>
    public bool Selects(Envelope envelope, DateTimeOffset writtenAt)
    {
        if (NotBefore is { } from && writtenAt < from) return false;
        if (Before is { } to && writtenAt >= to) return false;
        if (Key is not null && envelope.Key != Key) return false;
        if ((OfReplay is not null || LeavesReplaysOut) && envelope.Headers.GetValueOrDefault(Header)?.Split(' ')[0] != OfReplay)
            return false;
        return (Contest is null && Games is null) || IsAbout(envelope);
    }

    private bool IsAbout(Envelope envelope)
    {
        if (Contest is not null && Member(envelope, "contestId") is { } contest) return contest == Contest;
        return Games is not null && Member(envelope, "gameId") is { } game && Games.Contains(game);
    }

    /// <summary>A text of the body's object.</summary>
    /// <returns>Null when the body is no JSON object with such a text.</returns>
    public static string? Member(Envelope envelope, string name)
    {
        var json = new Utf8JsonReader(envelope.Body.Span);
        try
        {
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1) continue;
                var isIt = json.ValueTextEquals(name);
                json.Read();
                if (isIt) return json.TokenType == JsonTokenType.String ? json.GetString() : null;
                json.Skip();
            }
        }
        catch (JsonException)
        {
            // A record that is no JSON is about nothing that could be named.
        }
        catch (InvalidOperationException)
        {
            // An escape that stands for no character.
        }

        return null;
    }
}

/// <summary>What was selected: how much, the first and the last, and a hash over the ids and bodies of all of it.</summary>
public sealed record Selection(long Messages, long Bytes, long SkippedReplays, string? First, string? Last, string Hash);

/// <summary>
/// Counts and hashes records as they are selected; partitions may come in any order, a partition's records in theirs.
/// </summary>
public sealed class SelectionCount
{
    private readonly SortedDictionary<int, IncrementalHash> hashes = [];
    private (DateTimeOffset At, string Place)? first;
    private (DateTimeOffset At, string Place)? last;
    private long messages;
    private long bytes;

    /// <summary>Left out because a replay had produced them.</summary>
    public long SkippedReplays { get; set; }

    public void Add(Envelope envelope, DateTimeOffset writtenAt)
    {
        messages++;
        bytes += envelope.Body.Length;
        var place = $"{envelope.Topic}[{envelope.Partition}] {envelope.Offset}, {writtenAt:yyyy-MM-dd'T'HH:mm:ss'Z'}";
        if (first is null || writtenAt < first.Value.At) first = (writtenAt, place);
        if (last is null || writtenAt >= last.Value.At) last = (writtenAt, place);
        if (!hashes.TryGetValue(envelope.Partition, out var hash))
            hashes[envelope.Partition] = hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(envelope.MessageId.ToByteArray());
        hash.AppendData(BitConverter.GetBytes(envelope.Body.Length));
        hash.AppendData(envelope.Body.Span);
    }

    public Selection Done()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (partition, hash) in hashes)
        {
            all.AppendData(Encoding.UTF8.GetBytes($"{partition}:"));
            all.AppendData(hash.GetHashAndReset());
            hash.Dispose();
        }

        hashes.Clear();
        return new Selection(
            messages, bytes, SkippedReplays, first?.Place, last?.Place, Convert.ToHexStringLower(all.GetHashAndReset()));
    }
}
