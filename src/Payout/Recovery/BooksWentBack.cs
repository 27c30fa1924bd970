using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>
/// The books lack what the consumer group has handled: what was paid meanwhile may be missing as well, so that money stops before
/// anything is handled again.
/// </summary>
public static class BooksWentBack
{
    /// <summary>All alerts of books that went back begin with it.</summary>
    public const string AlertsUnder = "database-went-back/";

    /// <summary>
    /// What was written down so long before the first thing that is known to be lost may be lost as well: clocks differ.
    /// </summary>
    public static readonly TimeSpan Before = TimeSpan.FromHours(1);

    /// <summary>
    /// A loss that is found while money is stopped reaches back as far as it must, and is not told a second time.
    /// </summary>
    public static async Task Stop(WentBack lost, Tx tx)
    {
        var isStopped = await tx.LockRecovery() is { State: RecoveryState.Stopped };
        await tx.StopMoney(lost.Cause, lost.KnownUntil - Before);
        if (isStopped) return;
        tx.Alert(RecoveryAlerts.OffsetsAhead(lost));
    }
}
