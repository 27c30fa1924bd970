using System.Security.Cryptography;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// What is told of a record that cannot be accepted. It is cut where it would not fit its topic, for a rejection that cannot be
/// sent would park the record's key, and who sends such a record in would stop it: a record may be many times larger than its
/// compressed bytes, which is what a broker limits.
/// </summary>
internal static class Rejection
{
    /// <summary>
    /// 1,333,336 as base64; with as many of the largest headers as are kept, each character six bytes when it is escaped, less
    /// than the topic takes.
    /// </summary>
    internal const int BytesMax = 1_000_000;

    private const int HeadersMax = 50;
    private const int TextMax = 1_000;

    /// <param name="at">When it was refused, UTC.</param>
    internal static RejectedV1 Of(
        Envelope envelope, string reason, string? field, string? expected, string? got, DateTimeOffset at)
    {
        var body = envelope.Body;
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in envelope.Headers.OrderByDescending(IsCloudEvents).Take(HeadersMax))
            headers.TryAdd(Cut(name), Cut(text));
        var isCut = body.Length > BytesMax;
        var leftOut = envelope.Headers.Count - headers.Count;
        return new RejectedV1(
            envelope.Topic, envelope.Partition, envelope.Offset, Cut(envelope.Key), reason, Cut(field), Cut(expected), Cut(got),
            headers, (isCut ? body[..BytesMax] : body).ToArray(), at, isCut ? body.Length : null,
            isCut ? Convert.ToHexStringLower(SHA256.HashData(body.Span)) : null, leftOut > 0 ? leftOut : null);
    }

    /// <summary>
    /// Marked with an ellipsis where something is missing; a character of two halves is kept or left out whole.
    /// </summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    internal static string? Cut(string? text) =>
        text is { Length: > TextMax }
            ? text[..(char.IsHighSurrogate(text[TextMax - 2]) ? TextMax - 2 : TextMax - 1)] + "…" : text;

    /// <summary>These say who sent it.</summary>
    private static bool IsCloudEvents(KeyValuePair<string, string> header) =>
        header.Key.StartsWith("ce_", StringComparison.Ordinal);
}
