using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Notifications;

/// <summary>
/// Ends alerts about one thing each when that thing is no longer as it was told: whoever brought it about, and whenever. Most
/// such things are few and end rarely, so that the open alerts are compared with their rows, and not every row's change with the
/// alerts.
/// </summary>
public sealed class EndAlertsJob : IJob
{
    public async Task<bool> Run(Tx tx)
    {
        foreach (var key in await tx.AlertsThatAreOver()) tx.ResolveAlert(key, "What it was about is no longer so.");
        return false;
    }
}
