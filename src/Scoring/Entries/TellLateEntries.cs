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
    /// <summary>Of the alert that is told of them; the contest's id follows.</summary>
    public const string Kind = "late-entries";

    internal static async Task Tell(ContestRow contest, LifecycleView view, DateTimeOffset now, Tx tx)
    {
        if (contest.State is ContestStates.Cancelled or ContestStates.Settled or ContestStates.Paid
            || AdvanceLifecycle.FirstStart(view, now) is not { } start) return;
        var from = start.At + UndoLateSwaps.ClocksApart;
        if (from >= view.Definition.LockAt || await tx.EntriesAfter(contest.ContestId, from) is not { } late) return;
        tx.Alert(
            $"{Kind}/{contest.ContestId}/{start.GameId}", "warning", Kind, contest.ContestId,
            $"The feed tells that game {start.GameId} of contest {contest.ContestId} had begun at {start.At:u}, before "
                + $"{late.Count} of its entries were accepted, {late.FirstId} at {late.FirstAt:u} the first of them. They play "
                + $"on.",
            "Decide before its payouts go whether the contest can stand, or cancel it (contestctl contest cancel). Name the "
                + "games' scheduled starts in definitions, and see why the feed was late.");
    }
}
