using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Settlement's result of a contest: a fact for the lifecycle, which the job then writes down. Under the contest's lock: a
/// ranking that is just made either is there, or finds the result.
/// </summary>
public sealed class ContestSettledHandler : IHandler<ContestSettledV1>
{
    public async Task Handle(Received<ContestSettledV1> received, Tx tx)
    {
        var settled = received.Message;
        await tx.LockContests([settled.ContestId]);
        if (await tx.MarkSettled(settled.ContestId, settled.Revision, settled.At, tx.NowStored()) == 1) return;
        await tx.KeepEarlyResult(
            new EarlyResult(settled.ContestId, settled.Revision, EarlyResult.Settled, settled.At), await tx.IsHandlingAgain());
        tx.Alert(ScoringAlerts.SettledNotFinal(settled.ContestId, settled.Revision));
    }
}

/// <summary>Every payout of a contest is terminal: a fact for the lifecycle.</summary>
public sealed class ContestPaidHandler : IHandler<ContestPaidV1>
{
    public async Task Handle(Received<ContestPaidV1> received, Tx tx)
    {
        var paid = received.Message;
        await tx.LockContests([paid.ContestId]);
        if (await tx.MarkPaid(paid.ContestId, paid.Revision, paid.At, tx.NowStored()) == 1) return;
        await tx.KeepEarlyResult(
            new EarlyResult(paid.ContestId, paid.Revision, EarlyResult.Paid, paid.At), await tx.IsHandlingAgain());
        tx.Alert(ScoringAlerts.PaidNotFinal(paid));
    }
}
