using ContestPipeline.Contracts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>contest.awards.v1 in: one chunk of prizes stored. Money moves only when all chunks and the totals agree.</summary>
/// <param name="overlay">How much the house may add to a pool.</param>
public sealed class ContestAwardsHandler(OverlayLimit overlay) : IHandler<ContestAwardsV1>
{
    public async Task Handle(Received<ContestAwardsV1> received, Tx tx)
    {
        var chunk = received.Message;
        var fault = CheckAwards.Fault(chunk);
        Invariant.Holds(
            fault is null, $"awards of contest {chunk.ContestId} revision {chunk.Revision} chunk {chunk.Chunk}: {fault}");

        await tx.LockCollections([chunk.ContestId]);
        await tx.OpenContest(chunk.ContestId, chunk.Revision, chunk.Currency);
        if (!await tx.ClaimChunk(chunk, CanonicalHash.OfBytes(WireJson.Bytes(chunk)))) return;
        await tx.CopyAwards(chunk);
        await tx.CountReceived(chunk);
        await tx.AdvanceIfReady(chunk.ContestId, chunk.Revision, overlay);
    }
}

/// <summary>
/// contest.settled.v1 in: the totals stored, and the contest released for posting when its chunks agree with them.
/// </summary>
/// <param name="overlay">How much the house may add to a pool.</param>
public sealed class ContestSettledHandler(OverlayLimit overlay) : IHandler<ContestSettledV1>
{
    public async Task Handle(Received<ContestSettledV1> received, Tx tx)
    {
        var settled = received.Message;
        await tx.LockCollections([settled.ContestId]);
        await tx.OpenContest(settled.ContestId, settled.Revision, settled.Currency);
        await tx.RememberTrace(PayoutTraces.Of(settled.ContestId, settled.Revision), received.Envelope);
        if (!await tx.StoreSettlement(settled, CanonicalHash.Of(settled))) return;
        await tx.AdvanceAll(settled.ContestId, overlay);
    }
}

/// <summary>Moves a contest on when everything that was settled has arrived.</summary>
public static class Advancing
{
    /// <summary>Every revision that waits: what one of them waited for may be what has just come.</summary>
    public static async Task AdvanceAll(this Tx tx, string contestId, OverlayLimit overlay)
    {
        foreach (var revision in await tx.WaitingRevisions(contestId)) await tx.AdvanceIfReady(contestId, revision, overlay);
    }

    /// <summary>
    /// The contest was cancelled. What waits or is being posted is held, and so is each payout when its turn comes; of what has
    /// begun to be paid a person is told.
    /// </summary>
    public static async Task HoldCancelled(this Tx tx, string contestId, OverlayLimit overlay)
    {
        await tx.AdvanceAll(contestId, overlay);
        foreach (var revision in await tx.PayingRevisions(contestId))
        {
            await tx.AdvanceIfReady(contestId, revision, overlay);
            var contest = await tx.LockReceived(contestId, revision);
            if (contest.State == PayingState.Paying && (await tx.Grounds(contestId, revision)).CancelReason is { } cancelled)
                tx.Alert(AwardAlerts.Unfounded(contest, cancelled));
        }
    }

    public static async Task AdvanceIfReady(this Tx tx, string contestId, int revision, OverlayLimit overlay)
    {
        var contest = await tx.LockReceived(contestId, revision);
        var collected = revision == 1 ? await tx.CollectedFees(contestId, revision) : CollectedFees.None;
        var step = AdvanceContest.Decide(
            contest, await tx.Totals(contestId, revision), collected, await tx.Grounds(contestId, revision), overlay);
        if (step is AdvanceContest.Post && await tx.StrangePrize(contestId, revision) is { } strange)
            step = new AdvanceContest.Hold(strange.Fault);
        switch (step)
        {
            case AdvanceContest.Post:
                await tx.SetContestState(contest, PayingState.Posting, null);
                tx.ResolveAlert(
                    UnfoundedResultsJob.AlertKey(contestId, revision), "Scoring has published and finalised the contest");
                tx.ResolveAlert(AwardAlerts.DifferKey(contestId, revision),
                    "chunks, totals and collected fees agree: the awards are posted");
                break;
            case AdvanceContest.Hold hold:
                await tx.SetContestState(contest, PayingState.Held, hold.Reason);
                tx.Alert(AwardAlerts.Differ(contestId, revision, hold.Reason));
                break;
            case AdvanceContest.Unfounded unfounded:
                await tx.SetContestState(contest, PayingState.Held, unfounded.Reason);
                tx.Alert(AwardAlerts.Unfounded(contest, unfounded.Reason));
                break;
        }
    }
}
