using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>
/// Whose lines a contest counts, and in which game: the athletes of the definition, in an activity contest the players who
/// entered.
/// </summary>
public static class AthletePool
{
    /// <returns>In no particular order, each once.</returns>
    public static IEnumerable<(string GameId, string AthleteId)> Of(ContestDefinitionV1 definition, EntryBook entries) =>
        definition.Kind == ContestKinds.Activity
            ? entries.Lineups.ToArray().Select(player => (definition.GameIds[0], player))
            : definition.Athletes.Select(a => (a.GameId, a.AthleteId));
}
