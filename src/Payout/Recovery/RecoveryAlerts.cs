using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>What people are told when the books went back in time.</summary>
public static class RecoveryAlerts
{
    public static Alert TransferUnknown(string transferId, string cause) => new Alert(
        $"{BooksWentBack.AlertsUnder}{transferId}", AlertSeverity.Critical, "database-went-back", PayoutWorker.Name,
        $"{cause}. Each attempt is committed before it is sent, so that it was expected here. Nothing that moves money is "
            + $"sent.",
        "follow docs/runbooks/database-failover.md: find out which database this is, then contestctl recovery status");

    public static Alert OffsetsAhead(WentBack lost) => new Alert(
        $"{BooksWentBack.AlertsUnder}offsets", AlertSeverity.Critical, "database-went-back", PayoutWorker.Name,
        $"{lost.Cause}. Nothing that moves money is sent. The records are read and handled again.",
        $"follow {WentBack.Runbook}: find out which database this is, then contestctl recovery status");
}
