namespace ContestPipeline.Contracts;

/// <summary>
/// What is known of a game as a whole: its status, whether anything is missing, and whether plays and box agree.
/// </summary>
/// <remarks>
/// Record key and partition: game id, on the topic of the lines. Producer: Ingestion. Consumers keep the highest version.
/// </remarks>
/// <param name="Version">Rises by one with every published change.</param>
/// <param name="Incomplete">True while messages of the stream are missing or the feed has been silent too long.</param>
/// <param name="MissingSequences">The first missing sequence numbers, 20 at most.</param>
/// <param name="BoxReceived">True once a box has been compared.</param>
/// <param name="Differences">Where plays and box disagree, ordered by athlete and stat; where there are more than 200 figures,
/// the 200 that are furthest apart.</param>
/// <param name="LineVersions">The version of every line of the game, sent while the status is complete or closed; null
/// before.</param>
/// <param name="LinesHash">Of what these lines say, as <c>LinesHash.Of</c> makes it; null where <paramref name="LineVersions"/>
/// is.</param>
/// <param name="StartsAt">When the game is to begin, as the provider said last, UTC; null: it has not said.</param>
/// <param name="StartedAt">
/// When it began, UTC: the earliest provider's time of a status that says so, of a play that counts or of a box with a figure;
/// null: nothing says so (any more).
/// </param>
[Wire("game.state.v1", Topics.StatLines)]
public sealed record GameStateV1(
    string GameId, long Version, [OneOf(typeof(GameStatus))] string Status, string? Clock, bool Incomplete,
    [AtMost(20)] IReadOnlyList<long> MissingSequences,
    bool BoxReceived, [AtMost(200)] IReadOnlyList<StatDifferenceV1> Differences, IReadOnlyDictionary<string, long>? LineVersions,
    DateTimeOffset At, DateTimeOffset? StartsAt = null, DateTimeOffset? StartedAt = null, string? LinesHash = null) : IMessage
{
    public string IdempotencyKey => $"game/{GameId}/{Version}";
    public string PartitionKey => GameId;
}

/// <summary>One stat for which the plays add up to one figure and the provider's box says another.</summary>
public sealed record StatDifferenceV1(string AthleteId, string Stat, long FromPlays, long FromBox);
