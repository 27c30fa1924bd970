namespace ContestPipeline.Contracts;

/// <summary>
/// A recovery is at its end: the provider has sent again what it has of the game, up to a number. Numbers that it never gave to a
/// message are named, and are no gap any more; one that is neither sent nor named stays a gap, and a person is told.
/// </summary>
/// <remarks>Key: game id. It has no sequence number of its own and may come without a request.</remarks>
/// <param name="LastSequence">The last number that the provider has sent for the game.</param>
/// <param name="UnusedSequences">Numbers up to that one under which nothing was or will be sent; null: there are none.</param>
[Wire("feed.snapshot-complete.v1", Topics.FeedGames)]
public sealed record FeedSnapshotCompleteV1(
    [FeedId] string GameId, [Between(0, FeedLimits.SequenceMax)] long LastSequence, DateTimeOffset ProviderTime,
    [AtMost(FeedSnapshotCompleteV1.UnusedMax)] IReadOnlyList<long>? UnusedSequences = null) : IMessage
{
    public const int UnusedMax = 1_000;

    public string IdempotencyKey => $"feed-snapshot-complete/{GameId}/{ProviderTime.UtcTicks}";
    public string PartitionKey => GameId;
}
