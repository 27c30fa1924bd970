using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.WebConsole.Data;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>How a game stands that a feed tells of.</summary>
/// <param name="Tone">As the style sheet names it.</param>
public sealed record FeedTrouble(string Tone, string Words);

/// <summary>What is wrong with a game's feed, from the row of Ingestion.</summary>
public static class FeedWords
{
    /// <returns>The state that consumers were told last; null: none yet.</returns>
    public static GameStateV1? State(FeedGame game) =>
        game.Published.Length == 0 ? null : JsonSerializer.Deserialize<GameStateV1>(game.Published, WireJson.Options);

    /// <returns>The worst first; empty: nothing is wrong.</returns>
    public static IReadOnlyList<FeedTrouble> Troubles(FeedGame game, DateTimeOffset now)
    {
        var state = State(game);
        var troubles = new List<FeedTrouble>();
        if (state is { MissingSequences.Count: > 0 })
            troubles.Add(new FeedTrouble("bad", $"messages missing: {string.Join(", ", state.MissingSequences)}"));
        if (game.RecoveryFrom > 0)
            troubles.Add(new FeedTrouble("wait", $"the provider was asked {Times(game.RecoveryAttempt)} for what follows number "
                + $"{game.RecoveryFrom - 1}{Again(game.RecoveryDueAt, now)}"));
        if (game.IsSilent) troubles.Add(new FeedTrouble("bad", $"silent for {Written.Age(game.LastSeenAt, now)}"));
        if (state is { Differences.Count: > 0 })
            troubles.Add(new FeedTrouble("bad", $"plays and box differ in {Written.Number(state.Differences.Count)} figures"));
        if (state is { BoxReceived: false, Status: GameStatus.Complete or GameStatus.Closed })
            troubles.Add(new FeedTrouble("bad", "the game is over and its box has not come"));
        return troubles;
    }

    private static string Again(DateTimeOffset? at, DateTimeOffset now) =>
        at is { } due && due > now ? $", again at {Written.Time(due)} UTC" : "";

    private static string Times(int attempts) => attempts == 1 ? "once" : $"{attempts} times";
}
