using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>
/// The worst moment to lose the Payout worker: Stripe has executed a transfer and the worker has not committed the answer.
/// </summary>
public sealed class AnswerGap(DemoEnvironment environment, WorkerProcess payout, TimeProvider clock)
{
    private const int PollsMax = 1_200;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Holds the ledger, so that no answer can be committed; waits until the simulator has executed a transfer that the database
    /// does not know; kills the worker; lets the ledger go.
    /// </summary>
    /// <returns>How many transfers had been executed without the database knowing.</returns>
    public async Task<int> KillBetweenAnswerAndCommit(CancellationToken ct)
    {
        await using var connection = await environment.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.HoldLedger(transaction, ct);
        var known = (await environment.Database.Payouts(ct)).Where(p => p.TransferId.Length > 0).Select(p => p.TransferId)
            .ToHashSet(StringComparer.Ordinal);

        var unknown = 0;
        for (var poll = 0; unknown == 0; poll++)
        {
            Invariant.Holds(poll < PollsMax, $"no transfer was executed while the ledger was held; Payout wrote:\n{payout.Log}");
            await Task.Delay(s_poll, clock, ct);
            unknown = (await environment.Stripe.Transfers(ct)).Count(t => !known.Contains(t.Id));
        }

        await payout.Kill();
        await transaction.RollbackAsync(ct);
        return unknown;
    }
}
