using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>What a person is told of an API key that Stripe does not take.</summary>
public static class KeyAlerts
{
    /// <summary>
    /// Stripe does not accept a key, or does not allow it what it was asked for: a person has to act. Told once a day, of what is
    /// not allowed once an endpoint and day, since it may happen again after it was mended.
    /// </summary>
    /// <param name="setting">Where the key is set.</param>
    /// <param name="endpoint">What was asked for.</param>
    /// <param name="busy">Stripe's answer; where a permission is missing it names it.</param>
    public static Task Tell(Tx tx, string setting, string endpoint, StripeAnswer.RetryLater busy)
    {
        if (busy.Key == KeyFault.Refused)
            tx.Alert(Refused(setting, busy, tx.Now));
        else
            tx.Alert(NotAllowed(setting, endpoint, busy, tx.Now));
        return Task.CompletedTask;
    }

    public static Alert Refused(string setting, StripeAnswer.RetryLater busy, DateTimeOffset now) => new Alert(
        $"stripe-key-refused/{setting}/{now.UtcDateTime:yyyy-MM-dd}", AlertSeverity.Critical, "stripe-key-refused", setting,
        busy.What, "set a valid key and restart the Payout worker");

    public static Alert NotAllowed(
        string setting, string endpoint, StripeAnswer.RetryLater busy, DateTimeOffset now) => new Alert(
        $"stripe-not-allowed/{endpoint}/{now.UtcDateTime:yyyy-MM-dd}", AlertSeverity.Critical, "stripe-not-allowed", endpoint,
        $"{setting}: {busy.What}",
        "give the key the permission that Stripe names, in Stripe's dashboard; what waits for it goes on by itself "
            + "within minutes");
}
