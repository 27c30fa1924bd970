using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>The headers of CloudEvents 1.0 in Kafka's binary mode.</summary>
internal static class CloudEvents
{
    internal const string Id = "ce_id";
    internal const string Type = "ce_type";
    internal const string Source = "ce_source";
    internal const string Time = "ce_time";
    internal const string SpecVersion = "ce_specversion";
    internal const string ContentType = "content-type";
    internal const string TraceParent = "traceparent";
    internal const string Version = "1.0";
    internal const string Json = "application/json";
    private static readonly byte[] s_json = Encoding.UTF8.GetBytes(Json);
    private static readonly byte[] s_version = Encoding.UTF8.GetBytes(Version);

    internal static Headers Headers(string id, string type, string source, DateTimeOffset time, string? traceParent)
    {
        var headers = new Headers
        {
            { SpecVersion, s_version },
            { Id, Encoding.UTF8.GetBytes(id) },
            { Type, Encoding.UTF8.GetBytes(type) },
            { Source, Encoding.UTF8.GetBytes(source) },
            { Time, Encoding.UTF8.GetBytes(Written(time)) },
            { ContentType, s_json },
        };
        if (!string.IsNullOrEmpty(traceParent)) headers.Add(TraceParent, Encoding.UTF8.GetBytes(traceParent));
        return headers;
    }

    internal static string Written(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    internal static Dictionary<string, string> Read(Headers? headers)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in headers ?? [])
            read[header.Key] = header.GetValueBytes() is { } bytes ? EnvelopeReader.Text(bytes) : "";
        return read;
    }
}
