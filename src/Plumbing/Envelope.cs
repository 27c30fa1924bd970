using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>A record as it came from Kafka: where it was, its CloudEvents headers and its untouched body.</summary>
/// <param name="MessageId">Derived from <c>ce_source</c> and <c>ce_id</c>: what the inbox claims.</param>
/// <param name="WireName"><c>ce_type</c>.</param>
/// <param name="Time"><c>ce_time</c>, UTC: part of the message, the same on every delivery.</param>
/// <param name="TraceParent">W3C trace context, passed on to everything sent while this message is handled.</param>
public sealed record Envelope(
    string Topic, int Partition, long Offset, string Key, Guid MessageId, string WireName, string Source, DateTimeOffset Time,
    string? TraceParent, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>A message that was understood, with the envelope it came in.</summary>
public sealed record Received<T>(T Message, Envelope Envelope) where T : IMessage;
