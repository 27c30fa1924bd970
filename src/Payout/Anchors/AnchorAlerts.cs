using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Anchors;

/// <summary>What people are told of the signed ends of the chains.</summary>
public static class AnchorAlerts
{
    public const string BooksDifferKey = "anchored-books-differ";

    public static Alert BooksDiffer(IReadOnlyList<LedgerFault> faults, string store) => new Alert(
        BooksDifferKey, AlertSeverity.Critical, BooksDifferKey, "payout",
        $"{faults.Count} rows are not what was anchored at {store}, the first: {faults[0].Where} {faults[0].What}",
        "stop all payouts; find out who wrote to the database or restored it "
            + "(docs/runbooks/suspected-double-payment.md, docs/runbooks/database-failover.md); contestctl ledger "
            + "verify --anchors names every row");
}
