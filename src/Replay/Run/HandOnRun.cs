using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Run;

/// <summary>What people do to a run while it goes on; each with who and why in the audit log.</summary>
internal static class HandOnRun
{
    /// <returns>False when the run is not producing (or, to resume it, not paused).</returns>
    internal static async Task<bool> Pause(Tx tx, string runId, bool pause, string who, string why)
    {
        if (!await tx.Move(runId, pause ? "paused" : "producing", pause ? "producing" : "paused")) return false;
        await tx.AuditAsRole(
            new AuditEntry(who, pause ? "replay-paused" : "replay-resumed", runId, null, null, null, why, "done"));
        return true;
    }

    /// <returns>False when there is nothing to stop; true also when it is stopping already.</returns>
    internal static async Task<bool> Stop(Tx tx, string runId, string who, string why)
    {
        if (!await tx.Move(runId, "stopping", "producing", "paused"))
            return (await tx.Run(runId))?.State == "stopping";
        await tx.AuditAsRole(new AuditEntry(who, "replay-stopped", runId, null, null, null, why, "done"));
        return true;
    }
}
