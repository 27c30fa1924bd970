using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Settlement's answer to a recall in: the contest is cancelled, its ranking made anew, or it turns out to be settled.
/// </summary>
public sealed class RecallHandler(ContestDefinitions definitions, HoldPatience patience) : IHandler<RecallAnsweredV1>
{
    public async Task Handle(Received<RecallAnsweredV1> received, Tx tx)
    {
        var answer = received.Message;
        var contest = (await tx.LockContests([answer.ContestId])).SingleOrDefault()
            ?? throw new InvariantException($"contest {answer.ContestId} was recalled at Settlement and is not published here");
        var now = tx.NowStored();
        if (answer.SettledAt is { } settledAt) await Settled(answer, settledAt, now, received.Envelope, tx);
        else if (answer.Purpose == RecallPurposes.Cancel) await Cancel(contest, answer, now, received.Envelope, tx);
        else await tx.MarkRecalled(answer, now);
    }

    /// <summary>The result says so as well; here it may have been lost with a database that went back.</summary>
    private static async Task Settled(
        RecallAnsweredV1 answer, DateTimeOffset settledAt, DateTimeOffset now, Envelope cause, Tx tx)
    {
        var revision = answer.Purpose == RecallPurposes.Cancel ? 1 : answer.Revision;
        if (await tx.MarkSettled(answer.ContestId, revision, settledAt, now) == 0)
            tx.Alert(ScoringAlerts.SettledNotFinal(answer.ContestId, revision));
        if ((await tx.Commands([answer.RequestId])).SingleOrDefault() is not { } command) return;
        tx.Send(
            new CommandRejectedV1(
                command.CommandId, answer.ContestId,
                WireTypes.Of(answer.Purpose == RecallPurposes.Cancel ? typeof(CancelContestV1) : typeof(RetrySettlementV1)).Name,
                Reasons.ContestOver, $"revision {revision} of the contest was settled at {settledAt:u}", null, command.BodyHash,
                answer.At),
            cause);
    }

    /// <summary>First walks whatever is due (no state is skipped), then cancels, unless that happened before.</summary>
    private async Task Cancel(ContestRow contest, RecallAnsweredV1 answer, DateTimeOffset now, Envelope cause, Tx tx)
    {
        Invariant.Holds(
            contest.SettledAt is null,
            $"contest {contest.ContestId} was settled at {contest.SettledAt:u}, and Settlement says that it never will be: one "
                + $"of the two databases went back");
        if (contest.State == ContestStates.Cancelled) return;
        await tx.MarkRecalled(answer, now);
        var rules = await definitions.Find(contest.ContestId, contest.DefinitionHash, tx);
        await Walk(new LifecycleFact.TimeIs(now));
        if ((await Locked()).State == ContestStates.Cancelled) return;
        await Walk(new LifecycleFact.CancelRequested(now, answer.Reason, answer.By));
        Invariant.Holds((await Locked()).State == ContestStates.Cancelled,
            $"contest {contest.ContestId}: Settlement agreed to its cancellation, and it is not cancelled");
        tx.Send(new ContestCancelledV1(contest.ContestId, answer.RequestId, answer.Reason, answer.By, now), cause);

        async Task<ContestRow> Locked() => (await tx.LockContests([contest.ContestId])).Single();

        async Task Walk(LifecycleFact fact)
        {
            var row = await Locked();
            var view = await LifecycleWriter.Load(row, rules, patience, tx);
            await LifecycleWriter.Write(row, AdvanceLifecycle.Decide(view, fact), fact, tx);
        }
    }
}
