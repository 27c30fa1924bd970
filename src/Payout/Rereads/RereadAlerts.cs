using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Rereads;

/// <summary>What people are told of objects of Stripe's that cannot be read.</summary>
public static class RereadAlerts
{
    public static Alert PassedOver(string what, string id, string why) => new Alert(
        $"{what}-passed-over/{id}", AlertSeverity.Critical, $"{what}-passed-over", id, why,
        "Compare it in Stripe's dashboard with what is known here; it is tried again every few minutes, and the "
            + "others go on.");

    public static Alert Unreadable(string what, string id, DateTimeOffset since, StripeAnswer answer) => new Alert(
        UnreadableKey(what, id), AlertSeverity.Critical, $"{what}-unreadable", id,
        $"Since {since:u} Stripe does not show {what} {id}, and what follows from it waits. Stripe's answer: "
            + $"{answer.Words}",
        "Mend what Stripe names, or look for it in Stripe's dashboard; it is asked for again every few minutes, the "
            + "others go on, and the alert ends when it is read.");

    public static string UnreadableKey(string what, string id) => $"{what}-unreadable/{id}";
}
