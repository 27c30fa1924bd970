namespace ContestPipeline.Settlement;

/// <summary>The stats a contest is decided by: which games count and the final line of each athlete in them.</summary>
/// <param name="RuledOutGames">Games whose athletes score 0.</param>
/// <param name="Lines">Stats by game and athlete; an athlete without a line has none, and so 0 points before bonuses.</param>
public sealed record FinalStats(
    IReadOnlySet<string> RuledOutGames,
    IReadOnlyDictionary<(string GameId, string AthleteId), IReadOnlyDictionary<string, long>> Lines)
{
    /// <returns>Null when the game is ruled out or the athlete has no line.</returns>
    public IReadOnlyDictionary<string, long>? Of(string gameId, string athleteId) =>
        !RuledOutGames.Contains(gameId) && Lines.TryGetValue((gameId, athleteId), out var stats) ? stats : null;
}
