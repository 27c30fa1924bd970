namespace ContestPipeline.Contracts;

/// <summary>
/// Messages of a game have been missing for so long that the provider is asked to send them again. An answer is the missing
/// messages themselves, as they were, and a <see cref="FeedSnapshotCompleteV1"/> after the last of them.
/// </summary>
/// <remarks>Key: game id. Producer: Ingestion. Readers: whoever sends the feed.</remarks>
/// <param name="FromSequence">The first number that is missing.</param>
/// <param name="ToSequence">The highest number known to exist; everything from the one to the other may be sent again.</param>
/// <param name="MissingSequences">The missing numbers, in order; the first 20 where more are missing.</param>
/// <param name="Attempt">1 for the first request of this gap; it is repeated at growing distances.</param>
[Wire("feed.recovery-requested.v1", Topics.FeedRecovery)]
public sealed record FeedRecoveryRequestedV1(
    [FeedId] string GameId, [Between(1, FeedLimits.SequenceMax)] long FromSequence,
    [Between(1, FeedLimits.SequenceMax)] long ToSequence, [AtMost(20)] IReadOnlyList<long> MissingSequences,
    [Between(1, 100)] int Attempt, DateTimeOffset RequestedAt) : IMessage
{
    public string IdempotencyKey => $"feed-recovery/{GameId}/{FromSequence}/{Attempt}/{RequestedAt.UtcTicks}";
    public string PartitionKey => GameId;
}
