namespace ContestPipeline.Ingestion.Providers;

/// <summary>What sort of play it was, as far as the score of a defence unit depends on it.</summary>
public sealed record NflPlayKind(bool IsKickoff, bool IsPunt, bool IsFieldGoal, bool IsMissedFieldGoal, bool IsBlocked)
{
    public bool IsKick => IsKickoff || IsPunt || IsFieldGoal;

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
