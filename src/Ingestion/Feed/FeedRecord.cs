using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>
/// One canonical feed message on its way to the topic, with the moment it arrives relative to the start of the stream.
/// </summary>
/// <param name="AtMs">Milliseconds after the first message of the stream; players divide it by their speed.</param>
/// <param name="Time">The provider's time, which becomes <c>ce_time</c>.</param>
public sealed record FeedRecord(long AtMs, DateTimeOffset Time, IMessage Message)
{
    /// <summary>Wire name (<c>ce_type</c>).</summary>
    public string Type => WireTypes.Of(Message.GetType()).Name;

    /// <summary>What identifies the fact (<c>ce_id</c>): the message's idempotency key.</summary>
    public string Id => Message.IdempotencyKey;
}
