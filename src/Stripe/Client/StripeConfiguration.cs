namespace Stripe;

/// <summary>The version of the API that every request names.</summary>
public static class StripeConfiguration
{
    public static string ApiVersion => "2026-10-28.endive";

    /// <summary>The release of Stripe.net whose source interface this is a subset of.</summary>
    public static string StripeNetVersion => "52.2.0";
}
