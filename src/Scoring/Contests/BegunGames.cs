using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// Which games of a contest have begun: those that the feed says are under way, and those whose start has come by the definition
/// or by the provider, the earliest of them. A feed that lags, or says nothing, makes no game unbegun.
/// </summary>
public static class BegunGames
{
    /// <param name="heard">What the feed says of the starts of this contest's games; those of which it says nothing are left
    /// out.</param>
    /// <param name="now">UTC. What the feed tells as begun has begun, also when its clock is ahead of this one.</param>
    /// <param name="isAgain">As of <see cref="JudgedAt.Of"/>: what began later had not begun by then.</param>
    public static IReadOnlySet<string> At(
        ContestDefinitionV1 definition, IEnumerable<HeardStart> heard, DateTimeOffset now, bool isAgain = false)
    {
        var begun = heard.Where(h => (isAgain ? h.StartedAt <= now : h.StartedAt is not null) || h.StartsAt <= now)
            .Select(h => h.GameId)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (gameId, startsAt) in definition.GameStarts ?? new Dictionary<string, DateTimeOffset>())
        {
            if (startsAt <= now) begun.Add(gameId);
        }

        return begun;
    }
}
