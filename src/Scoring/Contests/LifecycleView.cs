using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// What the lifecycle knows of one game: the latest state Ingestion published and when it started and was confirmed.
/// </summary>
/// <param name="StartedAt">When the feed first said that it was under way, UTC; null: not yet.</param>
/// <param name="ConfirmedAt">When it was last confirmed (<c>closed</c>), UTC; null while it is not.</param>
/// <param name="StoredVersions">The version of every line of the game in Scoring's own copy, by athlete.</param>
/// <param name="StoredHash">Of what these lines say, as <see cref="LinesHash"/> makes it; null: not asked for.</param>
public sealed record GameFacts(
    GameStateV1 State, DateTimeOffset? StartedAt, DateTimeOffset? ConfirmedAt, IReadOnlyDictionary<string, long> StoredVersions,
    string? StoredHash = null);

/// <summary>Everything on which the next step of a contest depends.</summary>
/// <param name="State">One of <see cref="ContestStates"/>.</param>
/// <param name="LastStepAt">When that state was reached; no later step has an earlier time.</param>
/// <param name="Games">The games that have been heard of, by id.</param>
/// <param name="FinalizedRevision">The newest revision that Settlement was told to compute; null: none yet.</param>
/// <param name="SettledRevision">The newest revision that Settlement has settled.</param>
/// <param name="FinalizedAt">When that was, UTC; null of rankings of before this was kept.</param>
/// <param name="Final">The games as the newest final ranking counted them, by id; null: there is none yet.</param>
public sealed record LifecycleView(
    ContestDefinitionV1 Definition, string State, DateTimeOffset LastStepAt, int EntryCount,
    IReadOnlyDictionary<string, GameFacts> Games, int? FinalizedRevision = null, DateTimeOffset? SettledAt = null,
    DateTimeOffset? PaidAt = null, int? SettledRevision = null, IReadOnlyDictionary<string, FinalGameRow>? Final = null,
    DateTimeOffset? FinalizedAt = null)
{
    /// <summary>How long it may wait for each thing before somebody is told.</summary>
    public HoldPatience Patience { get; init; } = HoldPatience.Default;

    /// <summary>Since when Settlement is asked to recall the newest ranking without a command, UTC; null: it is not.</summary>
    public DateTimeOffset? RecallAskedAt { get; init; }

    /// <summary>Settlement will never settle the newest ranking: it is made anew, or the contest cancelled.</summary>
    public bool IsRecalled { get; init; }

    /// <summary>Of a challenge; null otherwise.</summary>
    public ProofFacts? Proofs { get; init; }

    /// <summary>Games that were ruled out when the contest became COMPLETE; null: it has not, or that was not kept yet.</summary>
    public IReadOnlySet<string>? RuledOutWhenComplete { get; init; }
}

/// <summary>
/// What makes the lifecycle look at a contest. Facts from other workers are part of the view; these are what arrives beside them.
/// </summary>
public abstract record LifecycleFact
{
    private LifecycleFact(DateTimeOffset now) => Now = now;

    public DateTimeOffset Now { get; }

    /// <summary>The time is now this, UTC: a timer, or something in the view changed.</summary>
    public sealed record TimeIs(DateTimeOffset Now) : LifecycleFact(Now);

    /// <summary>An administrator takes the contest back.</summary>
    public sealed record CancelRequested(DateTimeOffset Now, string Reason, string By) : LifecycleFact(Now);
}

/// <summary>Why a contest does not go on, for people, and whether someone must act.</summary>
/// <param name="Alerts">False while waiting is all that is needed.</param>
/// <param name="Reason">Empty: nothing is to be shown yet.</param>
/// <param name="LookAgainAt">When waiting is no longer enough, UTC; null: only something that changes makes a difference.</param>
/// <param name="IsOverdue">It holds because something took longer than its patience, whatever else goes on.</param>
public sealed record Hold(string Reason, bool Alerts, DateTimeOffset? LookAgainAt = null, bool IsOverdue = false);

/// <summary>What the lifecycle decided.</summary>
/// <param name="Steps">The states to go through, in order; empty: none.</param>
/// <param name="Finalize">True: the final ranking may be computed and published now.</param>
/// <param name="WakeAt">When to look again even if nothing is heard; null: only when something changes.</param>
public sealed record LifecycleDecision(
    IReadOnlyList<LifecycleStepV1> Steps, Hold? Hold, bool Finalize, DateTimeOffset? WakeAt)
{
    /// <summary>True: Settlement is to be asked now to recall the newest ranking.</summary>
    public bool Recall { get; init; }

    /// <summary>With the step to COMPLETE: the games that are ruled out by it, and stay so.</summary>
    public IReadOnlyList<string> RuledOut { get; init; } = [];

    /// <summary>With the step to COMPLETE of a challenge: what its undecided proofs count by; null otherwise.</summary>
    public VerifiedTermsV1? Terms { get; init; }
}
