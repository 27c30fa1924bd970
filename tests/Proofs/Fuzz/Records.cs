using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>A record as a broker hands it over, with headers, key and time spoilt now and then.</summary>
internal static class Records
{
    private static readonly DateTimeOffset s_time = new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero);

    private static readonly long[] s_timestamps = [long.MaxValue, long.MinValue, -1, 253_402_300_800_000, 1L << 53];

    private static readonly string[] s_texts =
        ["", " ", "\0", "a\0b", "2026-11-21T06:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "24:00",
            "12", "feed.play.v1", "contest.cancel.v1", "stripe.event", "\u202e", new('h', 5_000)];

    public static ConsumeResult<byte[], byte[]> Of(
        string topic, string type, string key, string id, byte[] body, long offset, SeededRandom chance)
    {
        var headers = CloudEvents.Headers(id, type, "fuzz", s_time, chance.Chance(20) ? chance.Pick(s_texts) : null);
        if (chance.Chance(10)) Spoil(headers, chance);
        return new ConsumeResult<byte[], byte[]>
        {
            Topic = topic, Partition = 0, Offset = offset,
            Message = new Message<byte[], byte[]>
            {
                Key = chance.Chance(95)
                    ? Encoding.UTF8.GetBytes(key)
                    : chance.Chance(50) ? null! : MutateBytes.Of(Encoding.UTF8.GetBytes(key), chance),
                Value = chance.Chance(99) ? body : null!,
                Headers = chance.Chance(99) ? headers : null,
                Timestamp = new Timestamp(
                    chance.Chance(98) ? s_time.ToUnixTimeMilliseconds() : chance.Pick(s_timestamps), TimestampType.CreateTime),
            },
        };
    }

    /// <summary>As a careful producer writes it.</summary>
    public static ConsumeResult<byte[], byte[]> Of(
        string topic, string type, string key, string id, byte[] body, long offset) => new()
    {
        Topic = topic, Partition = 0, Offset = offset,
        Message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key), Value = body, Headers = CloudEvents.Headers(id, type, "fuzz", s_time, null),
            Timestamp = new Timestamp(s_time),
        },
    };

    public static DecodeResult Read(ConsumeResult<byte[], byte[]> record, out Envelope envelope)
    {
        envelope = EnvelopeReader.Envelope(record.Topic, record);
        return EnvelopeReader.Read(envelope, custom: null);
    }

    /// <summary>A rejection names its reason, and what it sends can be written and read again.</summary>
    public static string Rejected(Envelope envelope, string reason, string? field, string? expected, string? got)
    {
        Invariant.Holds(reason.Length > 0 && reason.All(c => char.IsAsciiLetterLower(c) || c == '-'), $"'{reason}' is no reason");
        Invariant.Holds(expected is not null, $"{reason} does not say what was expected");
        var rejected = new RejectedV1(
            envelope.Topic, envelope.Partition, envelope.Offset, envelope.Key, reason, field, expected, got, envelope.Headers,
            envelope.Body.ToArray(), envelope.Time);
        var back = WireJson.Read<RejectedV1>(WireJson.Bytes(rejected));
        Invariant.Holds(back.OriginalBytes.AsSpan().SequenceEqual(envelope.Body.Span),
            $"{reason}: the original bytes are not the same any more");
        return "rejected: " + reason;
    }

    private static void Spoil(Headers headers, SeededRandom chance)
    {
        var name = chance.Pick<string>([CloudEvents.Id, CloudEvents.Type, CloudEvents.Source, CloudEvents.Time,
            CloudEvents.TraceParent, "other"]);
        if (chance.Chance(40)) headers.Remove(name);
        else
            headers.Add(name,
                chance.Chance(70) ? Encoding.UTF8.GetBytes(chance.Pick(s_texts)) : chance.Chance(50) ? null! : [0xFF, 0xFE, 0]);
    }
}
