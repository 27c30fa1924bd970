namespace ContestPipeline.Contracts;

/// <summary>The state of a game changed.</summary>
/// <remarks>Key: game id.</remarks>
/// <param name="Status">One of <see cref="GameStatus"/>.</param>
/// <param name="Sequence">1-based number of this message in the game's stream.</param>
/// <param name="StartsAt">When the game is to begin, as the provider has it by now, UTC; null: it does not say, and what it said
/// before holds.</param>
[Wire("feed.status.v1", Topics.FeedGames)]
public sealed record FeedStatusV1(
    [FeedId] string GameId, [Between(1, FeedLimits.SequenceMax)] long Sequence, [OneOf(typeof(GameStatus))] string Status,
    DateTimeOffset ProviderTime, string? Clock = null, string? Reason = null,
    DateTimeOffset? StartsAt = null) : IMessage
{
    public string IdempotencyKey => $"feed/{GameId}/{Sequence}";
    public string PartitionKey => GameId;
}

/// <summary>
/// The states of a game, after the providers' own: <c>complete</c> is over but unconfirmed, <c>closed</c> is confirmed.
/// </summary>
public static class GameStatus
{
    public const string Scheduled = "scheduled";
    public const string InProgress = "in_progress";
    public const string Complete = "complete";
    public const string Closed = "closed";
    public const string Delayed = "delayed";
    public const string Suspended = "suspended";
    public const string Postponed = "postponed";
    public const string Cancelled = "cancelled";

    /// <summary>Whether a game in this state is or was under way.</summary>
    public static bool HasBegun(string status) => status is InProgress or Suspended or Complete or Closed;

    public static IReadOnlyList<string> All { get; } = [Scheduled, InProgress, Complete, Closed, Delayed, Suspended, Postponed,
        Cancelled];
}
