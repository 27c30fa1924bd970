namespace ContestPipeline.Contracts;

/// <summary>
/// One play as a provider reports it: what it adds to each athlete's line. A later revision replaces the earlier one whole.
/// </summary>
/// <remarks>Key: game id. Producers: provider adapters, feed producers. Consumer: Ingestion.</remarks>
/// <param name="EventId">The play's identity within the game; it stays the same through every revision.</param>
/// <param name="Sequence">1-based number of this message in the game's stream; contiguous, a new revision gets a new one.</param>
/// <param name="Revision">1 for the first report; the higher wins.</param>
/// <param name="Op"><c>upsert</c> or <c>delete</c> (a tombstone that beats every lower revision).</param>
/// <param name="Official">False nullifies the play's increments until a later revision is official again.</param>
/// <param name="ProviderTime">When the provider says it happened, UTC.</param>
/// <param name="Clock">Game clock for people, e.g. <c>Q3 07:12</c>.</param>
[Wire("feed.play.v1", Topics.FeedGames)]
public sealed record FeedPlayV1(
    string GameId, string EventId, long Sequence, int Revision, string Op, bool Official,
    IReadOnlyList<AthleteStatsV1> Athletes, DateTimeOffset ProviderTime, string? Clock = null) : IMessage
{
    public string IdempotencyKey => $"feed/{GameId}/{Sequence}";
    public string PartitionKey => GameId;
}

/// <summary>Named whole-number statistics of one athlete, or of a team unit such as a defence (<c>KC-DST</c>).</summary>
/// <param name="AthleteId">The provider's id, never a name: real weeks contain two David Johnsons.</param>
/// <param name="Stats">By stat name (<c>rush_yds</c>): increments in a play, totals in a box.</param>
public sealed record AthleteStatsV1(string AthleteId, IReadOnlyDictionary<string, long> Stats);
