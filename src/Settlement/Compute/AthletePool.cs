using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>
/// Whose lines a contest counts, and in which game: the athletes of the definition, or the players who entered where they
/// score themselves.
/// </summary>
public static class AthletePool
{
    /// <returns>In no particular order, each once.</returns>
    public static IEnumerable<(string GameId, string AthleteId)> Of(ContestDefinitionV1 definition, EntryBook entries) =>
        ContestKinds.GameOfPlayers(definition) is { } game
            ? entries.Lineups.ToArray().Select(player => (game, player))
            : definition.Athletes.Select(a => (a.GameId, a.AthleteId));
}
