namespace ContestPipeline.Contracts;

/// <summary>A fact or a command that crosses a process boundary through Kafka.</summary>
public interface IMessage
{
    /// <summary>What the message is about, in words: the same fact always has the same key, and so the same message id.</summary>
    string IdempotencyKey { get; }

    /// <summary>Messages with the same partition key keep their order (contest id, game id, account id).</summary>
    string PartitionKey { get; }

    /// <summary>
    /// The Kafka record key: what a compacted topic keeps the last of. The partition key unless a message says otherwise.
    /// </summary>
    string RecordKey => PartitionKey;
}

/// <summary>The name a message has on the wire (CloudEvents <c>ce_type</c>) and the topic it travels on.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WireAttribute(string name, string topic) : Attribute
{
    public string Name { get; } = name;
    public string Topic { get; } = topic;

    /// <summary>
    /// Where an earlier release sent it, and where its reader decides whether it still has a right to be; null: nowhere else.
    /// </summary>
    public string? FormerTopic { get; init; }
}
