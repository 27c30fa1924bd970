using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>contest.awards.v1 in: one chunk of prizes stored. Money moves only when all chunks and the totals agree.</summary>
public sealed class ContestAwardsHandler : IHandler<ContestAwardsV1>
{
    public async Task Handle(Received<ContestAwardsV1> received, Tx tx)
    {
        var chunk = received.Message;
        var fault = CheckAwards.Fault(chunk);
        Invariant.Holds(fault is null, $"awards of contest {chunk.ContestId} revision {chunk.Revision} chunk {chunk.Chunk}: {fault}");

        await tx.LockCollections([chunk.ContestId]);
        await tx.OpenContest(chunk.ContestId, chunk.Revision, chunk.Currency);
        if (!await tx.ClaimChunk(chunk, CanonicalHash.OfBytes(WireJson.Bytes(chunk)))) return;
        await tx.CopyAwards(chunk);
        await tx.CountReceived(chunk);
        await tx.AdvanceIfReady(chunk.ContestId, chunk.Revision);
    }
}

/// <summary>contest.settled.v1 in: the totals stored, and the contest released for posting when its chunks agree with them.</summary>
public sealed class ContestSettledHandler : IHandler<ContestSettledV1>
{
    public async Task Handle(Received<ContestSettledV1> received, Tx tx)
    {
        var settled = received.Message;
        await tx.LockCollections([settled.ContestId]);
        await tx.OpenContest(settled.ContestId, settled.Revision, settled.Currency);
        await tx.RememberTrace(PayoutTraces.Of(settled.ContestId, settled.Revision), received.Envelope);
        if (!await tx.StoreSettlement(settled, CanonicalHash.Of(settled))) return;
        await tx.AdvanceIfReady(settled.ContestId, settled.Revision);
    }
}

/// <summary>Moves a contest on when everything that was settled has arrived.</summary>
public static class Advancing
{
    public static async Task AdvanceIfReady(this Tx tx, string contestId, int revision)
    {
        var contest = await tx.LockReceived(contestId, revision);
        var collected = revision == 1 ? await tx.CollectedFees(contestId, revision) : CollectedFees.None;
        switch (AdvanceContest.Decide(contest, await tx.Totals(contestId, revision), collected))
        {
            case AdvanceContest.Post:
                await tx.SetContestState(contest, ContestState.Posting, null);
                break;
            case AdvanceContest.Hold hold:
                await tx.SetContestState(contest, ContestState.Held, hold.Reason);
                tx.Alert($"awards-differ/{contestId}/{revision}", "critical", "awards-differ", contestId, hold.Reason,
                    "compare the award chunks with the settlement; nothing of this contest is paid");
                break;
        }
    }
}
