using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Requests;

/// <summary>What people are told of requests to Stripe.</summary>
public static class CallAlerts
{
    public static Alert LookUpUnanswered(OpenCall call, DateTimeOffset? since, string what) => new Alert(
        UnansweredLookUp.AlertKey(call.Key), AlertSeverity.Critical, "look-up-unanswered", call.Subject,
        $"Since {since:u} Stripe does not say whether {call.Kind} {call.Key} was done; what it shows has to be "
            + $"complete, it answers: {what}",
        "Mend what Stripe names, often the API key or its permissions; the call is not made again before "
            + "Stripe says what became of it, and then it goes on by itself.");

    public static Alert Unknown(OpenCall call, string what) => new Alert(
        $"stripe-call-unknown/{call.Key}", AlertSeverity.Warning, "stripe-call-unknown", call.Subject, what,
        "look at Stripe's status page; the call keeps asking with the same key and is then looked up");

    public static Alert Held(OpenCall call, string reason) => new Alert(
        $"stripe-call-held/{call.Key}", AlertSeverity.Critical, "stripe-call-held", call.Subject,
        $"{call.Kind} {call.Key}: {reason}",
        "compare the call with Stripe's dashboard by its idempotency key; it is not made again until a person decides");
}
