using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What a record turned out to be.</summary>
internal abstract record DecodeResult
{
    private DecodeResult()
    {
    }

    internal sealed record Decoded(IMessage Message) : DecodeResult;

    /// <summary>A valid record that its topic's own reader has no use for.</summary>
    internal sealed record Ignored : DecodeResult;

    /// <param name="Field">Header or JSON path at fault.</param>
    internal sealed record Malformed(string Reason, string? Field, string? Expected, string? Got) : DecodeResult;
}

/// <summary>Turns a Kafka record into an envelope and a message, or says what is wrong with it.</summary>
internal static partial class EnvelopeReader
{
    private const int GotCharactersMax = 200;

    /// <param name="topic">Without the prefix.</param>
    internal static Envelope Envelope(string topic, ConsumeResult<byte[], byte[]> record) => Envelope(
        topic, record.Partition.Value, record.Offset.Value, record.Message.Key is { } key ? Text(key) : "",
        CloudEvents.Read(record.Message.Headers), record.Message.Value ?? [],
        RecordTime(record.Message.Timestamp.UnixTimestampMs));

    /// <summary>
    /// What a record takes of memory, in bytes: a sender may put as much into headers and key as into the value.
    /// </summary>
    internal static int Bytes(
        ConsumeResult<byte[], byte[]> record) => (record.Message.Value?.Length ?? 0) + (record.Message.Key?.Length ?? 0)
        + (record.Message.Headers ?? []).Sum(header => header.Key.Length + (header.GetValueBytes()?.Length ?? 0));

    /// <summary>A producer may write any number, also one that is no time of this calendar.</summary>
    internal static DateTimeOffset RecordTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <param name="otherwise">The time when <c>ce_time</c> is none.</param>
    internal static Envelope Envelope(
        string topic, int partition, long offset, string key, IReadOnlyDictionary<string, string> headers,
        ReadOnlyMemory<byte> body, DateTimeOffset otherwise)
    {
        var id = headers.GetValueOrDefault(CloudEvents.Id, "");
        var source = headers.GetValueOrDefault(CloudEvents.Source, "");
        return new Envelope(
            topic, partition, offset, key, DeterministicId.From(source + "\n" + id),
            headers.GetValueOrDefault(CloudEvents.Type, ""), source,
            Time(headers.GetValueOrDefault(CloudEvents.Time)) ?? otherwise, headers.GetValueOrDefault(CloudEvents.TraceParent),
            headers, body);
    }

    /// <summary>Bytes as text that PostgreSQL can store: it knows no NUL.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).Replace('\0', '\uFFFD');

    /// <summary>The id of a record that has none of its own to trust: where it is.</summary>
    internal static Guid PlaceId(Envelope envelope) =>
        DeterministicId.From($"record/{envelope.Topic}/{envelope.Partition}/{envelope.Offset}");

    /// <param name="custom">The topic's own reader; null: the body is JSON of the type that <c>ce_type</c> names.</param>
    internal static DecodeResult Read(Envelope envelope, Func<Envelope, IMessage?>? custom)
    {
        foreach (var header in (string[])[CloudEvents.Id, CloudEvents.Type, CloudEvents.Source, CloudEvents.Time])
        {
            if (string.IsNullOrEmpty(envelope.Headers.GetValueOrDefault(header)))
                return new DecodeResult.Malformed("header-missing", header, "a CloudEvents 1.0 header", null);
        }

        if (TopicRights.SourcesOf(envelope.Topic) is { Count: > 0 } sources && !sources.Contains(envelope.Source))
            return new DecodeResult.Malformed(
                "source-not-allowed", CloudEvents.Source, string.Join(" or ", sources), envelope.Source);
        if (InvalidHeader(envelope.Headers) is { } invalid) return invalid;
        if (!Utf8.IsValid(envelope.Body.Span))
            return new DecodeResult.Malformed("body-invalid", null, "UTF-8 text", Beginning(envelope.Body.Span));
        return custom is null ? ReadJson(envelope) : ReadOwn(envelope, custom);
    }

    /// <summary>Version and content type may be left out, since all there is here is CloudEvents 1.0 with JSON.</summary>
    private static DecodeResult.Malformed? InvalidHeader(IReadOnlyDictionary<string, string> headers)
    {
        if (headers.TryGetValue(CloudEvents.SpecVersion, out var version) && version != CloudEvents.Version)
            return Invalid(CloudEvents.SpecVersion, CloudEvents.Version);
        if (headers.TryGetValue(CloudEvents.ContentType, out var type)
            && !type.Split(';')[0].Trim().Equals(CloudEvents.Json, StringComparison.OrdinalIgnoreCase))
            return Invalid(CloudEvents.ContentType, CloudEvents.Json);
        return Time(headers[CloudEvents.Time]) is null ? Invalid(CloudEvents.Time, "an RFC 3339 time") : null;

        DecodeResult.Malformed Invalid(string header, string expected) =>
            new("header-invalid", header, expected, headers[header]);
    }

    private static DecodeResult ReadOwn(Envelope envelope, Func<Envelope, IMessage?> custom)
    {
        try
        {
            return custom(envelope) is { } message ? new DecodeResult.Decoded(message) : new DecodeResult.Ignored();
        }
        catch (JsonException wrong)
        {
            return FromJson(wrong, envelope);
        }
    }

    private static DecodeResult ReadJson(Envelope envelope)
    {
        if (WireTypes.Find(envelope.WireName) is not { } type)
            return new DecodeResult.Malformed(
                "type-unknown", CloudEvents.Type, $"a message type of {envelope.Topic}", envelope.WireName);
        if (WireTypes.Of(type) is { Topic: { Length: > 0 } home } wire && home != envelope.Topic
            && wire.FormerTopic != envelope.Topic)
            return new DecodeResult.Malformed(
                "type-on-wrong-topic", CloudEvents.Type, $"a message type of {envelope.Topic}", envelope.WireName);
        if (envelope.Body.Span.IndexOf("\\u0000"u8) >= 0)
            return new DecodeResult.Malformed("body-invalid", null, "text without NUL characters", "\\u0000");
        try
        {
            return new DecodeResult.Decoded((IMessage)WireJson.Read(envelope.Body.Span, type));
        }
        catch (JsonException wrong)
        {
            return FromJson(wrong, envelope);
        }
    }

    private static DecodeResult.Malformed FromJson(JsonException wrong, Envelope envelope)
    {
        var path = wrong.Path;
        var field = Missing(wrong.Message) ?? path;
        var expected = JsonFault.Words(wrong);
        return new DecodeResult.Malformed("body-invalid", field, expected, Got(envelope.Body.Span, path));
    }

    /// <summary>
    /// The serializer names missing fields only in its words: "... was missing required properties including: 'gameId', ...".
    /// </summary>
    private static string? Missing(string words)
    {
        const string marker = "including: '";
        var start = words.IndexOf(marker, StringComparison.Ordinal);
        if (start < 0) return null;
        start += marker.Length;
        var end = words.IndexOf('\'', start);
        return end < 0 ? null : "$." + words[start..end];
    }

    /// <summary>What stands at a simple path (<c>$.a.b[3]</c>); the body's beginning when it is no JSON at all.</summary>
    private static string? Got(ReadOnlySpan<byte> body, string? path)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            var at = document.RootElement;
            foreach (var step in (path ?? "$").Split(['.', '['], StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                if (at.ValueKind == JsonValueKind.Array
                    && int.TryParse(step.TrimEnd(']'), CultureInfo.InvariantCulture, out var i) && i < at.GetArrayLength())
                    at = at[i];
                else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at)) return null;
            }

            return Short(at.GetRawText());
        }
        catch (JsonException)
        {
            return Beginning(body);
        }
        catch (InvalidOperationException)
        {
            // An escape that stands for no character, found only now: names and strings are unescaped when they are asked for.
            return Beginning(body);
        }
    }

    private static string Beginning(ReadOnlySpan<byte> body) => Short(Text(body[..Math.Min(body.Length, GotCharactersMax)]));

    private static string Short(string text) => text.Length <= GotCharactersMax ? text : text[..GotCharactersMax];

    private static DateTimeOffset? Time(string? text) => text is not null && Rfc3339().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>Date, time and offset; without an offset nobody knows when it is.</summary>
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
