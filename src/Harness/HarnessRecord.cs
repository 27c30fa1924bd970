using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Harness;

/// <summary>A record as it travels between driven workers, without a broker.</summary>
/// <param name="Topic">Without the prefix.</param>
public sealed record HarnessRecord(
    string Topic, int Partition, long Offset, string Key, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body,
    DateTimeOffset At)
{
    /// <summary>What an outside producer makes of a message.</summary>
    public static HarnessRecord Of(IMessage message, string id, string source, DateTimeOffset time)
    {
        var wire = WireTypes.Of(message.GetType());
        return new HarnessRecord(
            wire.Topic, KeyHash.Partition(message.PartitionKey, Topics.Find(wire.Topic).Partitions), Offset: 0, message.RecordKey,
            CloudEvents.Read(CloudEvents.Headers(id, wire.Name, source, time, TraceParents.Root(message.IdempotencyKey))),
            WireJson.Bytes(message), time);
    }

    /// <summary>As it was read from a broker.</summary>
    public static HarnessRecord Of(Envelope envelope) =>
        new(envelope.Topic, envelope.Partition, envelope.Offset, envelope.Key, envelope.Headers, envelope.Body, envelope.Time);

    internal static HarnessRecord Of(OutboxRow row, string worker) => new(
        row.Topic, KeyHash.Partition(row.PartitionKey, Topics.Find(row.Topic).Partitions), Offset: 0, row.RecordKey,
        CloudEvents.Read(CloudEvents.Headers(
            row.MessageId.ToString(), row.WireName, TopicRights.SourceOf(worker), row.At, row.TraceParent)), row.Body, row.At);

    /// <summary>What the record is to whoever reads it.</summary>
    public Envelope Envelope() => EnvelopeReader.Envelope(Topic, Partition, Offset, Key, Headers, Body, At);
}

/// <summary>What a worker would make of a record, before it handles it.</summary>
public enum Standing
{
    /// <summary>It has no handler for it.</summary>
    PassedOver,

    /// <summary>Its inbox has the id, whatever body comes with it.</summary>
    Known,

    /// <summary>No message of the topic.</summary>
    Malformed,

    /// <summary>It would be handled.</summary>
    New,
}
