namespace ContestPipeline.Contracts;

/// <summary>The provider's cumulative line per athlete, for reconciliation with the plays.</summary>
/// <remarks>
/// Key: game id. Only the stats named in a line are compared; <see cref="CoveredStats"/> that a line does not name count as 0.
/// </remarks>
/// <param name="Sequence">1-based number of this message in the game's stream (plays, boxes and statuses share one
/// numbering).</param>
/// <param name="CoveredStats">The stats this provider's box reports at all.</param>
[Wire("feed.box.v1", Topics.FeedGames)]
public sealed record FeedBoxV1(
    [FeedId] string GameId, [Between(1, FeedLimits.SequenceMax)] long Sequence,
    [FeedId, AtMost(FeedLimits.StatsMax)] IReadOnlyList<string> CoveredStats,
    [AtMost(FeedBoxV1.LinesMax)] IReadOnlyList<AthleteStatsV1> Lines,
    DateTimeOffset ProviderTime) : IMessage
{
    /// <summary>
    /// A box names everybody: the athletes of a game, or every player of an activity stream. So no activity contest takes more
    /// players.
    /// </summary>
    public const int LinesMax = 5_000;

    public string IdempotencyKey => $"feed/{GameId}/{Sequence}";
    public string PartitionKey => GameId;
}
