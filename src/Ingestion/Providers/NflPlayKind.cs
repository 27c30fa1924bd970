namespace ContestPipeline.Ingestion.Providers;

/// <summary>What sort of play it was, as far as the score of a defence unit depends on it.</summary>
public sealed record NflPlayKind(bool IsKickoff, bool IsPunt, bool IsFieldGoal, bool IsMissedFieldGoal, bool IsBlocked)
{
    private const int OutOfBounds = 54;

    public bool IsKick => IsKickoff || IsPunt || IsFieldGoal;

    /// <summary>
    /// A fumble out of bounds through the other club's end zone is lost to it, though nobody there recovers the ball: a
    /// touchback.
    /// </summary>
    public static bool IsTouchbackOf(NflPlay play, string fumbling) =>
        play.Events.Any(e => e.StatId == OutOfBounds && e.Club == fumbling)
        && !play.Events.Any(e => e.StatId is 59 or 60 && e.Club != fumbling);

    public static NflPlayKind Of(NflPlay play)
    {
        bool Has(params ReadOnlySpan<int> ids)
        {
            foreach (var e in play.Events)
            {
                if (ids.Contains(e.StatId)) return true;
            }

            return false;
        }

        return new NflPlayKind(
            IsKickoff: Has(41, 42, 43, 44, 102, 107, 108, 410),
            IsPunt: Has(2, 29, 30, 31, 32),
            IsFieldGoal: Has(69, 70, 71),
            IsMissedFieldGoal: Has(69, 71),
            IsBlocked: Has(2, 71, 74, 86, 87, 88));
    }
}
