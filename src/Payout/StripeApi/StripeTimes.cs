namespace ContestPipeline.Payout.StripeApi;

/// <summary>Moments in Stripe's objects.</summary>
public static class StripeTimes
{
    /// <summary>Stripe.net gives UTC, whole seconds by Stripe's clock, whatever kind it says the moment is of.</summary>
    public static DateTimeOffset Utc(this DateTime moment) => new(DateTime.SpecifyKind(moment, DateTimeKind.Utc));
}
