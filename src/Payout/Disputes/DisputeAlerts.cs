using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>What people are told of disputes and of what they forfeit.</summary>
public static class DisputeAlerts
{
    /// <param name="words">The alert's key: decided once more and otherwise, it is told once more.</param>
    public static Alert Changed(DisputeFacts dispute, string words)
    {
        var about =
            $"{dispute.AmountMinor} {dispute.Currency} minor units, player {dispute.PlayerId ?? "unknown"}, contest "
                + $"{dispute.ContestId ?? "unknown"}, {dispute.Reason}";
        var (severity, cause, action) = dispute.Phase switch
        {
            DisputePhase.Inquiry =>
                (AlertSeverity.Warning, "The card's bank asks about a payment",
                    "Answer in Stripe's dashboard; no money has moved."),
            DisputePhase.Open =>
                (AlertSeverity.Critical, "A payment is disputed",
                    "Send evidence in Stripe's dashboard in time; the player's unpaid payouts are frozen."),
            DisputePhase.Won when dispute.WasLost =>
                (AlertSeverity.Critical, "A lost dispute was won after all",
                    "Decide whether what was voided or taken back of the prize while it was lost is paid in another way; "
                        + "frozen payouts go on."),
            DisputePhase.Won =>
                (AlertSeverity.Warning, dispute.Status == DisputePhase.Prevented
                    ? "A dispute was prevented, and took no money" : "A dispute was won", "Nothing: frozen payouts go on."),
            _ => (AlertSeverity.Critical,
                dispute.Status == DisputePhase.Prevented
                    ? "A dispute was prevented by giving the payment back" : "A dispute was lost",
                    "Nothing: the prize of the disputed entry was voided or taken back; look at the player."),
        };
        return new Alert(
            words, severity, $"dispute-{dispute.Phase}", dispute.DisputeId, $"{cause}: {about}.", action);
    }

    /// <param name="restMinor">What neither the wallet nor withdrawals covered, in minor units.</param>
    public static Alert DepositLoss(DisputeFacts dispute, long restMinor) => new Alert(
        $"deposit-loss/{dispute.DisputeId}", AlertSeverity.Critical, "deposit-loss", dispute.DisputeId,
        $"A deposit of player {dispute.PlayerId} was taken back by the card's bank; {restMinor} {dispute.Currency} minor units of "
            + "it are not in the wallet any more and are a booked loss.",
        "Look at the player, what was staked and won with it, and whether to halt the player's payouts.");

    public static Alert FraudWarning(string warningId, StripeEventDataV1 warning) => new Alert(
        $"fraud-warning/{warningId}", AlertSeverity.Critical, "fraud-warning",
        warning.Text("payment_intent") ?? warning.Text("charge") ?? warningId,
        $"The card's bank takes charge {warning.Text("charge")} for fraud ({warning.Text("fraud_type")}).",
        "Look at the player; refunding the entry now avoids the dispute and its fee.");

    /// <summary>
    /// What was paid by a charge says our own record of it. Metadata, which whoever has the dashboard can write, freeze nobody's
    /// payouts and forfeit nobody's prize.
    /// </summary>
    public static Alert Unknown(DisputeReading read) => new Alert(
        UnknownKey(read), AlertSeverity.Critical, "dispute-unknown", read.DisputeId,
        $"A payment of {read.AmountMinor} {read.Currency} minor units is disputed (charge {read.ChargeId}, payment intent "
            + $"{read.PaymentIntentId}) that no entry here was paid by; its metadata name entry {read.EntryId ?? "(none)"} of "
            + $"player {read.PlayerId ?? "(none)"} in contest {read.ContestId ?? "(none)"}.",
        "Find out who made the payment; what Stripe moves is booked under no contest, and no player is frozen for it.");

    public static Alert OwnerEdited(DisputeReading read, SavedDispute saved) => new Alert(
        $"dispute-owner/{read.DisputeId}", AlertSeverity.Critical, "dispute-owner", read.DisputeId,
        $"Stripe's metadata now name entry {read.EntryId} of player {read.PlayerId} in contest {read.ContestId}; the "
            + $"dispute is about entry {saved.EntryId} of player {saved.PlayerId} in contest {saved.ContestId}, by our own "
            + $"record of the payment.",
        "Find out who edited the payment at Stripe, and put its metadata back.");

    public static Alert ForfeitStuck(DisputedPrize prize, string payoutId) => new Alert(
        $"forfeit-stuck/{prize.DisputeId}/{payoutId}", AlertSeverity.Critical, "forfeit-stuck", payoutId,
        $"Dispute {prize.DisputeId} was lost; the prize of entry {prize.EntryId} is in a payout that does not fit what Stripe "
            + $"says, and was left alone.",
        $"Settle the payout with Stripe's dashboard first; {prize.LeftMinor} {prize.Currency} minor units of it are forfeited.");

    public static string UnknownKey(DisputeReading read) => $"dispute-unknown/{read.DisputeId}";
}
