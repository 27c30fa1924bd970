using ContestPipeline.Payout.Recovery;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>A comparison that is to be made now.</summary>
/// <param name="From">The beginning of what is compared, UTC.</param>
/// <param name="To">Its end: now.</param>
/// <param name="DueAt">When it was to be made.</param>
public sealed record ReconcileTurn(DateTimeOffset From, DateTimeOffset To, DateTimeOffset DueAt);

/// <summary>When the scheduled comparison is made, and how far it looks back. No clock, no database.</summary>
public static class NextReconcile
{
    /// <summary>From one comparison to the next while books are recovered.</summary>
    public static readonly TimeSpan InRecoveryEvery = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A run that comes late looks back further by as much as it is late: what happened while nothing ran or Stripe gave no lists
    /// is compared like everything else, in one run, since the two halves of a thing may lie as far apart as the pipeline stood
    /// still. Right after a start it waits until what arrived meanwhile has been handled, and could be taken for missing.
    /// </summary>
    /// <param name="comparedUntil">The end of what has been compared; null: nothing yet.</param>
    /// <param name="recovery">One that is under way: it is compared every few minutes, from before the moment since when the
    /// books may lack something.</param>
    /// <param name="startedAt">When this process began to handle what arrived.</param>
    /// <returns>Null when none is due.</returns>
    public static ReconcileTurn? Of(DateTimeOffset? comparedUntil, DateTimeOffset startedAt, DateTimeOffset now,
        ReconcileOptions options, RecoveryFacts? recovery = null)
    {
        if (recovery is { State: RecoveryState.Recovering, StartedAt: { } begunAt })
        {
            var next = (comparedUntil > begunAt ? comparedUntil.Value : begunAt) + InRecoveryEvery;
            return now < next ? null : new ReconcileTurn(recovery.LostSince - options.Window, now, next);
        }

        var readyAt = startedAt + options.Settling;
        var dueAt = comparedUntil + options.Every ?? readyAt;
        if (now < dueAt || now < readyAt) return null;
        return new ReconcileTurn((comparedUntil is null ? now : dueAt) - options.Window, now, dueAt);
    }
}
