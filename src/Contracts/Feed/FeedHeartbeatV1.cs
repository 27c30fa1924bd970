namespace ContestPipeline.Contracts;

/// <summary>The provider is alive and this is the last sequence number it has sent for the game.</summary>
/// <remarks>Key: game id. Heartbeats have no sequence number of their own.</remarks>
[Wire("feed.heartbeat.v1", Topics.FeedGames)]
public sealed record FeedHeartbeatV1(
    [FeedId] string GameId, [Between(0, FeedLimits.SequenceMax)] long LastSequence, DateTimeOffset ProviderTime,
    string? Clock = null) : IMessage
{
    public string IdempotencyKey => $"feed-heartbeat/{GameId}/{ProviderTime.UtcTicks}";
    public string PartitionKey => GameId;
}
