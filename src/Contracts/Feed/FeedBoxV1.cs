namespace ContestPipeline.Contracts;

/// <summary>The provider's cumulative line per athlete, for reconciliation with the plays.</summary>
/// <remarks>
/// Key: game id. Only the stats named in a line are compared; <see cref="CoveredStats"/> that a line does not name count as 0.
/// </remarks>
/// <param name="Sequence">1-based number of this message in the game's stream (plays, boxes and statuses share one
/// numbering).</param>
/// <param name="CoveredStats">The stats this provider's box reports at all.</param>
/// <param name="Sums">What the lines of the plays must add up to, such as the score; null: only the lines are compared.</param>
[Wire("feed.box.v1", Topics.FeedGames)]
public sealed record FeedBoxV1(
    [FeedId] string GameId, [Between(1, FeedLimits.SequenceMax)] long Sequence,
    [FeedId, AtMost(FeedLimits.StatsMax)] IReadOnlyList<string> CoveredStats,
    [AtMost(FeedBoxV1.LinesMax)] IReadOnlyList<AthleteStatsV1> Lines,
    DateTimeOffset ProviderTime, [AtMost(FeedBoxV1.LinesMax)] IReadOnlyList<BoxSumV1>? Sums = null) : IMessage
{
    /// <summary>
    /// A box names everybody: the athletes of a game, or every player of an activity stream. So no activity contest takes more
    /// players.
    /// </summary>
    public const int LinesMax = 5_000;

    public string IdempotencyKey => $"feed/{GameId}/{Sequence}";
    public string PartitionKey => GameId;
}

/// <summary>
/// A total that is no stat of its own: each stat of one line times its weight. A score against a defence, for example, is
/// 6 for each <c>pa_off_td</c>, 3 for each <c>pa_fg</c> and so on.
/// </summary>
/// <param name="AthleteId">Whose line it is: an athlete or a team unit.</param>
/// <param name="Name">What differences are told under, such as <c>score_allowed</c>; once for each athlete.</param>
/// <param name="Total">As the provider has it from elsewhere than its plays: the scoreboard, the totals of the club.</param>
/// <param name="Weights">By stat name; a stat that the line does not have counts as 0.</param>
public sealed record BoxSumV1(
    [FeedId] string AthleteId, [FeedId] string Name, [Between(-FeedLimits.TotalMax, FeedLimits.TotalMax)] long Total,
    [AtMost(FeedLimits.StatsMax), Between(-FeedLimits.FigureMax, FeedLimits.FigureMax)]
    IReadOnlyDictionary<string, long> Weights);
