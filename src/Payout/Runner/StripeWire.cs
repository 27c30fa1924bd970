using Stripe;

namespace ContestPipeline.Payout;

/// <summary>How Stripe is spoken to: one API version whatever the client library was built for, and no repetitions inside it.</summary>
public static class StripeWire
{
    public const string ApiVersion = "2026-10-28.endive";

    /// <param name="transport">What carries the requests.</param>
    public static IStripeClient Client(PayoutOptions options, HttpMessageHandler transport) => new StripeClient(
        apiKey: options.StripeApiKey,
        httpClient: new SystemNetHttpClient(
            new HttpClient(new PinnedVersion(transport)) { Timeout = TimeSpan.FromSeconds(options.StripeTimeoutSeconds) },
            maxNetworkRetries: 0, enableTelemetry: false),
        apiBase: options.StripeApiBase);

    /// <summary>Replaces the version the library would ask for: objects of another version have other shapes.</summary>
    private sealed class PinnedVersion(HttpMessageHandler transport) : DelegatingHandler(transport)
    {
        private const string Header = "Stripe-Version";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Remove(Header);
            request.Headers.Add(Header, ApiVersion);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
