using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>
/// The Payout worker as a process of its own, and the worst moment to lose it: Stripe has executed a transfer and the worker has not committed
/// the answer.
/// </summary>
public sealed class PayoutChild(DemoStage stage, TimeProvider clock) : IAsyncDisposable
{
    private const int PollsMax = 1_200;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentLines log = new();
    private ChildProcess? process;

    public int Pid => process?.Pid ?? 0;

    /// <summary>What the process wrote last.</summary>
    public string Log => log.ToString();

    public async Task Start() => process = await Application.Start(Workers.Payout.Application, stage.Settings, log.Add);

    /// <summary>
    /// Holds the ledger, so that no answer can be committed; waits until the simulator has executed a transfer that the database does not know; kills
    /// the worker; lets the ledger go.
    /// </summary>
    /// <returns>How many transfers had been executed without the database knowing.</returns>
    public async Task<int> KillBetweenAnswerAndCommit(CancellationToken ct)
    {
        await using var connection = await stage.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.HoldLedger(transaction, ct);
        var known = (await stage.Database.Payouts(ct)).Where(p => p.TransferId.Length > 0).Select(p => p.TransferId).ToHashSet(StringComparer.Ordinal);

        var unknown = 0;
        for (var poll = 0; unknown == 0; poll++)
        {
            Invariant.Holds(poll < PollsMax, $"no transfer was executed while the ledger was held; Payout wrote:\n{Log}");
            await Task.Delay(s_poll, clock, ct);
            unknown = (await stage.Stripe.Transfers(ct)).Count(t => !known.Contains(t.Id));
        }

        await process!.Kill();
        await transaction.RollbackAsync(ct);
        await process.DisposeAsync();
        return unknown;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
    }
}
