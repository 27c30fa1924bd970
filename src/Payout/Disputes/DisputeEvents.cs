using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>Events of disputes and of what often comes before one.</summary>
public static class DisputeEvents
{
    /// <summary><c>charge.dispute.*</c>: the dispute is read again before anything follows.</summary>
    public static async Task Changed(StripeEventV1 stripeEvent, Tx tx)
    {
        if (stripeEvent.Data.Text("id") is { } disputeId) await tx.HintDispute(disputeId);
    }

    /// <summary><c>radar.early_fraud_warning.*</c>: a person may refund before it becomes a dispute. Once per warning.</summary>
    public static Task Warned(StripeEventV1 stripeEvent, Tx tx)
    {
        var warning = stripeEvent.Data;
        if (warning.Text("id") is { } warningId)
            tx.Alert(DisputeAlerts.FraudWarning(warningId, warning));
        return Task.CompletedTask;
    }
}
