using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>What a change of the lines after the final ranking leads to.</summary>
public abstract record LateCorrection
{
    private LateCorrection() { }

    /// <summary>The lines are those that the newest ranking was made from.</summary>
    public sealed record None : LateCorrection;

    /// <summary>The contest's policy is that its result stays.</summary>
    public sealed record Ignore : LateCorrection;

    /// <summary>
    /// The correction window runs again, so that a burst of corrections is one revision; null: the revision before must be
    /// settled first.
    /// </summary>
    public sealed record Wait(DateTimeOffset? Until) : LateCorrection;

    /// <summary>The corrected facts are incomplete or contradict each other, as they may before the first result.</summary>
    public sealed record Held(Hold Hold) : LateCorrection;

    public sealed record Revise : LateCorrection;

    /// <summary>
    /// The ranking before it is not settled, and has not been for long: it is recalled, so that the correction takes its place.
    /// </summary>
    public sealed record Recall : LateCorrection;

    public static LateCorrection Decide(LifecycleView contest, DateTimeOffset now)
    {
        if (contest.IsRecalled) return WhenDue(contest, ChangedGames(contest), now);
        if (contest.Final?.Values.Where(g => !g.RuledOut
            && contest.Games.GetValueOrDefault(g.GameId)?.State.Status == GameStatus.Cancelled)
            .MinBy(g => g.GameId, StringComparer.Ordinal) is { } gone)
        {
            return new Held(new Hold(
                $"game {gone.GameId} counted in the result and is now cancelled; the result stands, and whether it can is for "
                    + $"people to decide", Alerts: true));
        }

        var changed = ChangedGames(contest);
        if (changed.Count == 0) return new None();
        // What is not settled is no result that a policy could keep.
        if (contest.SettledRevision != contest.FinalizedRevision) return WhileUnsettled(contest, changed, now);
        return contest.Definition.LateCorrectionPolicy == LateCorrectionPolicies.Freeze
            ? new Ignore() : WhenDue(contest, changed, now);
    }

    /// <summary>As a rule Settlement takes seconds, and the correction follows as a revision of its own.</summary>
    private static LateCorrection WhileUnsettled(LifecycleView contest, IReadOnlyList<string> changed, DateTimeOffset now)
    {
        if (contest.RecallAskedAt is not null) return new Wait(Until: null);
        var patient = (contest.FinalizedAt ?? contest.LastStepAt) + contest.Patience.Result;
        if (patient > now) return new Wait(patient);
        return WhenDue(contest, changed, now) is Revise ? new Recall() : WhenDue(contest, changed, now);
    }

    private static LateCorrection WhenDue(LifecycleView contest, IReadOnlyList<string> changed, DateTimeOffset now)
    {
        DateTimeOffset? due = changed.Count == 0
            ? null : changed.Max(g => contest.Games[g].State.At).AddSeconds(contest.Definition.CorrectionWindowSeconds);
        if (due > now) return new Wait(due);
        return FindHold.BeforeFinal(contest, now) is { } hold ? new Held(hold) : new Revise();
    }

    /// <summary>
    /// Confirmed games whose lines are not those of the newest ranking. What was ruled out stays so, whatever is played or said
    /// of it later.
    /// </summary>
    public static IReadOnlyList<string> ChangedGames(LifecycleView contest) =>
    [
        .. from final in contest.Final?.Values ?? []
           where !final.RuledOut && contest.Games.GetValueOrDefault(final.GameId)?.State.LineVersions is { } versions
               && CanonicalHash.Of(versions) != final.LinesHash
           orderby final.GameId
           select final.GameId,
    ];
}
