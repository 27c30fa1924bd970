using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What people are told of Stripe's events and of bank payouts.</summary>
public static class EventAlerts
{
    public static Alert BankPayoutFailed(BankPayout now, string why) => new Alert(
        $"bank-payout-{now.Status}/{now.BankPayoutId}", AlertSeverity.Warning, $"bank-payout-{now.Status}", now.BankPayoutId,
        $"{now.AmountMinor} {now.Currency} minor units did not reach the bank of player {now.PlayerId}: {why}.",
        "The money is back in the player's Stripe account; the player has to name another bank account in the Stripe "
            + "dashboard.");

    public static Alert Forged(Envelope record) => new Alert(
        $"stripe-event-forged/{record.Partition}/{record.Offset}", AlertSeverity.Critical, "stripe-event-forged",
        $"{record.Topic}[{record.Partition}] offset {record.Offset}",
        "A record that looks like an event of Stripe's was signed with none of the endpoint's secrets; it is refused.",
        "Find out who may write to the topic and did. After a secret was replaced the former one has to stay with Payout for the "
            + "14 days that the topic keeps what it has signed.");

    public static Alert Missed(EventBackfillScope scope, int missed, DateTimeOffset now) => new Alert(
        $"stripe-events-missed/{scope.Scope}/{now:yyyyMMdd}", AlertSeverity.Warning, "stripe-events-missed", scope.Scope,
        $"{missed} Stripe events had not arrived by webhook and were found by the sweep.",
        "Look at the webhook endpoints in Stripe's dashboard; nothing is missing here any more.");

    public static Alert Lost(
        EventBackfillScope scope, DateTimeOffset swept, DateTimeOffset oldest, DateTimeOffset now) => new Alert(
        $"stripe-events-lost/{scope.Scope}/{now:yyyyMMdd}", AlertSeverity.Critical, "stripe-events-lost", scope.Scope,
        $"Events between {swept:u} and {oldest:u} were not compared, and Stripe lists them no more.",
        "Run contestctl reconcile over that time: it compares the objects themselves.");

    public static Alert EventBroken(string eventId, string type, string cause) => new Alert(
        $"stripe-event-broken/{eventId}", AlertSeverity.Critical, "stripe-event-broken", eventId,
        $"The sweep could not apply {type}: {cause}",
        "Mend the cause it names; every sweep tries the event again as long as Stripe lists it, which is 30 days.");

    public static Alert SweepBroken(EventBackfillScope scope, string cause, DateTimeOffset now) => new Alert(
        $"stripe-sweep-broken/{scope.Scope}/{now:yyyyMMdd}", AlertSeverity.Critical, "stripe-sweep-broken", scope.Scope,
        $"Stripe's list of events could not be worked through: {cause}",
        "Mend the cause it names; the list is tried again by every sweep.");

    public static Alert SweepFailing(EventBackfillScope scope, DateTimeOffset since, string answer) => new Alert(
        EventBackfillTrouble.AlertKey(scope.Scope), AlertSeverity.Critical, "stripe-sweep-failing", scope.Scope,
        $"Since {since:u} Stripe's list of events could not be read to its end; events that no webhook brings are not "
            + $"noticed. It was last read up to {scope.SweptUntil?.ToString("u") ?? "nowhere"}. Stripe's answer: {answer}",
        "Mend what Stripe names, often the key's permission to read events; every sweep tries again, and the alert ends "
            + "with the first one that is complete. Stripe lists events for 30 days.");
}
