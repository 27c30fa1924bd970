using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>
/// What a player is told when a payout changes. Told from the published changes, so that posting and paying do not wait for it.
/// </summary>
public sealed class PayoutNotices : IHandler<PayoutChangedV1>
{
    public Task Handle(Received<PayoutChangedV1> received, Tx tx)
    {
        if (Of(received.Message) is { } notification) tx.Send(notification, received.Envelope);
        return Task.CompletedTask;
    }

    /// <summary>Without the reason, which is what Stripe said to us: it may name accounts and keys.</summary>
    /// <returns>Null when the change is nobody's business but ours.</returns>
    public static NotificationV1? Of(PayoutChangedV1 change)
    {
        var kind = change.State switch
        {
            PayoutStates.Pending when PayoutSource.IsWithdrawal(change.ContestId) => null,
            PayoutStates.Pending when change.ChangeNo == 1 => NotificationKinds.Won,
            PayoutStates.Paid => NotificationKinds.Paid,
            PayoutStates.Failed => NotificationKinds.PayoutFailed,
            PayoutStates.Held => NotificationKinds.PayoutDelayed,
            _ => null,
        };
        if (kind is null) return null;
        var facts = new Dictionary<string, string>();
        if (change.Revision > 1 && kind == NotificationKinds.Won)
            facts["revision"] = change.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new NotificationV1(
            $"{kind}/{change.PayoutId}/{change.ChangeNo}", NotificationAudiences.Player, kind, change.PlayerId,
            change.TransferId ?? change.PayoutId, change.ContestId, change.AmountMinor, change.Currency, facts, change.At);
    }
}
