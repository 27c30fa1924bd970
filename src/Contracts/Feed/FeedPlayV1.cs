namespace ContestPipeline.Contracts;

/// <summary>
/// One play as a provider reports it: what it adds to each athlete's line. A later revision replaces the earlier one whole.
/// </summary>
/// <remarks>Key: game id. Producers: provider adapters, feed producers. Consumer: Ingestion.</remarks>
/// <param name="EventId">The play's identity within the game; it stays the same through every revision.</param>
/// <param name="Sequence">1-based number of this message in the game's stream; contiguous, a new revision gets a new one.</param>
/// <param name="Revision">1 for the first report; the higher wins.</param>
/// <param name="Op">One of <see cref="PlayOps"/>.</param>
/// <param name="Athletes">Those to whom it adds something; empty for a play that is withdrawn.</param>
/// <param name="Official">False nullifies the play's increments until a later revision is official again.</param>
/// <param name="ProviderTime">When the provider says it happened, UTC.</param>
/// <param name="Clock">Game clock for people, e.g. <c>Q3 07:12</c>.</param>
[Wire("feed.play.v1", Topics.FeedGames)]
public sealed record FeedPlayV1(
    [FeedId] string GameId, [FeedId] string EventId, [Between(1, FeedLimits.SequenceMax)] long Sequence,
    [Between(1, FeedLimits.RevisionMax)] int Revision, [OneOf(typeof(PlayOps))] string Op, bool Official,
    [AtMost(FeedLimits.AthletesMax), Between(-FeedLimits.FigureMax, FeedLimits.FigureMax, Of = "stats")]
    IReadOnlyList<AthleteStatsV1> Athletes, DateTimeOffset ProviderTime, string? Clock = null) : IMessage
{
    public string IdempotencyKey => $"feed/{GameId}/{Sequence}";
    public string PartitionKey => GameId;
}

/// <summary>What a message says of a play.</summary>
public static class PlayOps
{
    /// <summary>The play is so from now on.</summary>
    public const string Upsert = "upsert";

    /// <summary>The play is withdrawn: a tombstone that beats every lower revision.</summary>
    public const string Delete = "delete";

    public static IReadOnlyList<string> All { get; } = [Upsert, Delete];
}

/// <summary>Named whole-number statistics of one athlete, or of a team unit such as a defence (<c>KC-DST</c>).</summary>
/// <param name="AthleteId">The provider's id, never a name: real weeks contain two David Johnsons.</param>
/// <param name="Stats">By stat name (<c>rush_yds</c>): increments in a play, totals in a box.</param>
public sealed record AthleteStatsV1(
    [FeedId] string AthleteId,
    [AtMost(FeedLimits.StatsMax), Between(-FeedLimits.TotalMax, FeedLimits.TotalMax)] IReadOnlyDictionary<string, long> Stats);
