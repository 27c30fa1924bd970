using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Tells a person of entries that were accepted after the first game of their contest had begun, of which the feed told only
/// later. They play on: a provider's clock may be wrong for everybody at once, so that nobody is taken out of a contest on its
/// word; people cancel the contest or let it stand. By the same clocks as <see cref="UndoLateSwaps"/>.
/// </summary>
public static class TellLateEntries
{
    internal static async Task Tell(ContestRow contest, LifecycleView view, DateTimeOffset now, Tx tx)
    {
        if (contest.State is ContestStates.Cancelled or ContestStates.Settled or ContestStates.Paid
            || AdvanceLifecycle.FirstStart(view, now) is not { } start) return;
        var from = start.At + UndoLateSwaps.ClocksApart;
        if (from >= view.Definition.LockAt || await tx.EntriesAfter(contest.ContestId, from) is not { } late) return;
        tx.Alert(ScoringAlerts.LateEntries(contest.ContestId, start.GameId, start.At, late));
    }
}
