using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Audit;

/// <summary>
/// contest.proof-decided.v1 in: what a referee has decided moves stakes, and stands in the audit log as it was told.
/// </summary>
public sealed class AuditRulings : IHandler<ProofDecidedV1>
{
    public Task Handle(Received<ProofDecidedV1> received, Tx tx)
    {
        var ruling = received.Message;
        return ruling is not { By: ProofDeciders.Referee, RefereeId: { } referee }
            ? Task.CompletedTask
            : tx.Audit(new AuditEntry(
                referee, "proof-ruled", string.Create(CultureInfo.InvariantCulture, $"{ruling.EntryId}/{ruling.ProofNo}"),
                ruling.ContestId, null, null, ruling.Reason ?? "",
                string.Create(CultureInfo.InvariantCulture, $"{ruling.Outcome}, decision {ruling.DecisionNo} of the proof")));
    }
}
