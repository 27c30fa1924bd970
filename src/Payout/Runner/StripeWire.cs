using Stripe;

namespace ContestPipeline.Payout;

/// <summary>How Stripe is spoken to: one API version whatever the client library was built for, and no repetitions inside it.</summary>
public static class StripeWire
{
    public const string ApiVersion = "2026-10-28.endive";

    /// <param name="transport">What carries the requests.</param>
    public static IStripeClient Client(PayoutOptions options, HttpMessageHandler transport) =>
        Client(options.StripeApiKey, options.StripeApiBase, TimeSpan.FromSeconds(options.StripeTimeoutSeconds), transport);

    /// <param name="address">Null: Stripe's own.</param>
    /// <param name="transport">What carries the requests.</param>
    public static IStripeClient Client(string key, string? address, TimeSpan patience, HttpMessageHandler transport) => new StripeClient(
        apiKey: key,
        httpClient: new SystemNetHttpClient(new HttpClient(new PinnedVersion(transport)) { Timeout = patience }, maxNetworkRetries: 0, enableTelemetry: false),
        apiBase: address);

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
