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

    /// <summary>The correction window runs again, so that a burst of corrections is one revision; null: the revision before must be settled first.</summary>
    public sealed record Wait(DateTimeOffset? Until) : LateCorrection;

    /// <summary>The corrected facts are incomplete or contradict each other, as they may before the first result.</summary>
    public sealed record Held(Hold Hold) : LateCorrection;

    public sealed record Revise : LateCorrection;

    public static LateCorrection Decide(LifecycleView contest, DateTimeOffset now)
    {
        var changed = ChangedGames(contest);
        if (changed.Count == 0) return new None();
        if (contest.Definition.LateCorrectionPolicy == LateCorrectionPolicies.Freeze) return new Ignore();
        if (contest.SettledRevision != contest.FinalizedRevision) return new Wait(Until: null);

        var due = changed.Max(g => contest.Games[g].State.At).AddSeconds(contest.Definition.CorrectionWindowSeconds);
        if (due > now) return new Wait(due);
        return FindHold.BeforeFinal(contest, now) is { } hold ? new Held(hold) : new Revise();
    }

    /// <summary>Confirmed games whose lines are not those of the newest ranking. What was ruled out stays so, whatever is played or said of it later.</summary>
    public static IReadOnlyList<string> ChangedGames(LifecycleView contest) =>
    [
        .. from final in contest.Final?.Values ?? []
           where !final.RuledOut && contest.Games.GetValueOrDefault(final.GameId)?.State.LineVersions is { } versions && CanonicalHash.Of(versions) != final.LinesHash
           orderby final.GameId
           select final.GameId,
    ];
}
